using System.Text;
using Darkroom.Imaging;
using Darkroom.Imaging.Codecs;
using Darkroom.Imaging.Raw;
using Xunit;

namespace Darkroom.Tests.Unit.Imaging.Raw;

public sealed class RawSideFileTests
{
    private const string Valid = """
        { "pattern": "RGGB", "black_level": [512, 510, 514, 513], "white_level": 16383, "white_balance": [2.1, 1, 1.6],
          "colour_matrix": [1.7, -0.5, -0.2, -0.2, 1.5, -0.3, 0.05, -0.55, 1.5], "gain": 40, "camera": "Darkroom Testcam" }
        """;

    [Fact]
    public void ToMosaic_SixteenBitPng_GivesTheSensorsValuesAndThoseOfTheFile()
    {
        var taken = RawSamples.Sensor.Take(RawSamples.Ramps(), RawSamples.Ratio, seed: 2);
        var mosaic = Parse(Valid).ToMosaic(Stored(taken));
        Assert.Equal(taken.Values, mosaic.Values);
        Assert.Equal(taken.Levels, mosaic.Levels);
        Assert.Equal(taken.Metadata.WhiteBalance, mosaic.Metadata.WhiteBalance);
        Assert.Equal(taken.Metadata.Matrix.Rows, mosaic.Metadata.Matrix.Rows);
        Assert.Equal(RawSamples.Ratio, mosaic.Metadata.Gain);
        Assert.Equal(taken.Values, new RawDecoder(new ImagingOptions()).TryRead(DngWriter.Write(mosaic))!.Values);
    }

    [Theory]
    [InlineData("RGGB", "RGBE", "RGGB, BGGR")]
    [InlineData("16383", "0", "white level 0")]
    [InlineData("16383", "600000", "white level 600000")]
    [InlineData("[512, 510, 514, 513]", "[1, 2]", "black_level has 2 numbers")]
    [InlineData("[2.1, 1, 1.6]", "[2.1, 0, 1.6]", "white_balance")]
    [InlineData("1.7, -0.5", "9, -0.5", "colour_matrix")]
    [InlineData("\"gain\": 40", "\"gain\": -1", "gain is -1")]
    [InlineData("\"gain\"", "\"gian\"", "gian")]
    public void ToMosaic_WrongValue_SaysWhichAndWhatIsAllowed(string from, string to, string part)
    {
        var picture = Stored(RawSamples.Sensor.Take(RawSamples.Ramps(8, 8), 1, seed: null));
        var error = Assert.Throws<InvalidImageException>(() => Parse(Valid.Replace(from, to, StringComparison.Ordinal)).ToMosaic(picture));
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ToMosaic_ColourPicture_IsRefused()
    {
        var error = Assert.Throws<InvalidImageException>(() => Parse(Valid).ToMosaic(RawSamples.Ramps()));
        Assert.Contains("one of 16 bit", error.Message, StringComparison.Ordinal);
    }

    private static RawSideFile Parse(string json) => RawSideFile.Parse(Encoding.UTF8.GetBytes(json));

    // As it would lie on a disk: a grey PNG of 16 bit, written and read again.
    private static PlanarImage Stored(RawMosaic mosaic)
    {
        var picture = new PlanarImage(mosaic.Width, mosaic.Height, isGrey: true, bitDepth: 16);
        for (var i = 0; i < mosaic.Values.Length; i++)
            picture.Pixels[i] = mosaic.Values[i] / (float)ushort.MaxValue;
        return new ImageDecoder(new ImagingOptions()).Decode(ImageEncoder.Encode(picture, ImageFormat.Png));
    }
}
