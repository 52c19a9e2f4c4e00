namespace Darkroom.Gateway.Problems;

/// <summary>A request that the gateway itself refuses.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="code">The last part of the problem's type.</param>
/// <param name="title">What kind of problem it is.</param>
/// <param name="detail">What was wrong here, and what is allowed.</param>
internal sealed class ProblemException(int status, string code, string title, string detail) : Exception(detail)
{
    /// <summary>Gets the HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>Gets the last part of the problem's type.</summary>
    public string Code { get; } = code;

    /// <summary>Gets what kind of problem it is.</summary>
    public string Title { get; } = title;

    /// <summary>Makes the one for a body that is larger than allowed.</summary>
    public static ProblemException TooLarge(string what, long allowed, string setting) => new(
        StatusCodes.Status413PayloadTooLarge, "too-large", "The request is too large.", $"{what} is larger than {allowed} bytes, which is what is allowed ({GatewayOptions.SectionName}:{setting}).");

    /// <summary>Makes the one for a body of another type than is taken.</summary>
    public static ProblemException WrongType(string? actual, string allowed) => new(
        StatusCodes.Status415UnsupportedMediaType, "unsupported-media-type", "The content type is not one that is taken here.", $"The content type is '{Short(actual)}'; allowed: {allowed}.");

    /// <summary>Makes the one for a value that is not allowed.</summary>
    public static ProblemException Invalid(string detail) => new(
        StatusCodes.Status400BadRequest, "invalid-request", "The request has a value that is not allowed.", detail);

    /// <summary>Makes the one for what is not there, or another's.</summary>
    public static ProblemException NotFound(string detail) => new(
        StatusCodes.Status404NotFound, "not-found", "There is nothing of that name.", detail);

    private static string Short(string? text) => text is null ? "none" : text.Length > 80 ? text[..80] + "..." : text;
}
