using System.Text;
using Darkroom.Imaging;
using Darkroom.Imaging.Codecs;
using Darkroom.Imaging.Exif;
using Xunit;

namespace Darkroom.Tests.Unit.Imaging.Codecs;

public sealed class MetadataTests
{
    private const string Xmp = "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf/></x:xmpmeta>";

    private readonly ImageDecoder decoder = new(new ImagingOptions());

    [Theory]
    [InlineData(ImageFormat.Jpeg)]
    [InlineData(ImageFormat.Png)]
    [InlineData(ImageFormat.Webp)]
    [InlineData(ImageFormat.Tiff)]
    public void RoundTrip_IccExifAndXmp_AreKept(ImageFormat format)
    {
        var picture = TestPictures.Smooth(24, 16);
        picture.Metadata = new PictureMetadata(ExifSamples.CreateIcc("RGB"), ExifSamples.Create(1), Encoding.UTF8.GetBytes(Xmp));

        var decoded = decoder.Decode(ImageEncoder.Encode(picture, format)).Metadata;

        Assert.Equal(picture.Metadata.Icc, decoded.Icc);
        Assert.Equal(Xmp, Encoding.UTF8.GetString(decoded.Xmp!));
        AssertCameraTags(decoded.Exif);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void RoundTrip_EitherByteOrder_KeepsExifInTiff(bool isBigEndian)
    {
        var picture = TestPictures.Random(24, 16, bitDepth: 16);
        picture.Metadata = new PictureMetadata(Exif: ExifSamples.Create(1, isBigEndian));

        var file = ImageEncoder.Encode(picture, ImageFormat.Tiff);
        var decoded = decoder.Decode(file);

        Assert.Equal(isBigEndian ? (byte)'M' : (byte)'I', file[0]);
        Assert.Equal(picture.Pixels, decoded.Pixels);
        AssertCameraTags(decoded.Metadata.Exif);
    }

    [Theory]
    [InlineData(ImageFormat.Jpeg, ImageFormat.Tiff)]
    [InlineData(ImageFormat.Tiff, ImageFormat.Jpeg)]
    [InlineData(ImageFormat.Webp, ImageFormat.Png)]
    public void Convert_BetweenFormats_KeepsExif(ImageFormat from, ImageFormat to)
    {
        var picture = TestPictures.Smooth(24, 16);
        picture.Metadata = new PictureMetadata(Exif: ExifSamples.Create(1));

        var first = decoder.Decode(ImageEncoder.Encode(picture, from));
        var second = decoder.Decode(ImageEncoder.Encode(first, to));

        AssertCameraTags(second.Metadata.Exif);
    }

    [Theory]
    [InlineData(ImageFormat.Jpeg)]
    [InlineData(ImageFormat.Tiff)]
    public void Encode_SoftwareAndDescription_StandInExif(ImageFormat format)
    {
        var settings = new EncodeSettings { Software = "Darkroom", Description = "llmra seed=7" };

        var decoded = decoder.Decode(ImageEncoder.Encode(TestPictures.Smooth(16, 16), format, settings));

        var main = ExifBlock.Parse(decoded.Metadata.Exif)!.Main;
        Assert.Equal("Darkroom\0", Encoding.ASCII.GetString(main[ExifTags.Software].Value));
        Assert.Equal("llmra seed=7\0", Encoding.ASCII.GetString(main[ExifTags.ImageDescription].Value));
    }

    [Theory]
    [InlineData("GRAY", false)]
    [InlineData("CMYK", false)]
    [InlineData("RGB", true)]
    public void Encode_ProfileOfOtherColourSpace_IsLeftOut(string colourSpace, bool isGrey)
    {
        var picture = TestPictures.Smooth(16, 16, isGrey);
        picture.Metadata = new PictureMetadata(Icc: ExifSamples.CreateIcc(colourSpace));
        Assert.Null(decoder.Decode(ImageEncoder.Encode(picture, ImageFormat.Png)).Metadata.Icc);
        Assert.Null(decoder.Decode(ImageEncoder.Encode(picture, ImageFormat.Tiff)).Metadata.Icc);
    }

    [Theory]
    [InlineData(ImageFormat.Jpeg)]
    [InlineData(ImageFormat.Png)]
    [InlineData(ImageFormat.Tiff)]   // not WebP: libvips 8.14 writes an EXIF block with the resolution into it, asked or not
    public void Decode_NoMetadata_GivesNone(ImageFormat format) =>
        Assert.Equal(PictureMetadata.None, decoder.Decode(ImageEncoder.Encode(TestPictures.Random(8, 8), format)).Metadata);

    private static void AssertCameraTags(byte[]? exif)
    {
        var block = ExifBlock.Parse(exif)!;
        Assert.Equal("Darkroom Cameras\0", Encoding.ASCII.GetString(block.Main[ExifTags.Make].Value));
        Assert.Equal("50mm f/2\0", Encoding.ASCII.GetString(block.Exif[ExifSamples.LensModel].Value));
        Assert.Equal("N\0", Encoding.ASCII.GetString(block.Gps[1].Value));
    }
}
