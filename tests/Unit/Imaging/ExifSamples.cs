using System.Buffers.Binary;
using System.Text;
using Darkroom.Imaging.Exif;

namespace Darkroom.Tests.Unit.Imaging;

/// <summary>EXIF blocks and colour profiles as a camera would write them.</summary>
internal static class ExifSamples
{
    internal const ushort LensModel = 0xA434;

    internal static byte[] Create(ushort orientation, bool isBigEndian = false)
    {
        var block = new ExifBlock(isBigEndian);
        block.SetOrientation(orientation);
        block.SetText(ExifTags.Make, "Darkroom Cameras");
        block.Exif[LensModel] = new ExifEntry(LensModel, ExifEntry.Ascii, 9, [.. "50mm f/2\0"u8]);
        block.Gps[1] = new ExifEntry(1, ExifEntry.Ascii, 2, [.. "N\0"u8]);
        return block.ToBytes();
    }

    /// <summary>A colour profile of a header and nine tags: libpng takes one that compresses to a few bytes for damaged.</summary>
    internal static byte[] CreateIcc(string colourSpace)
    {
        const int tags = 9, headerLength = 128, entryLength = 12, valueLength = 20;
        const int firstValue = headerLength + 4 + (tags * entryLength);
        byte[] d50 = [0, 0, 0xF6, 0xD6, 0, 1, 0, 0, 0, 0, 0xD3, 0x2D];
        var profile = new byte[firstValue + (tags * valueLength)];
        BinaryPrimitives.WriteInt32BigEndian(profile, profile.Length);
        profile[8] = 2;   // version
        "mntr"u8.CopyTo(profile.AsSpan(12));
        Encoding.ASCII.GetBytes(colourSpace.PadRight(4)).CopyTo(profile, 16);
        "XYZ "u8.CopyTo(profile.AsSpan(20));
        "acsp"u8.CopyTo(profile.AsSpan(36));
        d50.CopyTo(profile, 68);
        profile[headerLength + 3] = tags;
        for (var i = 0; i < tags; i++)
        {
            var entry = profile.AsSpan(headerLength + 4 + (i * entryLength));
            var value = firstValue + (i * valueLength);
            Encoding.ASCII.GetBytes($"tag{i}").CopyTo(entry);
            BinaryPrimitives.WriteInt32BigEndian(entry[4..], value);
            BinaryPrimitives.WriteInt32BigEndian(entry[8..], valueLength);
            "XYZ "u8.CopyTo(profile.AsSpan(value));
            d50.CopyTo(profile, value + 8);
        }

        return profile;
    }
}
