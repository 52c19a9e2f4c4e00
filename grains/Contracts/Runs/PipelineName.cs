using Darkroom.Contracts.Errors;

namespace Darkroom.Contracts.Runs;

/// <summary>The name of a pipeline, such as <c>vlm-imi</c>.</summary>
public static class PipelineName
{
    /// <summary>The longest name that is accepted (characters).</summary>
    public const int MaxLength = 32;

    /// <summary>Checks the form of a name; whether there is such a pipeline is found out where the run is sent.</summary>
    /// <param name="name">The name, or null for none.</param>
    /// <exception cref="InvalidRequestException">It cannot be the name of a pipeline.</exception>
    public static void Require(string? name)
    {
        if (name is not null && (name.Length is 0 or > MaxLength || !name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')))
            throw new InvalidRequestException($"The pipeline's name has {name.Length} characters; allowed are 1 to {MaxLength} lower-case letters, digits and '-'.");
    }
}
