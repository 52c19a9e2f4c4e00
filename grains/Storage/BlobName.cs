using System.Text;

namespace Darkroom.Storage;

/// <summary>The names that every store accepts, so that a name that works in a folder works in a cloud, and the other way round.</summary>
/// <remarks>
/// A name has parts with <c>/</c> between them. A part is not empty, not <c>.</c> or <c>..</c>, does not end with a dot, and has no
/// control character, backslash, <c>#</c> or <c>?</c>. Keys that hold such characters go through <see cref="Uri.EscapeDataString(string)"/> first.
/// </remarks>
public static class BlobName
{
    /// <summary>Largest length of a name in bytes of UTF-8.</summary>
    public const int MaxNameBytes = 900;

    /// <summary>Largest length of a part in bytes of UTF-8; file systems allow 255 and the folder store adds a mark.</summary>
    public const int MaxPartBytes = 240;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Refuses a name that is not allowed.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="ArgumentException">The name is not allowed; the message says why.</exception>
    public static void Validate(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (Fault(name, isPrefix: false) is { } fault)
        {
            throw new ArgumentException($"The blob name '{Printable(name)}' is not allowed: {fault}.", nameof(name));
        }
    }

    /// <summary>Refuses a prefix that no allowed name starts with. A prefix may be empty and may end within a part.</summary>
    /// <param name="prefix">The prefix.</param>
    /// <exception cref="ArgumentException">The prefix is not allowed; the message says why.</exception>
    public static void ValidatePrefix(string prefix)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        if (prefix.Length > 0 && Fault(prefix, isPrefix: true) is { } fault)
        {
            throw new ArgumentException($"The prefix '{Printable(prefix)}' is not allowed: {fault}.", nameof(prefix));
        }
    }

    private static string? Fault(string name, bool isPrefix)
    {
        if (name.Length == 0)
        {
            return "it is empty";
        }

        foreach (var c in name)
        {
            if (char.IsControl(c) || c is '\\' or '#' or '?')
            {
                return $"it holds the character U+{(int)c:X4}; control characters, backslash, # and ? are not allowed (escape them)";
            }
        }

        if (Utf8Length(name) is not { } nameBytes)
        {
            return "it holds half of a surrogate pair";
        }

        if (nameBytes > MaxNameBytes)
        {
            return $"it has {nameBytes} bytes; {MaxNameBytes} are allowed";
        }

        var parts = name.Split('/');
        for (var i = 0; i < parts.Length; i++)
        {
            var unfinished = isPrefix && i == parts.Length - 1;
            if (PartFault(parts[i], unfinished) is { } fault)
            {
                return fault;
            }
        }

        return null;
    }

    private static string? PartFault(string part, bool unfinished)
    {
        if (Utf8Length(part) > MaxPartBytes)
        {
            return $"a part of it has {Utf8Length(part)} bytes; {MaxPartBytes} are allowed between two slashes";
        }

        if (unfinished)
        {
            return null;
        }

        if (part.Length == 0)
        {
            return "a part of it is empty (it starts or ends with a slash, or has two in a row)";
        }

        return part[^1] == '.' ? "a part of it is '.', '..' or ends with a dot" : null;
    }

    private static int? Utf8Length(string text)
    {
        try
        {
            return StrictUtf8.GetByteCount(text);
        }
        catch (EncoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>The name as a log may show it: without control characters, and not longer than a line.</summary>
    private static string Printable(string name)
    {
        var shown = name.Length <= 80 ? name : string.Concat(name.AsSpan(0, 77), "...");
        return new string([.. shown.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '\uFFFD' : c)]);
    }
}
