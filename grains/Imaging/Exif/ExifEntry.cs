namespace Darkroom.Imaging.Exif;

/// <summary>One tag of a TIFF directory, its value in the block's byte order.</summary>
/// <param name="Tag">The tag's number.</param>
/// <param name="Type">TIFF's type of the values: 2 ASCII, 3 SHORT, 4 LONG and so on.</param>
/// <param name="Count">Number of values.</param>
/// <param name="Value">The values' bytes.</param>
internal sealed record ExifEntry(ushort Tag, ushort Type, uint Count, byte[] Value)
{
    internal const ushort Ascii = 2, Short = 3, Long = 4;

    /// <summary>Gets the size of one value of a type (bytes), or 0 for a type that TIFF 6.0 and EXIF do not know.</summary>
    internal static int SizeOf(ushort type) => type switch
    {
        1 or 2 or 6 or 7 => 1,
        3 or 8 => 2,
        4 or 9 or 11 => 4,
        5 or 10 or 12 => 8,
        _ => 0,
    };
}
