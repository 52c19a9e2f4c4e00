using Darkroom.Models.Pipelines;
using static TorchSharp.torch;

namespace Darkroom.Models.Noise;

/// <summary>Where a pipeline's noise comes from: the run's seed when it serves, recorded tensors when it is compared with a reference.</summary>
public interface INoiseSource
{
    /// <summary>Gives a row's noise.</summary>
    /// <param name="context">The row: its seed, step and tile.</param>
    /// <param name="stage">What the noise is for.</param>
    /// <param name="shape">Shape of the result; the first dimension is 1.</param>
    /// <param name="device">Where the result goes.</param>
    /// <returns>Standard normal numbers as float32; the caller disposes them.</returns>
    Tensor Normal(StepContext context, NoiseStage stage, ReadOnlySpan<long> shape, Device device);
}

/// <summary>Noise from the run's seed alone (<see cref="RunNoise"/>).</summary>
public sealed class SeededNoise : INoiseSource
{
    /// <summary>Gets the one instance; it has no state.</summary>
    public static SeededNoise Instance { get; } = new();

    /// <inheritdoc/>
    public Tensor Normal(StepContext context, NoiseStage stage, ReadOnlySpan<long> shape, Device device) =>
        RunNoise.Normal(context, stage, shape, ScalarType.Float32, device);
}
