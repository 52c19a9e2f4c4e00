using Darkroom.Imaging;
using Darkroom.Imaging.Codecs;
using Darkroom.Imaging.Raw;
using Xunit;

namespace Darkroom.Tests.Unit.Imaging.Raw;

/// <summary>RAW files through LibRaw: the DNG that is read was written from a mosaic that is known.</summary>
public sealed class RawDecoderTests
{
    // Rationals with six decimals, and LibRaw's float arithmetic.
    private const double MatrixTolerance = 2e-4;

    private static readonly RawDecoder Decoder = new(new ImagingOptions());

    [Theory]
    [InlineData(BayerPattern.Rggb)]
    [InlineData(BayerPattern.Bggr)]
    [InlineData(BayerPattern.Grbg)]
    [InlineData(BayerPattern.Gbrg)]
    public void TryRead_WrittenDng_GivesTheSameMosaic(BayerPattern pattern)
    {
        var written = (RawSamples.Sensor with { Levels = RawSamples.Levels with { Pattern = pattern } }).Take(RawSamples.Ramps(), RawSamples.Ratio, seed: 3);
        var read = Decoder.TryRead(DngWriter.Write(written))!;
        Assert.Equal((written.Width, written.Height), (read.Width, read.Height));
        Assert.Equal(written.Values, read.Values);
        Assert.Equal(pattern, read.Levels.Pattern);
        Assert.Equal(written.Levels.Black.ToArray(), read.Levels.Black.ToArray());
        Assert.Equal(written.Levels.White.ToArray(), read.Levels.White.ToArray());
        Assert.Equal("Darkroom Testcam", read.Metadata.Camera);
        AssertClose(written.Metadata.WhiteBalance.ToArray(), read.Metadata.WhiteBalance.ToArray());
        AssertClose(written.Metadata.Matrix.Rows, read.Metadata.Matrix.Rows);
        Assert.Equal(RawSamples.Ratio, read.Metadata.Gain!.Value, 1e-3);
    }

    [Fact]
    public void Rendered_PictureWithoutNoise_ComesBack()
    {
        var mosaic = Decoder.TryRead(RawSamples.NightDng(seed: null))!;
        var rendered = RawDecoder.Rendered(mosaic);
        Assert.Equal(16, rendered.BitDepth);
        // Reduced 40 times, the 14 bits of the sensor have about 400 levels left.
        Assert.InRange(RawSamples.MeanError(rendered, RawSamples.Ramps()), 0, 2e-3);
    }

    [Fact]
    public void Rendered_Night_HasTheLightOfThePictureAndNoise()
    {
        var rendered = RawDecoder.Rendered(Decoder.TryRead(RawSamples.NightDng())!);
        Assert.InRange(rendered.Pixels.Average(), 0.45, 0.55);
        Assert.InRange(RawSamples.MeanError(rendered, RawSamples.Ramps()), 0.02, 0.2);
    }

    [Fact]
    public void Linear_Night_KeepsNoiseBelowZeroAndClipsAboveOne()
    {
        var dark = new PlanarImage(32, 32);
        var linear = RawDecoder.Linear(RawSamples.Sensor.Take(dark, 300, seed: 5));
        Assert.True(linear.Pixels.Min() < 0);
        Assert.True(linear.Pixels.Max() <= 1);
        Assert.InRange(linear.Plane(1).ToArray().Average(), -0.02, 0.02);
    }

    [Fact]
    public void Linear_GivenGain_TakesItInPlaceOfTheFiles()
    {
        var mosaic = Decoder.TryRead(RawSamples.NightDng(seed: null))!;
        var (automatic, half) = (RawDecoder.Linear(mosaic), RawDecoder.Linear(mosaic, RawSamples.Ratio / 2));
        Assert.Equal(automatic.Pixels.Average() / 2, half.Pixels.Average(), 1e-3);
    }

    [Fact]
    public void AutomaticGain_FileThatAsksForNone_MetersThePicture()
    {
        var mosaic = RawSamples.Sensor.Take(RawSamples.Ramps(), 25, seed: null);
        var silent = Decoder.TryRead(DngWriter.Write(new RawMosaic(mosaic.Width, mosaic.Height, mosaic.Values, mosaic.Levels) { Metadata = RawSamples.Metadata }))!;
        Assert.Null(silent.Metadata.Gain);
        var linear = RawDecoder.Linear(silent, RawDeveloper.AutomaticGain(silent));
        Assert.Equal(0.18, linear.Plane(1).ToArray().Average(), 5e-3);
    }

    [Theory]
    [InlineData(1, 48, 40, 0, 0)]
    [InlineData(3, 48, 40, 47, 39)]
    [InlineData(6, 40, 48, 39, 0)]
    [InlineData(8, 40, 48, 0, 47)]
    public void Decode_TurnedCamera_GivesTheUprightPicture(int orientation, int width, int height, int firstX, int firstY)
    {
        var sensor = RawSamples.Sensor with { Metadata = RawSamples.Metadata with { Orientation = orientation } };
        var file = DngWriter.Write(sensor.Take(RawSamples.Ramps(), 1, seed: null));
        var header = new ImageDecoder(new ImagingOptions()).Identify(file);
        Assert.Equal((ImageFormat.Raw, width, height, 16), (header.Format, header.Width, header.Height, header.BitDepth));
        var picture = new ImageDecoder(new ImagingOptions()).Decode(file);
        Assert.Equal((width, height), (picture.Width, picture.Height));
        Assert.Equal(RawSamples.Ramps().Row(0, 0)[0], picture.Row(0, firstY)[firstX], 5e-3f);
    }

    [Fact]
    public void TryRead_OrdinaryTiff_IsNotRaw()
    {
        var tiff = ImageEncoder.Encode(RawSamples.Ramps(), ImageFormat.Tiff);
        Assert.Null(Decoder.TryRead(tiff));
        Assert.Equal(ImageFormat.Tiff, new ImageDecoder(new ImagingOptions()).Identify(tiff).Format);
    }

    private static void AssertClose(IReadOnlyList<double> expected, IReadOnlyList<double> actual)
    {
        for (var i = 0; i < expected.Count; i++)
            Assert.Equal(expected[i], actual[i], MatrixTolerance);
    }
}
