using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using static Darkroom.Tests.Compat.TorchSharpNN.Numbers;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace Darkroom.Tests.Compat.TorchSharpNN;

/// <summary>Functions on Numbers.Ramp, against the values of PyTorch 1.13.</summary>
public sealed class FunctionalTests
{
    [Fact]
    public void Activations_EqualPyTorch()
    {
        var x = Ramp([8], 0.9) * 3;
        Same(F.relu(x), 0, 2.34998, 2.92154, 1.28214, 0, 0, 0, 0.0504417);
        Same(F.gelu(x), 0, 2.32792, 2.91645, 1.15406, -0.12235, -0.00492907, -0.0236852, 0.0262355);
        Same(F.gelu(x, TorchSharp.Modules.GELU.Approximate.tanh), 0, 2.32829, 2.91689, 1.15383, -0.122583, -0.00449409, -0.023335, 0.0262355);
        Same(F.silu(x), 0, 2.14537, 2.77226, 1.00368, -0.278208, -0.148289, -0.207764, 0.0258568);
        Same(F.softplus(x), 0.693147, 2.44107, 2.97399, 1.527, 0.235169, 0.0518891, 0.0938923, 0.718686);
        Same(F.leaky_relu(x), 0, 2.34998, 2.92154, 1.28214, -0.0132756, -0.0293259, -0.0231829, 0.0504417);
        Same(F.elu(x, 1), 0, 2.34998, 2.92154, 1.28214, -0.734877, -0.946741, -0.901559, 0.0504417);
        Same(F.mish(x), 0, 2.31462, 2.90633, 1.16663, -0.306571, -0.152033, -0.217032, 0.0310769);
        Same(F.hardswish(x), 0, 2.09539, 2.88334, 0.91505, -0.370044, -0.0329474, -0.263399, 0.0256449);
        Same(F.relu6(x * 3), 0, 6, 6, 3.84642, 0, 0, 0, 0.151325);
        Same(F.softmax(x, 0), 0.0284672, 0.298489, 0.528633, 0.102605, 0.0075473, 0.00151613, 0.00280235, 0.0299399);
        Same(F.log_softmax(x, 0), -3.559, -1.20902, -0.637461, -2.27686, -4.88657, -6.49159, -5.8773, -3.50856);
        Assert.Equal(ScalarType.Float64, F.softmax(x, 0, ScalarType.Float64).dtype);
    }

    [Fact]
    public void ActivationLayers_EqualTheFunctions()
    {
        var x = Ramp([8], 0.9) * 3;
        Same(ReLU().call(x), Values(F.relu(x)));
        Same(GELU().call(x), Values(F.gelu(x)));
        Same(SiLU().call(x), Values(F.silu(x)));
        Same(Sigmoid().call(x), Values(F.sigmoid(x)));
        Same(Tanh().call(x), Values(F.tanh(x)));
        Same(LeakyReLU(0.2).call(x), Values(F.leaky_relu(x, 0.2)));
        Same(Softplus(2, 3).call(x), Values(F.softplus(x, 2, 3)));
        Same(Softmax(0).call(x), Values(F.softmax(x, 0)));
    }

    [Fact]
    public void Activation_InPlace_ChangesItsInput()
    {
        var x = Ramp([8], 0.9);
        using var y = ReLU(inplace: true).call(x);
        Same(x, Values(y));
        Assert.All(Values(x), value => Assert.True(value >= 0));
    }

    [Fact]
    public void Interpolate_EachMode_EqualsPyTorch()
    {
        var x = Ramp([1, 1, 2, 3]);
        long[] size = [3, 4];
        Same(Values(F.interpolate(x, scale_factor: [2.0, 2.0]))[..6], [0, 0, 0.644218, 0.644218, 0.98545, 0.98545]);
        Same(F.interpolate(x, size, mode: InterpolationMode.Bilinear, align_corners: false), 0, 0.402636, 0.77218, 0.98545, 0.431605, 0.467854, 0.425002, 0.317333, 0.863209, 0.533071, 0.0778239, -0.350783);
        Same(F.interpolate(x, size, mode: InterpolationMode.Bilinear, align_corners: true), 0, 0.429478, 0.757962, 0.98545, 0.431605, 0.47027, 0.43218, 0.317333, 0.863209, 0.511062, 0.106398, -0.350783);
        Same(F.interpolate(x, size, mode: InterpolationMode.Bicubic), -0.128477, 0.354958, 0.908106, 1.13233, 0.427442, 0.487629, 0.433897, 0.304968, 0.98336, 0.620301, -0.0403119, -0.522397);
        var y = Ramp([1, 1, 4, 4]);
        Same(F.interpolate(y, [2, 2], mode: InterpolationMode.Area), 0.157106, -0.00134234, 0.139811, 0.099745);
        Same(F.interpolate(y, [2, 2], mode: InterpolationMode.Bilinear, antialias: true), 0.0981848, 0.118046, 0.10175, -0.0268227);
        Same(F.interpolate(y, [2, 2], mode: InterpolationMode.Bicubic, antialias: true), 0.0921563, 0.123784, 0.108581, -0.0442505);
    }

    [Fact]
    public void Interpolate_ImpossibleArguments_Throw()
    {
        Assert.SkipUnless(StandIn.Has(typeof(Tensor)), "TorchSharp leaves these to libtorch, which names them in its own words.");
        var x = Ramp([1, 1, 2, 3]);
        Assert.Throws<ArgumentException>(() => F.interpolate(x));
        Assert.Throws<ArgumentException>(() => F.interpolate(x, [2, 2], [2.0]));
        Assert.Throws<ArgumentException>(() => F.interpolate(x, [2, 2], align_corners: true));
        Assert.Throws<ArgumentException>(() => F.interpolate(x, [2, 2], antialias: true));
        Assert.Throws<ArgumentException>(() => F.interpolate(x, [2, 2], mode: InterpolationMode.Trilinear));
        Assert.Throws<ArgumentException>(() => F.interpolate(x, [2, 2, 2]));
    }

    [Fact]
    public void Pad_EachMode_EqualsPyTorch()
    {
        var x = Ramp([1, 1, 2, 3]);
        Same(F.pad(x, (1, 1, 1, 0), PaddingModes.Reflect), 0.334988, 0.863209, 0.334988, -0.350783, 0.334988, 0.644218, 0, 0.644218, 0.98545, 0.644218, 0.334988, 0.863209, 0.334988, -0.350783, 0.334988);
        Same(F.pad(x, [1, 1, 1, 0], PaddingModes.Replicate), 0, 0, 0.644218, 0.98545, 0.98545, 0, 0, 0.644218, 0.98545, 0.98545, 0.863209, 0.863209, 0.334988, -0.350783, -0.350783);
        Same(F.pad(Ramp([1, 3]), (1, 1), value: 7), 7, 0, 0.644218, 0.98545, 7);
    }

    [Fact]
    public void UnfoldAndFold_EqualPyTorch()
    {
        Same(F.unfold(Ramp([1, 1, 3, 3]), 2), 0, 0.644218, 0.863209, 0.334988, 0.644218, 0.98545, 0.334988, -0.350783, 0.863209, 0.334988, -0.871576, -0.982453, 0.334988, -0.350783, -0.982453, -0.631267);
        Same(F.fold(Ramp([1, 4, 4]), 3, 2), 0, 0.979206, -0.350783, 0.354183, 0.863046, -0.663354, 0.656987, 0.621689, -0.879696);
    }

    [Fact]
    public void GridSample_OnAnAffineGrid_EqualsPyTorch()
    {
        var theta = tensor([1f, 0.2f, 0.1f, -0.1f, 0.9f, 0f]).reshape(1, 2, 3);
        var grid = F.affine_grid(theta, [1, 1, 2, 2]);
        Same(grid, -0.5, -0.4, 0.5, -0.5, -0.3, 0.5, 0.7, 0.4);
        var x = Ramp([1, 1, 3, 3]);
        Same(F.grid_sample(x, grid, align_corners: false), 0.389094, 0.630271, -0.556247, -0.49312);
        Same(F.grid_sample(x, grid * 1.7, GridSampleMode.Nearest, GridSamplePaddingMode.Border, false), 0, 0.98545, -0.871576, -0.631267);
        Same(F.grid_sample(x, grid * 1.7, GridSampleMode.Bilinear, GridSamplePaddingMode.Reflection, true), 0.316583, 0.756938, -0.696362, -0.54519);
    }

    [Fact]
    public void ScaledDotProductAttention_EqualsPyTorch()
    {
        var (q, k, v) = (Ramp([1, 2, 3], 0.5), Ramp([1, 4, 3], 0.6), Ramp([1, 4, 3], 0.8));
        Same(F.scaled_dot_product_attention(q, k, v), 0.265274, 0.427071, 0.329813, 0.35173, 0.288209, 0.0498654);
        var lastKeyOnly = tensor([false, false, false, true]).reshape(1, 4).expand(2, 4);
        Same(Values(F.scaled_dot_product_attention(q, k, v, lastKeyOnly))[..3], Values(v)[9..]);
        Same(Values(F.scaled_dot_product_attention(k, k, v, is_casual: true))[..3], Values(v)[..3]);
    }

    [Fact]
    public void NormalizeAndCosineSimilarity_EqualPyTorch()
    {
        Same(F.normalize(Ramp([2, 3])), 0, 0.547181, 0.837014, 0.871797, 0.338321, -0.354273);
        Same(F.cosine_similarity(Ramp([2, 3]), Ramp([2, 3], 0.4)), 0.996668, 0.50476);
        Same(F.normalize(zeros(1, 2)), 0, 0);
        Same(F.one_hot(tensor([1L, 0L]), 3), 0, 1, 0, 1, 0, 0);
    }

    [Fact]
    public void RegressionLosses_EqualPyTorch()
    {
        var (x, y) = (Ramp([6]), Ramp([6], 0.4));
        Same(L1Loss().call(x, y), 0.419398);
        Same(MSELoss().call(x, y), 0.361835);
        Same(SmoothL1Loss().call(x, y), 0.175281);
        Same(SmoothL1Loss(Reduction.Sum, 0.5).call(x, y), 1.5662);
        Same(HuberLoss(0.3).call(x, y), 0.0930278);
        Assert.Equal([6], L1Loss(Reduction.None).call(x, y).shape);
    }

    [Fact]
    public void ClassificationLosses_EqualPyTorch()
    {
        var target = tensor([2L, 0L]);
        Same(CrossEntropyLoss().call(Ramp([2, 3]), target), 0.684589);
        Same(F.cross_entropy(Ramp([2, 3]), target, label_smoothing: 0.1), 0.735737);
        Same(F.nll_loss(F.log_softmax(Ramp([2, 3]), 1), target), 0.684589);
        var labels = tensor([0f, 1f, 1f, 0f]);
        Same(BCEWithLogitsLoss().call(Ramp([4]), labels), 0.661881);
        Same(BCEWithLogitsLoss(pos_weights: tensor(2f)).call(Ramp([4]), labels), 0.84669);
        Same(BCELoss().call(F.sigmoid(Ramp([4])), labels), 0.661881);
    }
}
