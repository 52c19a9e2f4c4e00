using Darkroom.Imaging.Exif;

namespace Darkroom.Imaging.Raw;

/// <summary>Tells RAW files from others by their first bytes and, where these are TIFF's, by their tags.</summary>
internal static class RawSignature
{
    private const ushort SubDirectories = 330, DngVersion = 50706;
    private const int MosaicPhotometric = 32803, FirstVendorCompression = 32767;

    /// <summary>Whether a file is RAW for certain; no other decoder reads it.</summary>
    internal static bool IsRawOnly(ReadOnlySpan<byte> file) => file switch
    {
        [_, _, _, _, (byte)'f', (byte)'t', (byte)'y', (byte)'p', (byte)'c', (byte)'r', (byte)'x', (byte)' ', ..] => true,   // CR3
        [(byte)'I', (byte)'I', 0x1A, 0, _, _, _, _, _, ..] => true,                                                       // CRW
        [(byte)'I', (byte)'I', (byte)'U', 0, ..] => true,                                                                 // RW2
        [(byte)'I', (byte)'I', (byte)'R', (byte)'O' or (byte)'S', ..] or [(byte)'M', (byte)'M', (byte)'O', (byte)'R', ..] => true,   // ORF
        [(byte)'F', (byte)'O', (byte)'V', (byte)'b', ..] => true,                                                         // X3F
        [0, (byte)'M', (byte)'R', (byte)'M', ..] => true,                                                                 // MRW
        _ => file.StartsWith("FUJIFILMCCD-RAW"u8) || IsMosaic(file),
    };

    /// <summary>Whether a file is TIFF as cameras write it, which may be RAW: LibRaw is asked first.</summary>
    internal static bool MayBeRaw(ReadOnlySpan<byte> file)
    {
        if (!TiffDirectoryReader.TryOpen(file, out var reader) || reader.ReadMain() is not { } main || !main.ContainsKey(ExifTags.Make))
            return false;
        return main.ContainsKey(SubDirectories)
            || file is [_, _, _, _, _, _, _, _, (byte)'C', (byte)'R', ..]                                                 // CR2
            || (main.TryGetValue(ExifTags.Compression, out var compression) && reader.Integers(compression) is [>= FirstVendorCompression, ..]);
    }

    private static bool IsMosaic(ReadOnlySpan<byte> file)
    {
        if (!TiffDirectoryReader.TryOpen(file, out var reader) || reader.ReadMain() is not { } main)
            return false;
        return main.ContainsKey(DngVersion)
            || (main.TryGetValue(ExifTags.Photometric, out var photometric) && reader.Integers(photometric) is [MosaicPhotometric, ..]);
    }
}
