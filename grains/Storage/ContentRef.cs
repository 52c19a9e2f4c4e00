namespace Darkroom.Storage;

/// <summary>Names bytes by what they are.</summary>
/// <param name="Hash">SHA-256 of the bytes, 64 lower-case hexadecimal digits.</param>
/// <param name="SizeBytes">Number of bytes.</param>
/// <param name="ContentType">Media type given by the first writer of these bytes.</param>
public sealed record ContentRef(string Hash, long SizeBytes, string ContentType)
{
    /// <summary>Number of digits of a hash.</summary>
    public const int HashLength = 64;

    /// <summary>Whether a text is a hash as this project writes it.</summary>
    /// <param name="text">The text; may be null.</param>
    /// <returns>True for 64 lower-case hexadecimal digits.</returns>
    public static bool IsHash(string? text) => text is { Length: HashLength } && text.All(char.IsAsciiHexDigitLower);
}
