using Darkroom.Models.Pipelines;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Grains.Devices;

/// <summary>A pipeline that adds one at each step, as <see cref="OnStep"/> lets it.</summary>
internal sealed class StubPipeline : IRestorationPipeline
{
    public Action<IReadOnlyList<StepContext>>? OnStep { get; set; }

    public PipelineProfile Profile { get; } = new("stub", "stub", "00", TileSize: 64, TileOverlap: 8, SizeMultiple: 1, OverviewSize: 16);

    public int CountSteps(RunSettings settings) => 1;

    public Conditioning Prepare(Tensor overview, Instruction instruction, RunSettings settings) => new([]);

    public Tensor Encode(Tensor tile, StepContext context) => tile.clone();

    public Tensor Step(Tensor latents, IReadOnlyList<StepContext> contexts)
    {
        OnStep?.Invoke(contexts);
        return latents + 1;
    }

    public Tensor Finish(Tensor latents) => latents.clone();

    public void Dispose()
    {
    }
}
