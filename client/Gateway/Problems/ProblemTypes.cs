using Microsoft.AspNetCore.Mvc;

namespace Darkroom.Gateway.Problems;

/// <summary>Gives the problems that the framework makes a type of ours.</summary>
internal static class ProblemTypes
{
    private const string Prefix = "urn:darkroom:problem:";

    /// <summary>Makes the type of a code.</summary>
    public static string Of(string code) => Prefix + code;

    /// <summary>Completes a problem.</summary>
    public static void Complete(ProblemDetails problem)
    {
        if (problem.Type?.StartsWith(Prefix, StringComparison.Ordinal) == true)
            return;
        problem.Type = Of(problem.Status switch
        {
            StatusCodes.Status401Unauthorized => "unauthorized",
            StatusCodes.Status403Forbidden => "forbidden",
            StatusCodes.Status404NotFound => "not-found",
            StatusCodes.Status405MethodNotAllowed => "method-not-allowed",
            StatusCodes.Status408RequestTimeout => "timeout",
            StatusCodes.Status413PayloadTooLarge => "too-large",
            StatusCodes.Status415UnsupportedMediaType => "unsupported-media-type",
            StatusCodes.Status429TooManyRequests => "too-many-requests",
            >= StatusCodes.Status500InternalServerError => "internal",
            _ => "bad-request",
        });
    }
}
