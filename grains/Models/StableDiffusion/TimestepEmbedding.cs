using Darkroom.Models.Layers;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Darkroom.Models.StableDiffusion;

/// <summary>Makes a vector of a timestep: sines and cosines of many frequencies, then two linear maps.</summary>
/// <remarks>Ho et al. 2020, arXiv:2006.11239, appendix B; names as in diffusers' <c>TimestepEmbedding</c>.</remarks>
public sealed class TimestepEmbedding : nn.Module<Tensor, Tensor>
{
    private const double MaxPeriod = 10000;

    private readonly UNetEncoderConfig config;

    [ComponentName(Name = "linear_1")]
    private readonly Linear enter;
    [ComponentName(Name = "linear_2")]
    private readonly Linear leave;

    /// <summary>Makes the embedding.</summary>
    public TimestepEmbedding(UNetEncoderConfig config)
        : base(nameof(TimestepEmbedding))
    {
        this.config = config;
        enter = new Linear(config.BlockChannels[0], config.TimeWidth);
        leave = new Linear(config.TimeWidth, config.TimeWidth);
        RegisterComponents();
    }

    /// <param name="timestep">Training index t, [B], integer or (for schedulers that step between the indices) float.</param>
    /// <returns>[B, TimeWidth]; the caller disposes it.</returns>
    public override Tensor forward(Tensor timestep)
    {
        using var scope = NewDisposeScope();
        var half = config.BlockChannels[0] / 2;
        var exponents = arange(half, dtype: ScalarType.Float32, device: timestep.device) * (-Math.Log(MaxPeriod) / (half - config.FrequencyShift));
        var angles = timestep.to(ScalarType.Float32).unsqueeze(1) * exponents.exp().unsqueeze(0);   // [B, C/2]; float32, t goes to 1000
        var features = config.CosineFirst ? cat([angles.cos(), angles.sin()], 1) : cat([angles.sin(), angles.cos()], 1);
        return leave.call(nn.functional.silu(enter.call(features.to(enter.Weight.dtype)))).MoveToOuterDisposeScope();
    }

    /// <summary>The embedding of each sample's timestep, behind the activation that every residual block begins with.</summary>
    /// <param name="timestep">[], [1] or [B].</param>
    /// <param name="batch">B.</param>
    /// <returns>[B, TimeWidth]; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">The timestep has another shape.</exception>
    internal Tensor Activated(Tensor timestep, long batch)
    {
        if (timestep.shape is not ([] or [1]) && !(timestep.shape is [var count] && count == batch))
            throw new ArgumentException($"timestep is [{string.Join(", ", timestep.shape)}]; allowed is [], [1] or [{batch}].", nameof(timestep));
        using var scope = NewDisposeScope();
        return nn.functional.silu(call(timestep.reshape(-1).expand(batch))).MoveToOuterDisposeScope();
    }
}
