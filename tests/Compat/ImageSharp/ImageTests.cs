using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.Formats.Webp;
using SixLabors.ImageSharp.Metadata.Profiles.Exif;
using SixLabors.ImageSharp.PixelFormats;
using Xunit;

namespace Darkroom.Tests.Compat.ImageSharp;

/// <summary>What the product expects of ImageSharp, whichever package is behind it.</summary>
public sealed class ImageTests
{
    private static readonly DecoderOptions Options = new() { MaxFrames = 1 };

    [Fact]
    public void PixelTypes_InMemory_AreTheirChannels()
    {
        Assert.Equal((1, 2, 3, 4), (Size<L8>(), Size<La16>(), Size<Rgb24>(), Size<Rgba32>()));
        Assert.Equal((2, 4, 6, 8), (Size<L16>(), Size<La32>(), Size<Rgb48>(), Size<Rgba64>()));

        static int Size<TPixel>() => System.Runtime.CompilerServices.Unsafe.SizeOf<TPixel>();
    }

    [Fact]
    public void Png_SavedAndLoaded_KeepsEveryPixel()
    {
        using var image = Draw(17, 9);
        using var loaded = Image.Load<Rgba64>(Options, Save(image, new PngEncoder { BitDepth = PngBitDepth.Bit16, ColorType = PngColorType.RgbWithAlpha }));
        Assert.Equal((17, 9), (loaded.Width, loaded.Height));
        Assert.Equal(Pixels(image), Pixels(loaded));
    }

    [Theory]
    [InlineData(PngColorType.Grayscale)]
    [InlineData(PngColorType.GrayscaleWithAlpha)]
    [InlineData(PngColorType.Rgb)]
    [InlineData(PngColorType.RgbWithAlpha)]
    public void Png_ColorType_IsWritten(PngColorType colorType)
    {
        using var image = Draw(4, 4);
        Assert.Equal((byte)colorType, Save(image, new PngEncoder { ColorType = colorType, BitDepth = PngBitDepth.Bit8 })[25]);
    }

    [Fact]
    public void Load_OtherPixelType_ConvertsDepthAndGrey()
    {
        using var image = new Image<Rgb24>(1, 1);
        image.ProcessPixelRows(rows => rows.GetRowSpan(0)[0] = new Rgb24(100, 150, 200));
        var file = Save(image, new PngEncoder());

        using var deep = Image.Load<Rgba64>(Options, file);
        using var grey = Image.Load<L8>(Options, file);

        Assert.Equal(new Rgba64(100 * 257, 150 * 257, 200 * 257, ushort.MaxValue), Pixels(deep)[0]);
        Assert.Equal((byte)Math.Round((0.2126 * 100) + (0.7152 * 150) + (0.0722 * 200)), Pixels(grey)[0].PackedValue);
    }

    [Fact]
    public void Jpeg_Quality_MovesSize()
    {
        using var image = Draw(64, 64);
        var sizes = new[] { 10, 50, 95 }.Select(quality => Save(image, new JpegEncoder { Quality = quality }).Length).ToArray();
        Assert.True(sizes[0] < sizes[1] && sizes[1] < sizes[2], string.Join(", ", sizes));
        Assert.True(
            Save(image, new JpegEncoder { Quality = 95, ColorType = JpegEncodingColor.YCbCrRatio444 }).Length > sizes[2],
            "full colour resolution takes more");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(101)]
    public void Jpeg_QualityOutOfRange_Throws(int quality) => Assert.Throws<ArgumentException>(() => new JpegEncoder { Quality = quality });

    [Fact]
    public void Identify_File_GivesSizeAndMetadata()
    {
        using var image = Draw(12, 7);
        byte[] exif = [(byte)'I', (byte)'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0];
        image.Metadata.ExifProfile = new ExifProfile(exif);
        foreach (IImageEncoder encoder in new IImageEncoder[] { new JpegEncoder(), new PngEncoder(), new WebpEncoder() })
        {
            var info = Image.Identify(Save(image, encoder));
            Assert.Equal((12, 7), (info.Width, info.Height));
            Assert.NotNull(info.Metadata.ExifProfile?.ToByteArray());
        }

        Assert.Null(Image.Identify(Save(image, new PngEncoder { SkipMetadata = true })).Metadata.ExifProfile);
        using var skipped = Image.Load<Rgb24>(new DecoderOptions { SkipMetadata = true }, Save(image, new PngEncoder()));
        Assert.Null(skipped.Metadata.ExifProfile);
    }

    [Fact]
    public void Load_NotAnImage_ThrowsUnknownFormat()
    {
        Assert.Throws<UnknownImageFormatException>(() => Image.Load<Rgb24>(Options, "no picture, only words"u8));
        Assert.Throws<UnknownImageFormatException>(() => Image.Identify(new byte[100]));
    }

    [Fact]
    public void Load_NothingAtAll_ThrowsArgumentNull()
    {
        Assert.Throws<ArgumentNullException>("pointer", () => Image.Load<Rgb24>(Options, []));
        Assert.Throws<ArgumentNullException>("pointer", () => Image.Identify([]));
    }

    [Fact]
    public void Load_GreyTiffWithAlpha_IsNotSupported()
    {
        // One pixel, uncompressed: two samples of 8 bits, the second unassociated alpha.
        (ushort Tag, ushort Type, uint Count, uint Value)[] tags =
        [
            (256, 3, 1, 1), (257, 3, 1, 1), (258, 3, 2, 8 | (8 << 16)), (259, 3, 1, 1), (262, 3, 1, 1),
            (273, 4, 1, 8), (277, 3, 1, 2), (278, 3, 1, 1), (279, 4, 1, 2), (338, 3, 1, 2),
        ];
        using var file = new MemoryStream();
        using var writer = new BinaryWriter(file);
        writer.Write("II*\0"u8);
        writer.Write(10);
        writer.Write((ushort)0xFF80);
        writer.Write((ushort)tags.Length);
        foreach (var (tag, type, count, value) in tags)
        {
            writer.Write(tag);
            writer.Write(type);
            writer.Write(count);
            writer.Write(value);
        }

        writer.Write(0);
        writer.Flush();

        Assert.Equal(1, Image.Identify(file.ToArray()).Width);
        Assert.Throws<NotSupportedException>(() => Image.Load<La16>(Options, file.ToArray()));
    }

    [Fact]
    public void Load_DamagedPng_ThrowsInvalidContent()
    {
        using var image = Draw(40, 40);
        var file = Save(image, new PngEncoder());
        var e = Assert.ThrowsAny<ImageFormatException>(() => Image.Load<Rgb24>(Options, file.AsSpan(0, 60)));
        Assert.NotEmpty(e.Message);
    }

    [Fact]
    public void GetRowSpan_OutsideTheImage_Throws()
    {
        using var image = Draw(4, 3);
        Assert.Throws<ArgumentOutOfRangeException>(() => image.ProcessPixelRows(rows => rows.GetRowSpan(3).Clear()));
        Assert.Throws<ArgumentOutOfRangeException>(() => image.ProcessPixelRows(rows => rows.GetRowSpan(-1).Clear()));
    }

    [Fact]
    public void Dispose_ThenUse_Throws()
    {
        var image = Draw(4, 3);
        image.Dispose();
        Assert.Throws<ObjectDisposedException>(() => image.ProcessPixelRows(_ => { }));
    }

    [Fact]
    public async Task Load_FromManyThreads_GivesTheSame()
    {
        using var image = Draw(80, 60);
        var (jpeg, png) = (Save(image, new JpegEncoder { Quality = 90 }), Save(image, new PngEncoder()));
        using var expected = Image.Load<Rgb24>(Options, jpeg);
        var pixels = Pixels(expected);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(() =>
        {
            for (var round = 0; round < 20; round++)
            {
                using var loaded = Image.Load<Rgb24>(Options, jpeg);
                Assert.Equal(pixels, Pixels(loaded));
                Assert.ThrowsAny<ImageFormatException>(() => Image.Load<Rgb24>(Options, png.AsSpan(0, 50 + worker)));
            }
        })));
    }

    private static Image<Rgba64> Draw(int width, int height)
    {
        var random = new Random(1);
        var image = new Image<Rgba64>(width, height);
        image.ProcessPixelRows(rows =>
        {
            for (var y = 0; y < rows.Height; y++)
            {
                foreach (ref var pixel in rows.GetRowSpan(y))
                    pixel = new Rgba64((ushort)random.Next(65536), (ushort)random.Next(65536), (ushort)random.Next(65536), (ushort)random.Next(65536));
            }
        });
        return image;
    }

    private static byte[] Save(Image image, IImageEncoder encoder)
    {
        using var stream = new MemoryStream();
        image.Save(stream, encoder);
        return stream.ToArray();
    }

    private static TPixel[] Pixels<TPixel>(Image<TPixel> image)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        var pixels = new TPixel[image.Width * image.Height];
        image.ProcessPixelRows(rows =>
        {
            for (var y = 0; y < rows.Height; y++)
                rows.GetRowSpan(y).CopyTo(pixels.AsSpan(y * rows.Width));
        });
        return pixels;
    }
}
