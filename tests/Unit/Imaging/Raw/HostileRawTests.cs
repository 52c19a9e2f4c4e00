using System.Buffers.Binary;
using Darkroom.Imaging;
using Darkroom.Imaging.Codecs;
using Darkroom.Imaging.Raw;
using Xunit;

namespace Darkroom.Tests.Unit.Imaging.Raw;

/// <summary>RAW files that are damaged, cut off, of unknown cameras or without levels: each is refused with its cause.</summary>
public sealed class HostileRawTests
{
    private const ushort WhiteLevelTag = 50717, ColourMatrixTag = 50721, PatternTag = 33422, PatternSizeTag = 33421, PatternLayoutTag = 50711, CompressionTag = 259, WidthTag = 256;

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.7)]
    [InlineData(0.999)]
    public void Decode_CutOff_IsTruncated(double share)
    {
        var file = RawSamples.NightDng();
        AssertFault(ImageFault.Truncated, file[..(int)(file.Length * share)], "truncated");
    }

    [Fact]
    public void Decode_OnlyTheSignature_IsRefused()
    {
        byte[] file = [.. "FUJIFILMCCD-RAW 0201"u8, .. new byte[200]];
        AssertFault(ImageFault.Unsupported, file, "camera");
    }

    [Fact]
    public void Decode_CameraWithoutColours_NamesTheCamera()
    {
        var file = RawSamples.NightDng();
        // Under another number the tag says nothing.
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(EntryOf(file, ColourMatrixTag)), 65000);
        AssertFault(ImageFault.Unsupported, file, "Darkroom Testcam");
    }

    [Fact]
    public void Decode_NoWhiteAboveBlack_IsCorrupt()
    {
        var file = RawSamples.NightDng();
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(EntryOf(file, WhiteLevelTag) + 8), 100);
        AssertFault(ImageFault.Corrupt, file, "white level 100");
    }

    [Fact]
    public void Decode_WhiteLevelZero_TakesTheFullRange()
    {
        var file = RawSamples.NightDng();
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(EntryOf(file, WhiteLevelTag) + 8), 0);
        // LibRaw takes a white level of 0 for one that is not given: that of 16 bits.
        var mosaic = new RawDecoder(new ImagingOptions()).TryRead(file)!;
        Assert.All(mosaic.Levels.White.ToArray(), white => Assert.InRange(white, 1024, 65535));
    }

    [Fact]
    public void Decode_NotOfBayersKind_IsUnsupported()
    {
        var file = RawSamples.NightDng();
        "\0\0\0\0"u8.CopyTo(file.AsSpan(EntryOf(file, PatternTag) + 8));
        AssertFault(ImageFault.Unsupported, file, "Bayer");
    }

    [Fact]
    public void Decode_XTrans_IsUnsupportedAndNamesWhatIsRead()
    {
        var file = RawSamples.NightDng();
        // Cells of 6 x 6 pixels are Fuji's.
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(EntryOf(file, PatternSizeTag) + 8), 6);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(EntryOf(file, PatternSizeTag) + 10), 6);
        AssertFault(ImageFault.Unsupported, file, "not of Bayer's kind");
    }

    [Fact]
    public void Decode_FloatingPointNumbers_AreUnsupported()
    {
        var file = RawSamples.NightDng();
        // A tag that can be spared becomes SampleFormat 3, which is IEEE 754.
        var spared = file.AsSpan(EntryOf(file, PatternLayoutTag));
        BinaryPrimitives.WriteUInt16LittleEndian(spared, 339);
        BinaryPrimitives.WriteUInt16LittleEndian(spared[8..], 3);
        AssertFault(ImageFault.Unsupported, file, "not whole numbers");
    }

    [Fact]
    public void Decode_UnknownCompression_IsRefused()
    {
        var file = RawSamples.NightDng();
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(EntryOf(file, CompressionTag) + 8), 4242);
        Assert.Throws<InvalidImageException>(() => new ImageDecoder(new ImagingOptions()).Decode(file));
    }

    [Fact]
    public void Decode_MorePixelsThanAllowed_IsTooLarge()
    {
        var error = Assert.Throws<InvalidImageException>(() => new ImageDecoder(new ImagingOptions { MaxPixelCount = 1000 }).Decode(RawSamples.NightDng()));
        Assert.Equal(ImageFault.TooLarge, error.Fault);
        Assert.Contains("MaxPixelCount", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_HugeWidth_IsRefusedBeforeMemoryIsTaken()
    {
        var file = RawSamples.NightDng();
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(EntryOf(file, WidthTag) + 8), 60000);
        Assert.Throws<InvalidImageException>(() => new ImageDecoder(new ImagingOptions { MaxPixelCount = 1_000_000 }).Decode(file));
    }

    [Fact]
    public void Decode_DamagedAnywhere_IsReadOrRefused()
    {
        var whole = RawSamples.NightDng();
        var random = new Random(11);
        var decoder = new ImageDecoder(new ImagingOptions { MaxPixelCount = 1_000_000 });
        var refused = 0;
        for (var i = 0; i < 300; i++)
        {
            var file = (byte[])whole.Clone();
            for (var hits = random.Next(1, 6); hits > 0; hits--)
                file[random.Next(700)] = (byte)random.Next(256);
            try
            {
                var picture = decoder.Decode(file);
                Assert.All(picture.Pixels, value => Assert.True(float.IsFinite(value)));
            }
            catch (InvalidImageException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 1, 299);
    }

    private static void AssertFault(ImageFault fault, byte[] file, string part)
    {
        var error = Assert.Throws<InvalidImageException>(() => new ImageDecoder(new ImagingOptions()).Decode(file));
        Assert.Equal((fault, true), (error.Fault, error.Message.Contains(part, StringComparison.Ordinal)));
        Assert.Throws<InvalidImageException>(() => new ImageDecoder(new ImagingOptions()).Identify(file));
    }

    // Where an entry of the main directory begins.
    private static int EntryOf(byte[] file, ushort tag)
    {
        var directory = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(4));
        var count = BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(directory));
        return Enumerable.Range(0, count).Select(i => directory + 2 + (12 * i)).Single(at => BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(at)) == tag);
    }
}
