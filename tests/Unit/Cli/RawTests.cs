using Darkroom.Imaging;
using Darkroom.Imaging.Codecs;
using Darkroom.Imaging.Raw;
using Darkroom.Tests.Unit.Imaging.Raw;
using Xunit;

namespace Darkroom.Tests.Unit.Cli;

/// <summary>RAW files and stored mosaics on the command line.</summary>
public sealed class RawTests : IDisposable
{
    private const string Side = """
        { "pattern": "RGGB", "black_level": [512, 510, 514, 513], "white_level": 16383, "white_balance": [2.1, 1, 1.6],
          "colour_matrix": [1.7, -0.5, -0.2, -0.2, 1.5, -0.3, 0.05, -0.55, 1.5] }
        """;

    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Restore_MosaicWithSideFile_WritesASixteenBitTiff()
    {
        Assert.SkipWhen(CommandLineProcess.ShippedModel is null, "weights/llmra-compact.safetensors is not here.");
        WriteMosaic();
        var result = await CommandLineProcess.DarkroomAsync(folder, "restore", "mosaic.png", "--raw-side", "mosaic.json", "--gain", "40", "-o", "out.tiff");
        Assert.True(result.ExitCode == 0, result.Error);
        var picture = new ImageDecoder(new ImagingOptions()).Decode(await File.ReadAllBytesAsync(folder["out.tiff"], TestContext.Current.CancellationToken));
        Assert.Equal((48, 40, 16), (picture.Width, picture.Height, picture.BitDepth));
    }

    [Theory]
    [InlineData("0", "auto")]
    [InlineData("much", "auto")]
    [InlineData("1e9", "auto")]
    public async Task Restore_ImpossibleGain_SaysWhatIsAllowed(string gain, string allowed)
    {
        WriteMosaic();
        var result = await CommandLineProcess.DarkroomAsync(folder, "restore", "mosaic.png", "--gain", gain);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(allowed, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restore_SideFileOfNonsense_SaysWhatIsWrong()
    {
        WriteMosaic();
        folder.Write("mosaic.json", "{ \"pattern\": 5 }"u8);
        var result = await CommandLineProcess.DarkroomAsync(folder, "restore", "mosaic.png", "--raw-side", "mosaic.json");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("side file", result.Error, StringComparison.Ordinal);
    }

    private void WriteMosaic()
    {
        var mosaic = RawSamples.Sensor.Take(RawSamples.Ramps(), RawSamples.Ratio, seed: 1);
        var picture = new PlanarImage(mosaic.Width, mosaic.Height, isGrey: true, bitDepth: 16);
        for (var i = 0; i < mosaic.Values.Length; i++)
            picture.Pixels[i] = mosaic.Values[i] / (float)ushort.MaxValue;
        folder.Write("mosaic.png", ImageEncoder.Encode(picture, ImageFormat.Png));
        folder.Write("mosaic.json", System.Text.Encoding.UTF8.GetBytes(Side));
    }
}
