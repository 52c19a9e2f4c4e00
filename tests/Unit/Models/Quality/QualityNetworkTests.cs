using System.Text.Json;
using Darkroom.Models.Checkpoints;
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
    [InlineData("musiq_score", 1)]
    [InlineData("musiq_distribution", 10)]
    public void Musiq_RuleWeights_EqualsReference(string name, int classes)
    {
        using var guard = inference_mode(true);
        using var scope = NewDisposeScope();
        using var network = RuleNumbers.Fill(new Musiq(new MusiqConfig(48, 64, 6, 2, 3, 10, classes)));

        AssertClose(Expected(name), network.call(RuleNumbers.Picture(103, 70, 90)).ToDouble(), scale: Math.Max(1, Math.Abs(Expected(name))));
    }

    [Theory]
    [InlineData(1, "head.weight", "head.bias")]
    [InlineData(10, "head.0.weight", "head.0.bias")]
    public void Musiq_Names_AreThePublishedOnes(int classes, params string[] head)
    {
        using var network = new Musiq(new MusiqConfig(64, 32, 1, 1, 3, 10, classes));
        string[] stem = ["conv_root", .. Enumerable.Range(1, 3).Select(i => $"block1.conv{i}"), "block1.conv_proj"];
        string[] norms = ["gn_root", .. Enumerable.Range(1, 3).Select(i => $"block1.gn{i}"), "block1.gn_proj", "embedding", "transformer_encoder.encoder_norm"];
        string[] block = ["norm1", "norm2", "attention.query", "attention.key", "attention.value", "attention.out", "mlp.fc1", "mlp.fc2"];
        string[] pairs = [.. norms, .. block.Select(name => $"transformer_encoder.transformer.encoderblock_0.{name}")];
        string[] expected =
        [
            .. stem.Select(name => name + ".weight"), .. pairs.SelectMany(name => (string[])[name + ".weight", name + ".bias"]), .. head,
            "transformer_encoder.cls", "transformer_encoder.posembed_input.position_emb", "transformer_encoder.scaleembed_input.scale_emb",
        ];

        Assert.Equal(expected.Order(StringComparer.Ordinal), network.state_dict().Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void FidInception_Names_AreThePublishedOnes()
    {
        using var network = new FidInception();
        var names = network.state_dict().Keys.ToList();
        Assert.Equal(94 * 5, names.Count);                                      // convolution, and four numbers of its norm
        Assert.Contains("Conv2d_1a_3x3.bn.running_var", names);
        Assert.Contains("Mixed_7c.branch3x3dbl_3b.conv.weight", names);
    }

    [Fact]
    public void Musiq_HeadsThatDoNotShareTheWidth_AreRefused()
    {
        var error = Assert.Throws<InvalidCheckpointException>(() => new Musiq(new MusiqConfig(50, 64, 6, 2, 3, 10, 1)));
        Assert.Contains("6 heads", error.Message, StringComparison.Ordinal);
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
