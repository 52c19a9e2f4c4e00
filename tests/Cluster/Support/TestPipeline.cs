using Darkroom.Models.Describers;
using Darkroom.Models.Pipelines;
using static TorchSharp.torch;

namespace Darkroom.Tests.Cluster.Support;

/// <summary>A small real pipeline: each step brightens the tile by an amount that depends on seed and step, so a step taken twice, skipped or mixed up shows.</summary>
internal sealed class TestPipeline(StepLog log, string silo) : IRestorationPipeline, IPictureEncoder
{
    public const int DefaultSteps = 10;
    public const string ModelName = "test";

    public PipelineProfile Profile { get; } = new("test", ModelName, new string('a', 64), TileSize: 32, TileOverlap: 8, SizeMultiple: 4, OverviewSize: 16);

    public int CountSteps(RunSettings settings) => settings.GuidanceScale is null
        ? settings.Steps ?? DefaultSteps
        : throw new ArgumentException($"The pipeline 'test' has no guidance; a guidance scale of {settings.GuidanceScale} was asked for.");

    public Conditioning Prepare(Tensor overview, Instruction instruction, RunSettings settings)
    {
        log.Prepared(silo, instruction);
        using var scope = NewDisposeScope();
        // As many thousandths as the text has letters: what steers the run shows in its pixels.
        return new Conditioning([new("gain", full([1, 1, 1, 1], instruction.Text.Length / 1000f))]);
    }

    public Tensor Encode(Tensor tile, StepContext context)
    {
        using var encoded = EncodePicture(tile);
        return Begin(encoded, context);
    }

    public Tensor EncodePicture(Tensor tile)
    {
        log.Encoded();
        return tile.clone();
    }

    public Tensor Begin(Tensor encoded, StepContext context) => encoded.clone();

    public Tensor Step(Tensor latents, IReadOnlyList<StepContext> contexts)
    {
        log.Stepping(silo, contexts);
        using var scope = NewDisposeScope();
        var added = cat(contexts.Select(context => (context.Conditioning["gain"] + Amount(context)) / context.StepCount).ToArray(), 0);   // [B, 1, 1, 1]
        if (log.GivesNan is { } givesNan)
            added += cat(contexts.Select(context => full([1, 1, 1, 1], givesNan(context) ? float.NaN : 0)).ToArray(), 0);
        return (latents + added).MoveToOuterDisposeScope();
    }

    public Tensor Finish(Tensor latents) => latents.clamp(0, 1);

    public void Dispose() => log.Unloaded(silo);

    // Small enough that no picture of the tests clips, large enough that one step more or less is more than a level.
    private static float Amount(StepContext context) => ((int)(context.Seed % 8) * 0.03f) + ((context.Step + 1) * 0.04f);
}

/// <summary>A describer that finds everything dark.</summary>
internal sealed class TestDescriber(StepLog log) : IImageDescriber
{
    public int PatchSize => 8;

    public ImageDescription Describe(Tensor overview, Tensor patches)
    {
        log.Described();
        if (patches.shape.Length != 4)
            throw new ArgumentException($"The patches have {patches.shape.Length} dimensions.");
        return new ImageDescription(12, 0.1, 0.9, "The image is dark.", "No, there are no rain streaks.", "Yes, there is noise.");
    }
}
