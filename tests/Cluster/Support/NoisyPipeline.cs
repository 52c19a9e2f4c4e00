using Darkroom.Models.Noise;
using Darkroom.Models.Pipelines;
using static TorchSharp.torch;

namespace Darkroom.Tests.Cluster.Support;

/// <summary>A small diffusion-like pipeline of fifty steps: a convolutional network of fixed weights and fresh noise at each step.</summary>
internal sealed class NoisyPipeline(StepLog log, string silo) : IRestorationPipeline
{
    public const int Steps = 50;
    public const string ModelName = "noisy";
    private const int Width = 16;

    private readonly Tensor inner = Weights(1, Width, 3);
    private readonly Tensor outer = Weights(2, 3, Width);

    public PipelineProfile Profile { get; } = new("noisy", ModelName, new string('b', 64), TileSize: 32, TileOverlap: 8, SizeMultiple: 4, OverviewSize: 16);

    public int CountSteps(RunSettings settings) => settings.Steps ?? Steps;

    public Conditioning Prepare(Tensor overview, Instruction instruction, RunSettings settings) => new([]);

    public Tensor Encode(Tensor tile, StepContext context)
    {
        using var scope = NewDisposeScope();
        return (tile + (0.1 * RunNoise.Normal(context, NoiseStage.InitialLatent, tile.shape))).MoveToOuterDisposeScope();
    }

    public Tensor Step(Tensor latents, IReadOnlyList<StepContext> contexts)
    {
        log.Stepping(silo, contexts);
        using var scope = NewDisposeScope();
        var hidden = nn.functional.silu(nn.functional.conv2d(latents, inner, padding: [1, 1]));           // [B, 16, H, W]
        var predicted = nn.functional.conv2d(hidden, outer, padding: [1, 1]).tanh();                      // [B, 3, H, W]
        long[] row = [1, .. latents.shape[1..]];
        var noise = cat(contexts.Select(context => RunNoise.Normal(context, NoiseStage.Step, row)).ToArray(), 0);
        return ((0.97 * latents) + (0.01 * predicted) + 0.012 + (0.01 * noise)).MoveToOuterDisposeScope();
    }

    public Tensor Finish(Tensor latents) => latents.clamp(0, 1);

    public void Dispose()
    {
        inner.Dispose();
        outer.Dispose();
        log.Unloaded(silo);
    }

    private static Tensor Weights(ulong seed, long outputs, long inputs)
    {
        using var scope = NewDisposeScope();
        var context = new StepContext(null!, 0, 1, seed, 0);
        return RunNoise.Normal(context, NoiseStage.Encoding, [1, outputs, inputs, 3, 3]).squeeze(0).div(Math.Sqrt(9 * inputs)).DetachFromDisposeScope();
    }
}
