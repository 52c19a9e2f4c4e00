using System.Globalization;
using System.Text.RegularExpressions;
using Darkroom.Models.Preprocessing;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Parity;

/// <summary>Resizing and the input of CLIP and the VAE against Pillow, transformers and diffusers (fixture <c>image_preprocess</c>).</summary>
public sealed partial class PreprocessingParityTests
{
    // In 8-bit levels; the fixture says "exact, allow 1 level".
    private const double LevelTolerance = 1;

    // Plain arithmetic in float32, for which the fixture states no tolerance.
    private const double Float32Tolerance = 1e-5;

    [Fact]
    public void Resize_EveryFilterAndSize_GivesPillowsPixels()
    {
        using var fixture = Fixture.Open("image_preprocess");
        using var scope = NewDisposeScope();
        var image = fixture.Read("image");
        var keys = fixture.Io.Entries.Keys.Where(key => key.StartsWith("pil.", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(keys);
        foreach (var key in keys)
        {
            var match = SizedFilter().Match(key);
            var filter = Enum.Parse<ResampleFilter>(match.Groups["filter"].Value, ignoreCase: true);
            fixture.AssertClose(key, EightBitImage.Resize(image, Number(match, "width"), Number(match, "height"), filter), LevelTolerance, 0);
        }
    }

    [Fact]
    public void Processors_ReferencePicture_GiveTheReferenceInput()
    {
        using var fixture = Fixture.Open("image_preprocess");
        using var scope = NewDisposeScope();
        var image = fixture.Read("image");
        foreach (var (key, entry) in fixture.Io.Entries)
        {
            var (height, width) = entry.Shape.Count == 4 ? ((int)entry.Shape[2], (int)entry.Shape[3]) : (0, 0);
            if (key.StartsWith("clip", StringComparison.Ordinal))
                fixture.AssertClose(key, ClipImageProcessor.Process(image, height), Tolerance(fixture, "clip56_atol"), 0);
            else if (key.StartsWith("torch_bilinear", StringComparison.Ordinal))
                fixture.AssertClose(key, ClipImageProcessor.ProcessForDiffPluginTraining(image, height), Float32Tolerance, 0);
            else if (key == "vae_preprocess")
                fixture.AssertClose(key, VaeImageProcessor.Preprocess(image, width, height), Tolerance(fixture, "vae_preprocess_atol"), 0);
        }

        fixture.AssertClose("postprocess.out", VaeImageProcessor.Postprocess(fixture.Read("postprocess.in")), 0, 0);
    }

    private static double Tolerance(Fixture fixture, string name) => fixture.Meta.GetProperty("tolerance").GetProperty(name).GetDouble();

    private static int Number(Match match, string group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^pil\.(?<filter>\w+)\.(?<width>\d+)x(?<height>\d+)$")]
    private static partial Regex SizedFilter();
}
