using Darkroom.Gateway.Problems;
using Darkroom.Storage;

namespace Darkroom.Gateway.Uploads;

/// <summary>Names of pictures as senders give them: relative, forward, and never leading out of where they belong.</summary>
internal static class ItemName
{
    // Room for the folder that the store puts before it.
    private const int MaxLength = 400;

    /// <summary>Refuses a name that is not allowed.</summary>
    /// <exception cref="ProblemException">It is not; the message says why.</exception>
    public static string Require(string name) => FaultOf(name) is { } fault ? throw ProblemException.Invalid($"A name cannot be used: {fault}") : name;

    /// <summary>Tells what is wrong with a name, or null.</summary>
    public static string? FaultOf(string name)
    {
        if (name.Length > MaxLength)
            return $"it has {name.Length} characters; {MaxLength} are allowed.";
        if (name.Contains(':', StringComparison.Ordinal))
            return "it holds a colon.";
        // A path keeps escaped slashes as they are; whoever unescapes the name once more must not get another one.
        if (name.Contains("%2F", StringComparison.OrdinalIgnoreCase) || name.Contains("%5C", StringComparison.OrdinalIgnoreCase))
            return "it holds an escaped slash.";
        try
        {
            BlobName.Validate(name);
            return null;
        }
        catch (ArgumentException error)
        {
            return error.Message;
        }
    }
}
