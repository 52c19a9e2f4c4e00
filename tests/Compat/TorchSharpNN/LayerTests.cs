using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using static Darkroom.Tests.Compat.TorchSharpNN.Numbers;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Darkroom.Tests.Compat.TorchSharpNN;

/// <summary>Layers on Numbers.Ramp, against the values of PyTorch 1.13.</summary>
public sealed class LayerTests
{
    [Fact]
    public void Conv2d_ReflectPadding_EqualsPyTorch()
    {
        using var layer = Conv2d(2, 2, 3, padding: 1, padding_mode: PaddingModes.Reflect);
        Fill(layer, [2, 2, 3, 3]);
        Same(
            layer.call(Ramp([1, 2, 4, 4])),
            0.115798, -0.24511, -0.829355, -1.08178, 0.277672, 0.360626, 0.957223, 1.44927, 0.397913, 0.196528, -0.50229, -1.04573, 1.34971, 1.18483, 0.868303, 0.87515,
            0.188074, -0.098535, -0.238519, -0.248173, -1.14018, -0.641153, 0.440237, 0.992406, 1.25171, 0.724034, -0.31922, -0.813777, -0.0806734, -0.0482962, 0.00661787, 0.240384);
    }

    [Fact]
    public void Conv2d_StrideTwo_EqualsPyTorch()
    {
        using var layer = Conv2d(2, 2, (3, 3), stride: (2, 2), padding: (1, 1));
        Fill(layer, [2, 2, 3, 3]);
        Same(layer.call(Ramp([1, 2, 4, 4])), 0.237213, -0.481553, 0.251259, -0.50229, -1.31482, -2.09009, 0.763119, -0.31922);
    }

    [Fact]
    public void Conv2d_SamePaddingInGroups_EqualsPyTorch()
    {
        using var layer = Conv2d(2, 4, 2, Padding.Same, groups: 2, bias: false);
        layer.weight = RampParameter([4, 1, 2, 2], 0.3);
        using var result = layer.call(Ramp([1, 2, 4, 4]));
        Assert.Equal([1, 4, 4, 4], result.shape);
        Same(
            Values(result)[..16],
            [0.10475, -0.589576, -1.00661, -0.554735, -0.446933, 0.266561, 0.854687, 0.557962, 0.73747, 0.0872563, -0.603995, -0.496714, 0.0943, -0.108302, -0.259968, 0.0]);
    }

    [Fact]
    public void Conv2d_WrongChannels_SaysWhatItExpects()
    {
        using var layer = Conv2d(3, 4, 3);
        var error = Assert.Throws<ArgumentException>(() => layer.call(zeros(1, 2, 8, 8)));
        Assert.Contains("3 channels", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Conv1d_EqualsPyTorch()
    {
        using var layer = Conv1d(2, 1, 3);
        layer.weight = RampParameter([1, 2, 3], 0.3);
        layer.bias = new Parameter(full(1, 0.5f));
        Same(layer.call(Ramp([1, 2, 5])), -0.820306, -0.949473, -0.396931);
    }

    [Fact]
    public void ConvTranspose2d_StrideTwo_EqualsPyTorch()
    {
        using var layer = ConvTranspose2d(2, 1, 2, stride: 2);
        layer.weight = RampParameter([2, 1, 2, 2], 0.3);
        layer.bias = new Parameter(full(1, 0.5f));
        Same(
            layer.call(Ramp([1, 2, 2, 2])),
            0.812222, 0.834149, 0.173056, 0.340475, 0.826227, 0.789165, 0.522143, 0.701834, -0.312343, -0.0781721, -0.415684, -0.224896, 0.207645, 0.519577, 0.0306455, 0.328113);
        Assert.Equal([1, 1, 5, 5], layer.forward(Ramp([1, 2, 2, 2]), [5, 5]).shape);
        Assert.Throws<ArgumentException>(() => layer.forward(Ramp([1, 2, 2, 2]), [7, 7]));
    }

    [Fact]
    public void Linear_EqualsTheProductByHand()
    {
        using var layer = Linear(2, 2);
        layer.weight = new Parameter(tensor([1f, 2f, 3f, 4f]).reshape(2, 2));
        layer.bias = new Parameter(tensor([0.5f, -0.5f]));
        Same(layer.call(tensor([1f, 10f]).reshape(1, 2)), 21.5, 42.5);
    }

    [Fact]
    public void LayerNormAndGroupNorm_EqualPyTorch()
    {
        using var layer = LayerNorm(4);
        layer.weight = RampParameter([4], 0.5, 1);
        layer.bias = RampParameter([4], 0.5, 2);
        Same(layer.call(Ramp([2, 4])), -0.470651, 0.653589, 1.00783, 0.0271545, 2.20513, 0.821816, -0.564077, -0.942267);
        using var group = GroupNorm(2, 4);
        group.weight = RampParameter([4], 0.5, 1);
        group.bias = RampParameter([4], 0.5, 2);
        Same(group.call(Ramp([1, 4, 1, 2])), -0.470651, 0.955793, 1.54925, 1.22839, 1.5414, 0.344716, -0.814923, -0.942267);
    }

    [Fact]
    public void BatchNorm2d_TrainingThenEvaluation_EqualsPyTorch()
    {
        using var layer = BatchNorm2d(2);
        Same(layer.call(Ramp([2, 2, 1, 2])), -0.42307, 1.31174, 1.06391, 0.932117, 0.47902, -1.36769, -0.938243, -1.05778);
        Same(layer.running_mean!, 0.0157106, -0.000134233);
        Same(layer.running_var!, 0.918385, 1.0147);
        Same(layer.num_batches_tracked!, 1);
        layer.eval();
        Same(layer.call(Ramp([2, 2, 1, 2])), -0.0163937, 0.655836, 0.978413, 0.857062, 0.333161, -0.38243, -0.865101, -0.975171);
        Assert.Throws<ArgumentException>(() => layer.call(zeros(2, 2)));
    }

    [Fact]
    public void InstanceNorm2d_EqualsPyTorch_AlsoWithoutABatch()
    {
        using var layer = InstanceNorm2d(2, affine: true);
        double[] expected = [-1.63992, 0.0552549, 0.953165, 0.631504, 1.53996, 0.223905, -0.775541, -0.988323];
        Same(layer.call(Ramp([1, 2, 2, 2])), expected);
        using var single = layer.call(Ramp([2, 2, 2]));
        Assert.Equal([2, 2, 2], single.shape);
        Same(single, expected);
    }

    [Fact]
    public void Embedding_LooksUpRows_AndLimitsTheirNorm()
    {
        using var layer = Embedding(3, 2, padding_idx: 1);
        Same(layer.call(tensor([1L])), 0, 0);
        using var limited = Embedding_from_pretrained(Ramp([3, 2]) * 3, max_norm: 1);
        Same(limited.call(tensor([2L, 0L])), 0.690637, -0.723201, 0, 1);
        Assert.False(limited.weight!.requires_grad);
    }

    [Fact]
    public void MultiheadAttention_EqualsPyTorch()
    {
        using var layer = MultiheadAttention(4, 2);
        Assert.Equal(["in_proj_weight", "in_proj_bias", "out_proj.weight", "out_proj.bias"], layer.named_parameters().Select(entry => entry.name));
        layer.load_state_dict(new()
        {
            ["in_proj_weight"] = Ramp([12, 4], 0.35),
            ["in_proj_bias"] = Ramp([12], 0.2),
            ["out_proj.weight"] = Ramp([4, 4], 0.45),
            ["out_proj.bias"] = Ramp([4], 0.1),
        });
        var (output, weights) = layer.call(Ramp([2, 1, 4]), Ramp([3, 1, 4], 0.4), Ramp([3, 1, 4], 0.9));
        Same(output, 1.98713, 2.52299, -2.88955, -0.724331, 3.72259, 1.60578, -4.20823, 0.792091);
        Same(weights, 0.586427, 0.409477, 0.00409602, 0.012819, 0.0283543, 0.958827);
        var padding = tensor([false, false, true]).reshape(1, 3);
        var bias = tensor([0f, -1f, 0f, 0f, 0f, -2f]).reshape(2, 3);
        (output, weights) = layer.call(Ramp([2, 1, 4]), Ramp([3, 1, 4], 0.4), Ramp([3, 1, 4], 0.9), padding, true, bias);
        Same(output, 2.62512, 2.59373, -3.55969, -0.49056, 1.00715, 2.32328, -1.81882, -1.01117);
        Same(weights, 0.795583, 0.204417, 0, 0.294195, 0.705805, 0);
    }

    [Fact]
    public void Dropout_InTraining_ScalesWhatItKeeps_AndRestsInEvaluation()
    {
        using var layer = Dropout(0.25);
        var values = Values(layer.call(ones(10000)));
        Assert.All(values, value => Assert.True(value == 0 || Math.Abs(value - (4.0 / 3)) < 1e-6));
        Assert.InRange(values.Count(value => value == 0), 2300, 2700);
        layer.eval();
        Same(layer.call(ones(3)), 1, 1, 1);
        using var channels = Dropout2d(0.5);
        Assert.All(Values(channels.call(ones(4, 8, 3, 3))).Chunk(9), channel => Assert.Single(channel.Distinct()));
    }

    [Fact]
    public void ShapeLayers_EqualTheFunctions()
    {
        Assert.Equal([2, 12], Flatten().call(zeros(2, 3, 4)).shape);
        Same(PixelUnshuffle(2).call(PixelShuffle(2).call(Ramp([1, 4, 2, 2]))), Values(Ramp([1, 4, 2, 2])));
        Assert.Equal([1, 1, 4, 4], Upsample(scale_factor: [2.0, 2.0], mode: UpsampleMode.Bilinear, align_corners: false).call(zeros(1, 1, 2, 2)).shape);
        Assert.Equal([1, 1, 6, 6], ReflectionPad2d(1).call(zeros(1, 1, 4, 4)).shape);
        Same(AdaptiveAvgPool2d((2, 1)).call(Ramp([1, 1, 4, 4])), 0.0778817, 0.119778);
        Same(MaxPool2d(3, 2, 1).call(Ramp([1, 1, 4, 4])), 0.644218, 0.98545, 0.854599, 0.988168);
        Same(AvgPool2d(2).call(Ramp([1, 1, 4, 4])), 0.157106, -0.00134234, 0.139811, 0.099745);
        var (_, indices) = MaxPool2d(2).forward_with_indices(Ramp([1, 1, 2, 2]));
        Same(indices, 2);
        Same(Fold(3, 2).call(Ramp([1, 4, 4])), Values(functional.fold(Ramp([1, 4, 4]), 3, 2)));
        Same(Unfold(2).call(Ramp([1, 1, 3, 3])), Values(functional.unfold(Ramp([1, 1, 3, 3]), 2)));
    }

    [Fact]
    public void Initialisation_OfLinearAndConv_IsUniformInOneOverTheRootOfFanIn()
    {
        manual_seed(1);
        using var linear = Linear(100, 50);
        AssertUniform(Values(linear.weight), 0.1);
        AssertUniform(Values(linear.bias!), 0.1);
        using var convolution = Conv2d(4, 64, 5);
        AssertUniform(Values(convolution.weight), 0.1);
        Assert.True(linear.weight.requires_grad);
    }

    private static void AssertUniform(double[] values, double bound)
    {
        Assert.All(values, value => Assert.InRange(value, -bound, bound));
        Assert.True(values.Max() > 0.9 * bound && values.Min() < -0.9 * bound);
    }

    private static void Fill(Convolution layer, long[] shape)
    {
        layer.weight = RampParameter(shape, 0.3);
        layer.bias = new Parameter(tensor([0.1f, -0.2f]));
    }
}
