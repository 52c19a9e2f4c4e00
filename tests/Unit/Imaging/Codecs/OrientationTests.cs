using Darkroom.Imaging;
using Darkroom.Imaging.Codecs;
using Darkroom.Imaging.Exif;
using Xunit;

namespace Darkroom.Tests.Unit.Imaging.Codecs;

public sealed class OrientationTests
{
    private readonly ImageDecoder decoder = new(new ImagingOptions());

    // The stored picture is, by rows, 1 2 3 / 4 5 6. What each orientation shows, by rows.
    public static TheoryData<ushort, int, int[]> Upright() => new()
    {
        { 1, 3, [1, 2, 3, 4, 5, 6] },
        { 2, 3, [3, 2, 1, 6, 5, 4] },
        { 3, 3, [6, 5, 4, 3, 2, 1] },
        { 4, 3, [4, 5, 6, 1, 2, 3] },
        { 5, 2, [1, 4, 2, 5, 3, 6] },
        { 6, 2, [4, 1, 5, 2, 6, 3] },
        { 7, 2, [6, 3, 5, 2, 4, 1] },
        { 8, 2, [3, 6, 2, 5, 1, 4] },
    };

    [Theory]
    [MemberData(nameof(Upright))]
    public void Decode_Orientation_TurnsPixelsUpright(ushort orientation, int width, int[] expected)
    {
        var decoded = decoder.Decode(Stored(ImageFormat.Png, orientation));

        Assert.Equal(width, decoded.Width);
        Assert.Equal(expected, decoded.Pixels.Select(value => (int)Math.Round(value * 255)));
        Assert.Equal(expected, decoded.Alpha!.Select(value => (int)Math.Round(value * 255)));
    }

    [Theory]
    [MemberData(nameof(Upright))]
    public void Decode_OrientationOfTiff_TurnsPixelsUpright(ushort orientation, int width, int[] expected)
    {
        var file = Stored(ImageFormat.Tiff, 1);
        SetTiffOrientation(file, orientation);

        var decoded = decoder.Decode(file);

        Assert.Equal(width, decoded.Width);
        Assert.Equal(expected, decoded.Plane(0).ToArray().Select(value => (int)Math.Round(value * 255)));
    }

    [Theory]
    [InlineData(ImageFormat.Png)]
    [InlineData(ImageFormat.Jpeg)]
    [InlineData(ImageFormat.Webp)]
    public void Decode_Orientation_IsResetInExif(ImageFormat format)
    {
        var decoded = decoder.Decode(Stored(format, 6));

        Assert.Equal((2, 3), (decoded.Width, decoded.Height));
        Assert.Equal(1, ExifBlock.Parse(decoded.Metadata.Exif)!.Orientation);

        // Decoding the result once more does not turn it once more.
        var again = decoder.Decode(ImageEncoder.Encode(decoded, format));
        Assert.Equal((2, 3), (again.Width, again.Height));
    }

    [Fact]
    public void Identify_Orientation_GivesUprightSize()
    {
        var header = decoder.Identify(Stored(ImageFormat.Jpeg, 8));
        Assert.Equal((2, 3), (header.Width, header.Height));
    }

    [Fact]
    public void Decode_OrientationInXmp_IsReset()
    {
        var picture = TestPictures.Smooth(8, 8);
        picture.Metadata = new PictureMetadata(Xmp: [.. "<x:xmpmeta xmlns:x='adobe:ns:meta/'><r tiff:Orientation=\"6\"/></x:xmpmeta>"u8]);

        var decoded = decoder.Decode(ImageEncoder.Encode(picture, ImageFormat.Jpeg));

        Assert.Contains("tiff:Orientation=\"1\"", System.Text.Encoding.UTF8.GetString(decoded.Metadata.Xmp!), StringComparison.Ordinal);
    }

    private static byte[] Stored(ImageFormat format, ushort orientation)
    {
        var picture = new PlanarImage(3, 2, isGrey: true) { Alpha = new float[6] };
        for (var i = 0; i < 6; i++)
            picture.Pixels[i] = picture.Alpha[i] = (i + 1) / 255f;
        if (format == ImageFormat.Jpeg)
            picture.Alpha = null;
        picture.Metadata = new PictureMetadata(Exif: ExifSamples.Create(orientation));
        return ImageEncoder.Encode(picture, format);
    }

    private static void SetTiffOrientation(byte[] file, ushort orientation)
    {
        // Tag 274, type SHORT, one value: little-endian, as the file is.
        var at = file.AsSpan().IndexOf<byte>(new byte[] { 0x12, 0x01, 3, 0, 1, 0, 0, 0 });
        Assert.True(at > 0);
        file[at + 8] = (byte)orientation;
    }
}
