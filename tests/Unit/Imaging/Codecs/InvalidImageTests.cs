using System.Text;
using Darkroom.Imaging;
using Darkroom.Imaging.Codecs;
using Xunit;

namespace Darkroom.Tests.Unit.Imaging.Codecs;

public sealed class InvalidImageTests
{
    private readonly ImageDecoder decoder = new(new ImagingOptions());

    public static TheoryData<ImageFormat> Formats() => [.. Enum.GetValues<ImageFormat>().Where(format => format != ImageFormat.Raw)];

    [Theory]
    [MemberData(nameof(Formats))]
    public void Decode_FileCutAnywhere_IsTruncated(ImageFormat format)
    {
        var file = ImageEncoder.Encode(TestPictures.Random(40, 30), format);
        foreach (var length in Enumerable.Range(1, 19).Select(i => file.Length * i / 20).Append(file.Length - 1).Where(length => length > 16))
        {
            var e = Assert.Throws<InvalidImageException>(() => decoder.Decode(file.AsSpan(0, length)));
            AssertOneLine(e);
            Assert.True(e.Fault == ImageFault.Truncated, $"{length} of {file.Length} bytes: {e.Message}");
        }
    }

    [Fact]
    public void Decode_ProgressiveJpegCutBetweenScans_IsTruncated()
    {
        var file = TestPictures.ReadTestData("progressive.jpg");
        Assert.Equal(64, decoder.Decode(file).Width);
        Assert.Equal(ImageFault.Truncated, Assert.Throws<InvalidImageException>(() => decoder.Decode(file.AsSpan(0, file.Length - 2))).Fault);
        Assert.Equal(ImageFault.Truncated, Assert.Throws<InvalidImageException>(() => decoder.Decode(file.AsSpan(0, file.Length / 2))).Fault);
    }

    [Fact]
    public void Decode_EmptyFile_IsNotAnImage() => AssertFault(ImageFault.NotAnImage, [], "empty");

    [Fact]
    public void Decode_Text_IsNotAnImage() => AssertFault(ImageFault.NotAnImage, Encoding.UTF8.GetBytes("Dear Darkroom, please restore me."), "JPEG, PNG, WebP, TIFF and RAW");

    [Theory]
    [InlineData(0xFF)]
    [InlineData(0x00)]
    [InlineData(0x89)]
    public void Decode_OneByte_IsNotAnImage(byte value) => AssertFault(ImageFault.NotAnImage, [value], "not an image");

    [Theory]
    [InlineData("GIF89a\x01\0\x01\0", "GIF")]
    [InlineData("BM\x3a\0\0\0\0\0\0\0", "BMP")]
    [InlineData("\0\0\0\u0018ftypheic", "HEIF")]
    [InlineData("%PDF-1.7\n", "PDF")]
    public void Decode_OtherFormat_IsUnsupported(string head, string name) =>
        AssertFault(ImageFault.Unsupported, [.. Encoding.Latin1.GetBytes(head), .. new byte[64]], name);

    [Fact]
    public void Decode_HugeHeader_IsRefusedForItsSize()
    {
        var file = new PngBuilder(50_000, 50_000, 8, 2).BuildWithoutEnd();
        AssertFault(ImageFault.TooLarge, file, "2,500,000,000 pixels (50000 x 50000); at most 100,000,000 are allowed (Imaging:MaxPixelCount)");
    }

    [Fact]
    public void Decode_HugeJpegHeader_IsRefusedForItsSize()
    {
        byte[] file = [0xFF, 0xD8, 0xFF, 0xC0, 0, 17, 8, 0xC3, 0x50, 0xC3, 0x50, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0];
        AssertFault(ImageFault.TooLarge, file, "50000 x 50000");
    }

    [Fact]
    public void Decode_PixelsAboveLimit_AreRefusedAndAtLimitAccepted()
    {
        var file = ImageEncoder.Encode(TestPictures.Random(20, 10), ImageFormat.Png);
        Assert.Equal(20, new ImageDecoder(new ImagingOptions { MaxPixelCount = 200 }).Decode(file).Width);
        var e = Assert.Throws<InvalidImageException>(() => new ImageDecoder(new ImagingOptions { MaxPixelCount = 199 }).Decode(file));
        Assert.Equal(ImageFault.TooLarge, e.Fault);
    }

    [Fact]
    public async Task DecodeFile_LargerThanLimit_IsRefusedUnread()
    {
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.png");
        await File.WriteAllBytesAsync(path, ImageEncoder.Encode(TestPictures.Random(20, 10), ImageFormat.Png));
        try
        {
            var e = await Assert.ThrowsAsync<InvalidImageException>(
                () => new ImageDecoder(new ImagingOptions { MaxFileSizeBytes = 100 }).DecodeFileAsync(path, CancellationToken.None));
            Assert.Contains("Imaging:MaxFileSizeBytes", e.Message, StringComparison.Ordinal);
            Assert.Equal(20, (await decoder.DecodeFileAsync(path, CancellationToken.None)).Width);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task DecodeFile_NoSuchFile_Throws() =>
        await Assert.ThrowsAsync<FileNotFoundException>(() => decoder.DecodeFileAsync("/no/such/photo.jpg", CancellationToken.None));

    [Theory]
    [InlineData(0, 10)]
    [InlineData(10, 0)]
    [InlineData(0, 0)]
    public void Decode_NoPixels_IsCorrupt(int width, int height) =>
        AssertFault(ImageFault.Corrupt, new PngBuilder(width, height, 8, 2).Rows().Build(), $"{width} x {height}");

    [Fact]
    public void Decode_PngWithoutData_IsCorrupt() => AssertFault(ImageFault.Corrupt, new PngBuilder(4, 4, 8, 2).Build(), "no picture data");

    [Fact]
    public void Decode_PngWithTooFewRows_IsCorrupt()
    {
        var file = new PngBuilder(4, 100, 8, 0).Rows([1, 2, 3, 4]).Build();
        var e = Assert.Throws<InvalidImageException>(() => decoder.Decode(file));
        Assert.Equal(ImageFault.Corrupt, e.Fault);
        AssertOneLine(e);
    }

    [Fact]
    public void Decode_InterlacedPng_NeedsEveryPass()
    {
        // 5 x 3 pixels of value 10 y + x, in the seven passes of Adam7; the third has no pixel.
        byte[][] rows = [[0], [4], [2], [20, 22, 24], [1, 3], [21, 23], [10, 11, 12, 13, 14]];

        var decoded = decoder.Decode(new PngBuilder(5, 3, 8, 0, isInterlaced: true).Rows(rows).Build());

        Assert.Equal([0, 1, 2, 3, 4, 10, 11, 12, 13, 14, 20, 21, 22, 23, 24], decoded.Pixels.Select(value => (int)Math.Round(value * 255)));
        var e = Assert.Throws<InvalidImageException>(() => decoder.Decode(new PngBuilder(5, 3, 8, 0, isInterlaced: true).Rows(rows[..^1]).Build()));
        Assert.Equal(ImageFault.Corrupt, e.Fault);
    }

    [Fact]
    public void Decode_GarbageAfterSignature_IsAnError()
    {
        var random = new Random(5);
        byte[][] signatures = [[0xFF, 0xD8, 0xFF], [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10], [.. "II*\0"u8], [.. "MM\0*"u8], [.. "RIFF\0\x01\0\0WEBP"u8]];
        foreach (var signature in signatures)
        {
            for (var round = 0; round < 200; round++)
            {
                var file = new byte[random.Next(signature.Length, 400)];
                random.NextBytes(file);
                signature.CopyTo(file, 0);
                AssertOneLine(Assert.Throws<InvalidImageException>(() => decoder.Decode(file)));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Decode_AnyByteChanged_DecodesOrSaysWhy(ImageFormat format)
    {
        var file = ImageEncoder.Encode(TestPictures.Smooth(24, 16), format, new EncodeSettings { Software = "Darkroom" });
        var random = new Random(3);
        for (var round = 0; round < 300; round++)
        {
            var damaged = (byte[])file.Clone();
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            try
            {
                decoder.Decode(damaged);
            }
            catch (InvalidImageException e)
            {
                AssertOneLine(e);
            }
        }
    }

    private void AssertFault(ImageFault fault, byte[] file, string contains)
    {
        foreach (var e in new[] { Assert.Throws<InvalidImageException>(() => decoder.Decode(file)), Assert.Throws<InvalidImageException>(() => decoder.Identify(file)) })
        {
            Assert.Equal(fault, e.Fault);
            Assert.Contains(contains, e.Message, StringComparison.Ordinal);
            AssertOneLine(e);
        }
    }

    private static void AssertOneLine(InvalidImageException e)
    {
        Assert.DoesNotContain('\n', e.Message);
        Assert.EndsWith(".", e.Message, StringComparison.Ordinal);
    }
}
