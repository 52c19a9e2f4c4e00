using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Darkroom.Models.Llmra;

/// <summary>CAFF: mixes two feature maps with weights that see both, in each pixel and over the whole map.</summary>
/// <remarks>
/// Jin et al. 2024, arXiv:2401.11401, section 3.3, eqs. (5) to (8), after AFF (Dai et al. 2021). The norm is over the
/// channels of a pixel and the convolutions have a bias: the paper says neither.
/// </remarks>
public sealed class ConcatenateAttentionFeatureFusion : nn.Module<Tensor, Tensor, Tensor>
{
    [ComponentName(Name = "local_att")]
    private readonly Branch localBranch;
    [ComponentName(Name = "global_att")]
    private readonly Branch globalBranch;

    /// <summary>Makes the module.</summary>
    /// <param name="channels">C of each input.</param>
    public ConcatenateAttentionFeatureFusion(long channels)
        : base(nameof(ConcatenateAttentionFeatureFusion))
    {
        localBranch = new Branch(channels);
        globalBranch = new Branch(channels);
        RegisterComponents();
    }

    /// <param name="x">X, [B, C, H, W].</param>
    /// <param name="y">Y, [B, C, H, W].</param>
    /// <returns>X', [B, C, H, W]; the caller disposes it.</returns>
    public override Tensor forward(Tensor x, Tensor y)
    {
        using var scope = NewDisposeScope();
        var both = cat([x, y], 1);                                              // [B, 2C, H, W]
        var local = localBranch.call(both);                                     // eq. (5), [B, C, H, W]
        var global = globalBranch.call(both.mean([2, 3], keepdim: true));       // eq. (6), [B, C, 1, 1]
        var weight = (local + global).sigmoid();                                // eq. (8)
        return (y + (x - y) * weight).MoveToOuterDisposeScope();                // eq. (7)
    }

    /// <summary>Point-wise convolution 2C to 2C, norm, ReLU, point-wise convolution 2C to C, norm.</summary>
    private sealed class Branch : nn.Module<Tensor, Tensor>
    {
        [ComponentName(Name = "0")]
        private readonly Conv2d mix;
        [ComponentName(Name = "1")]
        private readonly PixelNorm mixNorm;
        [ComponentName(Name = "3")]
        private readonly Conv2d squeeze;
        [ComponentName(Name = "4")]
        private readonly PixelNorm squeezeNorm;

        public Branch(long channels)
            : base(nameof(Branch))
        {
            mix = nn.Conv2d(2 * channels, 2 * channels, 1);
            mixNorm = new PixelNorm(2 * channels);
            squeeze = nn.Conv2d(2 * channels, channels, 1);
            squeezeNorm = new PixelNorm(channels);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            return squeezeNorm.call(squeeze.call(mixNorm.call(mix.call(input)).relu())).MoveToOuterDisposeScope();
        }
    }
}
