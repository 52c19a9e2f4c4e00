using System.Buffers.Binary;
using Darkroom.Imaging;
using Darkroom.Imaging.Codecs;
using Darkroom.Imaging.Exif;
using Xunit;

namespace Darkroom.Tests.Unit.Imaging.Codecs;

/// <summary>Kinds of files that no encoder of ours writes.</summary>
public sealed class UnusualImageTests
{
    private readonly ImageDecoder decoder = new(new ImagingOptions());

    [Fact]
    public void Decode_CmykJpeg_BecomesRgb()
    {
        var picture = decoder.Decode(TestPictures.ReadTestData("cmyk.jpg"));

        Assert.Equal((96, 16, 3, false), (picture.Width, picture.Height, picture.Channels, picture.IsGrey));
        Assert.Null(picture.Metadata.Icc);

        // Process inks are duller than pure colours, and how much depends on the profile: only the order of the channels is sure.
        float[][] bars = [.. Enumerable.Range(0, 6).Select(bar => Enumerable.Range(0, 3).Select(c => picture.Row(c, 8)[(bar * 16) + 8]).ToArray())];
        Assert.True(bars[0][0] < Math.Min(bars[0][1], bars[0][2]) - 0.3f, "cyan lacks red");
        Assert.True(bars[1][1] < Math.Min(bars[1][0], bars[1][2]) - 0.3f, "magenta lacks green");
        Assert.True(bars[2][2] < Math.Min(bars[2][0], bars[2][1]) - 0.3f, "yellow lacks blue");
        Assert.All(bars[3], value => Assert.InRange(value, 0, 0.3f));
        Assert.All(bars[4], value => Assert.InRange(value, 0.95f, 1));
        Assert.True(bars[5][0] > Math.Max(bars[5][1], bars[5][2]) + 0.3f, "magenta and yellow make red");
    }

    [Fact]
    public void Decode_GreyTiffWithAlpha_IsUnsupported()
    {
        var file = ImageEncoder.Encode(TestPictures.Random(8, 8, isGrey: true), ImageFormat.Tiff);
        var samplesPerPixel = file.AsSpan().IndexOf<byte>(new byte[] { 0x15, 0x01, 3, 0, 1, 0, 0, 0, 1 });
        Assert.True(samplesPerPixel > 0);
        file[samplesPerPixel + 8] = 2;

        var e = Assert.Throws<InvalidImageException>(() => decoder.Decode(file));

        Assert.Equal(ImageFault.Unsupported, e.Fault);
        Assert.Contains("RGB and RGBA are", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_PalettePng_BecomesRgb()
    {
        var file = new PngBuilder(2, 1, 8, 3).Chunk("PLTE"u8, [255, 0, 0, 0, 0, 255]).Rows([1, 0]).Build();
        var picture = decoder.Decode(file);
        Assert.Equal([0f, 1f, 0f, 0f, 1f, 0f], picture.Pixels);
        Assert.Null(picture.Alpha);
    }

    [Fact]
    public void Decode_PalettePngWithTransparency_HasAlpha()
    {
        var file = new PngBuilder(2, 1, 8, 3).Chunk("PLTE"u8, [255, 0, 0, 0, 0, 255]).Chunk("tRNS"u8, [255, 51]).Rows([1, 0]).Build();
        Assert.Equal([0.2f, 1f], decoder.Decode(file).Alpha!);
    }

    [Fact]
    public void Decode_GreyPngWithTransparentValue_HasAlphaAndStaysGrey()
    {
        var file = new PngBuilder(2, 1, 8, 0).Chunk("tRNS"u8, [0, 51]).Rows([51, 102]).Build();
        var picture = decoder.Decode(file);
        Assert.True(picture.IsGrey);
        Assert.Equal([0.2f, 0.4f], picture.Pixels);
        Assert.Equal([0f, 1f], picture.Alpha!);
    }

    [Theory]
    [InlineData(1, 0b10100000, new[] { 1f, 0f, 1f })]
    [InlineData(2, 0b00011100, new[] { 0f, 1 / 3f, 1f })]
    public void Decode_PngOfFewBits_IsScaledToFullRange(byte bitDepth, byte row, float[] expected)
    {
        var picture = decoder.Decode(new PngBuilder(3, 1, bitDepth, 0).Rows([row]).Build());
        Assert.True(picture.IsGrey);
        Assert.Equal(8, picture.BitDepth);
        Assert.InRange(TestPictures.LargestDifference(expected, picture.Pixels), 0, 1e-6);
    }

    [Fact]
    public void Decode_TiledTiff_IsRead()
    {
        var picture = decoder.Decode(TestPictures.ReadTestData("tiled.tif"));
        Assert.Equal((64, 48), (picture.Width, picture.Height));
        Assert.Equal(4 * 33 / 255f, picture.Row(0, 20)[33]);
        Assert.Equal(5 * 20 / 255f, picture.Row(1, 20)[33]);
        Assert.Equal(33 * 20 % 256 / 255f, picture.Row(2, 20)[33]);
    }

    [Fact]
    public void Decode_FloatTiff_BecomesClamped16Bit()
    {
        var picture = decoder.Decode(FloatTiff(3, 1, [0f, 0.5f, 1f, -1f, 0.25f, 2f, float.NaN, 0.75f, 1f]));
        Assert.Equal(16, picture.BitDepth);
        float[] expected = [0f, 0f, 0f, 0.5f, 0.25f, 0.75f, 1f, 1f, 1f];
        Assert.InRange(TestPictures.LargestDifference(expected, picture.Pixels), 0, 1 / 65535.0);
    }

    [Fact]
    public void Decode_TiffWithPartsBeyondEnd_IsTruncated()
    {
        var file = FloatTiff(3, 1, new float[9]);
        var e = Assert.Throws<InvalidImageException>(() => decoder.Decode(file.AsSpan(0, file.Length - 1)));
        Assert.Equal(ImageFault.Truncated, e.Fault);
    }

    [Fact]
    public void Decode_TrailingBytesAfterJpeg_AreIgnored()
    {
        byte[] file = [.. ImageEncoder.Encode(TestPictures.Smooth(16, 16), ImageFormat.Jpeg), 1, 2, 3, 0xFF, 0xD8];
        Assert.Equal(16, decoder.Decode(file).Width);
    }

    // Three 32 bit floats a pixel, one strip behind the directory.
    private static byte[] FloatTiff(uint width, uint height, float[] values)
    {
        var writer = new TiffDirectoryWriter(isBigEndian: false);
        var output = new MemoryStream();
        output.Write(writer.Header(0));
        var tags = new ExifBlock();
        Add(writer.LongEntry(ExifTags.ImageWidth, width));
        Add(writer.LongEntry(ExifTags.ImageHeight, height));
        Add(writer.ShortEntry(ExifTags.BitsPerSample, 32, 32, 32));
        Add(writer.ShortEntry(ExifTags.Compression, 1));
        Add(writer.ShortEntry(ExifTags.Photometric, 2));
        Add(writer.ShortEntry(ExifTags.SamplesPerPixel, 3));
        Add(writer.LongEntry(ExifTags.RowsPerStrip, height));
        Add(writer.ShortEntry(ExifTags.SampleFormat, 3, 3, 3));
        Add(writer.LongEntry(ExifTags.StripByteCounts, (uint)values.Length * 4));
        Add(writer.LongEntry(ExifTags.StripOffsets, 200));
        var main = writer.WriteTree(output, tags);
        output.SetLength(200);
        output.Position = 200;
        Span<byte> bytes = stackalloc byte[4];
        foreach (var value in values)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
            output.Write(bytes);
        }

        output.Position = 0;
        output.Write(writer.Header(main));
        return output.ToArray();

        void Add(ExifEntry entry) => tags.Main[entry.Tag] = entry;
    }
}
