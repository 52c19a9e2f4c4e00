using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Darkroom.Models.Restormer;

/// <summary>Halves the sides and doubles the channels: 3x3 convolution, then pixel-unshuffle.</summary>
/// <remarks>Zamir et al. 2022, arXiv:2111.09881, section 3.</remarks>
public sealed class PixelUnshuffleDownsample : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "body")]
    private readonly Sequential body;

    /// <summary>Makes the layer.</summary>
    /// <param name="channels">C of the input, even; the output has 2C.</param>
    public PixelUnshuffleDownsample(long channels)
        : base(nameof(PixelUnshuffleDownsample))
    {
        body = nn.Sequential(nn.Conv2d(channels, channels / 2, 3, padding: 1, bias: false), nn.PixelUnshuffle(2));
        RegisterComponents();
    }

    /// <param name="input">[B, C, H, W], even sides.</param>
    /// <returns>[B, 2C, H/2, W/2]; the caller disposes it.</returns>
    public override Tensor forward(Tensor input) => body.call(input);
}

/// <summary>Doubles the sides and halves the channels: 3x3 convolution, then pixel-shuffle.</summary>
/// <remarks>Zamir et al. 2022, arXiv:2111.09881, section 3.</remarks>
public sealed class PixelShuffleUpsample : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "body")]
    private readonly Sequential body;

    /// <summary>Makes the layer.</summary>
    /// <param name="channels">C of the input, even; the output has C/2.</param>
    public PixelShuffleUpsample(long channels)
        : base(nameof(PixelShuffleUpsample))
    {
        body = nn.Sequential(nn.Conv2d(channels, channels * 2, 3, padding: 1, bias: false), nn.PixelShuffle(2));
        RegisterComponents();
    }

    /// <param name="input">[B, C, H, W].</param>
    /// <returns>[B, C/2, 2H, 2W]; the caller disposes it.</returns>
    public override Tensor forward(Tensor input) => body.call(input);
}

/// <summary>The first 3x3 convolution, under the reference's name.</summary>
public sealed class PatchEmbedding : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "proj")]
    private readonly Conv2d projection;

    /// <summary>Makes the layer.</summary>
    /// <param name="inputChannels">Channels of the picture.</param>
    /// <param name="channels">C of the features.</param>
    public PatchEmbedding(long inputChannels, long channels)
        : base(nameof(PatchEmbedding))
    {
        projection = nn.Conv2d(inputChannels, channels, 3, padding: 1, bias: false);
        RegisterComponents();
    }

    /// <param name="input">[B, inputChannels, H, W].</param>
    /// <returns>[B, C, H, W]; the caller disposes it.</returns>
    public override Tensor forward(Tensor input) => projection.call(input);
}
