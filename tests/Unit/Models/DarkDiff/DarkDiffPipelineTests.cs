using Darkroom.Models.DarkDiff;
using Darkroom.Models.Pipelines;
using Darkroom.Models.Schedulers;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Models.DarkDiff;

public sealed class DarkDiffPipelineTests : IDisposable
{
    // Sums in another order when rows share a forward pass.
    private const double BatchTolerance = 1e-4;

    private readonly DarkDiffPipeline pipeline = new(
        TinyDarkDiff.Create(1), rand(1, TinyDarkDiff.TextTokens, TinyDarkDiff.TextWidth, generator: new Generator(5)),
        new SchedulerConfig { BetaStart = 0.00085, BetaEnd = 0.012, BetaSchedule = BetaSchedule.ScaledLinear, StepsOffset = 1, SetAlphaToOne = false },
        new PipelineProfile("darkdiff", "tiny", "hash", 32, 8, 1, 16), CPU);

    private readonly Tensor tile = rand(1, 3, 8, 12, generator: new Generator(6));

    public void Dispose()
    {
        tile.Dispose();
        pipeline.Dispose();
    }

    [Fact]
    public void Profile_OfThePipeline_WantsRawAndWholeRegions()
    {
        Assert.Equal(PixelEncoding.LinearRaw, pipeline.Profile.Input);
        Assert.Equal(4, pipeline.Profile.SizeMultiple);                         // 2 pixels a cell, 2 cells a region
    }

    [Fact]
    public void Step_RowsOfDifferentRuns_AreAsAlone()
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        using var first = Prepare(new RunSettings(Steps: 5));
        using var second = Prepare(new RunSettings(Steps: 9, GuidanceScale: 4));
        StepContext[] contexts = [new(first, 0, 5, 11, 0), new(second, 0, 9, 12, 3)];
        var states = contexts.Select(context => pipeline.Encode(tile, context)).ToArray();
        contexts[1] = contexts[1] with { Step = 4 };
        var together = pipeline.Step(cat(states, 0), contexts);
        for (var row = 0; row < states.Length; row++)
        {
            var alone = pipeline.Step(states[row], [contexts[row]]);
            Assert.InRange((alone - together.narrow(0, row, 1)).abs().max().ToDouble(), 0, BatchTolerance);
        }
    }

    [Fact]
    public void Run_SameSeed_IsTheSame_AndSeedTileAndGuidanceMatter()
    {
        var first = Run(seed: 3, tile: 0, guidance: 2);
        Assert.Equal(first, Run(seed: 3, tile: 0, guidance: 2));
        Assert.NotEqual(first, Run(seed: 4, tile: 0, guidance: 2));
        Assert.NotEqual(first, Run(seed: 3, tile: 1, guidance: 2));
        Assert.NotEqual(first, Run(seed: 3, tile: 0, guidance: 1));
        Assert.All(first, value => Assert.InRange(value, 0, 1));
    }

    [Fact]
    public void Prepare_WordsOrGuidanceThatItDoesNotTake_IsRefused()
    {
        using var scope = NewDisposeScope();
        Assert.Contains("follows no words", Refused(InstructionKind.Refine, "warmer", new RunSettings()), StringComparison.Ordinal);
        Assert.Contains("guidance scale is -1", Refused(InstructionKind.Restore, "", new RunSettings(GuidanceScale: -1)), StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => pipeline.CountSteps(new RunSettings(Steps: 1001)));
        Assert.Equal(DarkDiffPipeline.DefaultSteps, pipeline.CountSteps(new RunSettings()));

        string Refused(InstructionKind kind, string words, RunSettings settings) =>
            Assert.Throws<ArgumentException>(() => pipeline.Prepare(tile, new Instruction(kind, words), settings)).Message;
    }

    private Conditioning Prepare(RunSettings settings) => pipeline.Prepare(tile, new Instruction(InstructionKind.Restore, string.Empty), settings);

    private float[] Run(ulong seed, int tile, double guidance)
    {
        const int Steps = 2;
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        using var conditioning = Prepare(new RunSettings(seed, Steps, guidance));
        var context = new StepContext(conditioning, 0, Steps, seed, tile);
        var state = pipeline.Encode(this.tile, context);
        for (var step = 0; step < Steps; step++)
            state = pipeline.Step(state, [context with { Step = step }]);
        return pipeline.Finish(state).data<float>().ToArray();
    }
}
