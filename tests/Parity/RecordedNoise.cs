using Darkroom.Models.Noise;
using Darkroom.Models.Pipelines;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Parity;

/// <summary>Gives a pipeline the noise that the reference drew.</summary>
/// <param name="fixture">The fixture.</param>
/// <param name="case">Its case.</param>
internal sealed class RecordedNoise(Fixture fixture, string @case) : INoiseSource
{
    public Tensor Normal(StepContext context, NoiseStage stage, ReadOnlySpan<long> shape, Device device)
    {
        var noise = stage switch
        {
            NoiseStage.InitialLatent => fixture.Read($"{@case}.in.latents"),
            NoiseStage.Unconditional => fixture.Read($"{@case}.in.uncond_latent"),
            NoiseStage.Step => fixture.Read($"{@case}.in.step_noise")[context.Step],
            _ => throw new InvalidOperationException($"The reference drew no noise for {stage}."),
        };
        Assert.Equal(shape.ToArray(), noise.shape);
        return noise;
    }
}
