using Darkroom.Imaging;
using Darkroom.Imaging.Codecs;
using Xunit;

namespace Darkroom.Tests.Unit.Imaging.Codecs;

public sealed class RoundTripTests
{
    // Quality 100 rounds in the frequency domain and in YCbCr: a few levels.
    private const double JpegTolerance = 6 / 255.0;

    private readonly ImageDecoder decoder = new(new ImagingOptions());

    public static TheoryData<ImageFormat, bool, bool, int> LosslessKinds() =>
    [
        .. from format in new[] { ImageFormat.Png, ImageFormat.Tiff }
           from isGrey in new[] { false, true }
           from hasAlpha in new[] { false, true }
           from bitDepth in new[] { 8, 16 }
           where !(format == ImageFormat.Tiff && isGrey && hasAlpha)
           select new TheoryDataRow<ImageFormat, bool, bool, int>(format, isGrey, hasAlpha, bitDepth),
    ];

    [Theory]
    [MemberData(nameof(LosslessKinds))]
    public void Lossless_AnyKind_KeepsEveryValue(ImageFormat format, bool isGrey, bool hasAlpha, int bitDepth)
    {
        var picture = TestPictures.Random(37, 23, isGrey, bitDepth, hasAlpha);

        var decoded = decoder.Decode(ImageEncoder.Encode(picture, format));

        Assert.Equal((37, 23, isGrey, bitDepth), (decoded.Width, decoded.Height, decoded.IsGrey, decoded.BitDepth));
        Assert.Equal(picture.Pixels, decoded.Pixels);
        Assert.Equal(picture.Alpha, decoded.Alpha);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    public void Tiff_GreyWithAlpha_ComesBackAsColour(int bitDepth)
    {
        var picture = TestPictures.Random(37, 23, isGrey: true, bitDepth, hasAlpha: true);

        var decoded = decoder.Decode(ImageEncoder.Encode(picture, ImageFormat.Tiff));

        Assert.Equal((false, bitDepth), (decoded.IsGrey, decoded.BitDepth));
        Assert.All(Enumerable.Range(0, 3), c => Assert.Equal(picture.Pixels, decoded.Plane(c)));
        Assert.Equal(picture.Alpha, decoded.Alpha);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Jpeg_SmoothPicture_StaysClose(bool isGrey)
    {
        var picture = TestPictures.Smooth(64, 48, isGrey);

        var decoded = decoder.Decode(ImageEncoder.Encode(picture, ImageFormat.Jpeg, new EncodeSettings { JpegQuality = 100 }));

        Assert.Equal(isGrey, decoded.IsGrey);
        Assert.InRange(TestPictures.LargestDifference(picture.Pixels, decoded.Pixels), 0, JpegTolerance);
    }

    [Fact]
    public void Jpeg_Alpha_IsLaidOnWhite()
    {
        var picture = TestPictures.Smooth(16, 16);
        picture.Alpha = new float[16 * 16];

        var decoded = decoder.Decode(ImageEncoder.Encode(picture, ImageFormat.Jpeg));

        Assert.Null(decoded.Alpha);
        Assert.All(decoded.Pixels, value => Assert.InRange(value, 1 - JpegTolerance, 1));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Webp_Lossless_KeepsColourAndAlpha(bool hasAlpha)
    {
        var picture = TestPictures.Random(31, 17, hasAlpha: hasAlpha);
        if (picture.Alpha is { } alpha)
        {
            for (var i = 0; i < alpha.Length; i++)
                alpha[i] = Math.Max(alpha[i], 1 / 255f);   // WebP drops the colour of invisible pixels
        }

        var decoded = decoder.Decode(ImageEncoder.Encode(picture, ImageFormat.Webp, new EncodeSettings { IsWebpLossless = true }));

        Assert.Equal(picture.Pixels, decoded.Pixels);
        Assert.Equal(picture.Alpha, decoded.Alpha);
    }

    [Fact]
    public void Webp_Lossy_IsSmallerForLowerQuality()
    {
        var picture = TestPictures.Random(64, 64);

        var high = ImageEncoder.Encode(picture, ImageFormat.Webp, new EncodeSettings { WebpQuality = 95 });
        var low = ImageEncoder.Encode(picture, ImageFormat.Webp, new EncodeSettings { WebpQuality = 20 });

        Assert.True(low.Length < high.Length, $"{low.Length} bytes at quality 20, {high.Length} at 95");
    }

    [Fact]
    public void Png_BitDepthOfSettings_Wins()
    {
        var picture = TestPictures.Random(20, 10, bitDepth: 16);

        var decoded = decoder.Decode(ImageEncoder.Encode(picture, ImageFormat.Png, new EncodeSettings { BitDepth = 8 }));

        Assert.Equal(8, decoded.BitDepth);
        Assert.InRange(TestPictures.LargestDifference(picture.Pixels, decoded.Pixels), 0, 0.5001 / 255);
    }

    [Theory]
    [InlineData(PngCompression.None)]
    [InlineData(PngCompression.Fast)]
    [InlineData(PngCompression.Smallest)]
    public void Png_EveryCompression_KeepsEveryValue(PngCompression compression)
    {
        var picture = TestPictures.Random(33, 9);
        var file = ImageEncoder.Encode(picture, ImageFormat.Png, new EncodeSettings { PngCompression = compression });
        Assert.Equal(picture.Pixels, decoder.Decode(file).Pixels);
    }

    [Theory]
    [InlineData(ImageFormat.Jpeg)]
    [InlineData(ImageFormat.Png)]
    [InlineData(ImageFormat.Tiff)]
    public void Encode_OnePixel_Works(ImageFormat format)
    {
        var picture = new PlanarImage(1, 1);
        picture.Pixels.AsSpan().Fill(1f);
        Assert.All(decoder.Decode(ImageEncoder.Encode(picture, format)).Pixels, value => Assert.Equal(1f, value));
    }

    [Fact]
    public void Encode_ValuesOutOfRangeAndNaN_AreClamped()
    {
        var picture = new PlanarImage(4, 1, isGrey: true);
        new[] { -3f, 2f, float.NaN, float.PositiveInfinity }.CopyTo(picture.Pixels, 0);
        Assert.Equal([0f, 1f, 0f, 1f], decoder.Decode(ImageEncoder.Encode(picture, ImageFormat.Png)).Pixels);
    }
}
