using Darkroom.Models.Layers;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Darkroom.Models.StableDiffusion;

/// <summary>The convolution of a downsampling (stride 2) or behind an upsampling (stride 1).</summary>
/// <remarks>Names as in diffusers' <c>Downsample2D</c> and <c>Upsample2D</c>.</remarks>
public sealed class Resampler : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "conv")]
    private readonly Conv2d convolution;

    internal Resampler(long channels, long stride, long padding)
        : base(nameof(Resampler))
    {
        convolution = new Conv2d(channels, channels, 3, stride, padding);
        RegisterComponents();
    }

    /// <param name="input">[B, C, H, W].</param>
    /// <returns>[B, C, H', W']; the caller disposes it.</returns>
    public override Tensor forward(Tensor input) => convolution.call(input);
}
