using System.Text.Json;
using Darkroom.Models.Quality;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Models.Quality;

/// <summary>The networks of metrics at full size and the distances of sets, against PyTorch and numpy (reference.py).</summary>
public sealed class QualityNetworkTests
{
    private const double Tolerance = 1e-4;                                      // of the largest magnitude, as for all networks

    private static readonly JsonElement Reference = JsonDocument.Parse(
        File.ReadAllBytes(Path.Combine(RepositoryRoot.Path, "tests", "Unit", "Models", "Quality", "reference.json"))).RootElement;

    [Theory]
    [InlineData("lpips_alex")]
    [InlineData("lpips_vgg")]
    public void Lpips_RuleWeights_EqualsReference(string name)
    {
        using var guard = inference_mode(true);
        using var scope = NewDisposeScope();
        var isAlex = name == "lpips_alex";
        using var lpips = new Lpips(
            RuleNumbers.Fill(isAlex ? TorchvisionFeatures.AlexNet() : TorchvisionFeatures.Vgg16()),
            RuleNumbers.Fill(new LpipsHeads(isAlex ? TorchvisionFeatures.AlexNetChannels : TorchvisionFeatures.Vgg16Channels)));
        var (first, second) = ((RuleNumbers.Picture(100, 72, 88) * 2) - 1, (RuleNumbers.Picture(101, 72, 88) * 2) - 1);

        AssertClose(Expected(name), lpips.Compare(first, second).ToDouble(), scale: Math.Abs(Expected(name)));
        Assert.Equal(0, lpips.Compare(first, first).ToDouble());
    }

    [Fact]
    public void FidInception_RuleWeights_EqualsReference()
    {
        using var guard = inference_mode(true);
        using var scope = NewDisposeScope();
        using var network = RuleNumbers.Fill(new FidInception());

        var features = network.call(RuleNumbers.Picture(102, 60, 90)).to(ScalarType.Float64);

        Assert.Equal([1, FidInception.FeatureCount], features.shape);
        var norm = Expected("inception_norm");
        AssertClose(norm, features.square().sum().sqrt().ToDouble(), norm);
        var first = Reference.GetProperty("inception_first").EnumerateArray().Select(value => value.GetDouble()).ToArray();
        for (var i = 0; i < first.Length; i++)
            AssertClose(first[i], features[0, i].ToDouble(), first.Max());
    }

    [Theory]
    [InlineData("many", 1, 40, 2, 50)]
    [InlineData("few", 3, 6, 4, 7)]
    public void Distances_OfSets_EqualReference(string name, int keyA, int rowsA, int keyB, int rowsB)
    {
        using var scope = NewDisposeScope();
        var a = RuleNumbers.Features(keyA, rowsA, 16);
        var b = 0.3 + (0.8 * RuleNumbers.Features(keyB, rowsB, 16));

        AssertClose(Expected($"fid_{name}"), FeatureDistance.Frechet(a, b), scale: 1);
        AssertClose(Expected($"kid_{name}"), FeatureDistance.Kernel(a, b), scale: 1);
        Assert.Equal(0, FeatureDistance.Frechet(a, a), 1e-10);
    }

    [Fact]
    public void Distances_OnePicture_AreRefused()
    {
        using var scope = NewDisposeScope();
        var error = Assert.Throws<ArgumentException>(() => FeatureDistance.Frechet(RuleNumbers.Features(1, 1, 4), RuleNumbers.Features(2, 3, 4)));
        Assert.Contains("at least 2", error.Message, StringComparison.Ordinal);
    }

    private static double Expected(string name) => Reference.GetProperty(name).GetDouble();

    private static void AssertClose(double expected, double actual, double scale) => Assert.Equal(expected, actual, Tolerance * scale);
}
