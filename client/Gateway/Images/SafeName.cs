namespace Darkroom.Gateway.Images;

/// <summary>Makes names of files out of what somebody typed: no path, nothing that a shell or a header would take for something else.</summary>
internal static class SafeName
{
    private const int MaxLength = 100;

    /// <summary>Keeps letters, digits, spaces and a few marks of the last part of a path.</summary>
    public static string Of(string text)
    {
        var last = text[(text.LastIndexOfAny(['/', '\\']) + 1)..];
        var kept = new string([.. last.Where(c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_' or '.').Take(MaxLength)]).Trim(' ', '.');
        return kept.Length > 0 ? kept : "picture";
    }
}
