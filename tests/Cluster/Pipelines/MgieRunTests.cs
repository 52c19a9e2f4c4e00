using Darkroom.Contracts.Runs;
using Darkroom.Tests.Cluster.Support;

namespace Darkroom.Tests.Cluster.Pipelines;

/// <summary>MGIE as users get it: imported, loaded by a silo, in a session.</summary>
public sealed class MgieRunTests
{
    private const string Checkpoint = "mgie-nano";

    private static readonly RestorationSettings Settings = new(Seed: 3, Steps: 2);

    [Fact]
    public async Task Run_ImportedCheckpoint_DependsOnWordsSeedAndBothGuidances()
    {
        await using var cluster = await PaperCluster.StartAsync("mgie", Checkpoint);
        var first = await RestoreAsync(cluster, "<refine> make it a winter day", Settings);
        Assert.Equal((Checkpoint, RunStage.Completed), (first.Model, first.Stage));
        // What the language model made of the words is there to read.
        Assert.NotNull(first.Instruction);
        Assert.NotEqual("make it a winter day", first.Instruction);
        Assert.Equal(first.Result!.Hash, (await RestoreAsync(cluster, "<refine> make it a winter day", Settings)).Result!.Hash);
        RunStatus[] others =
        [
            await RestoreAsync(cluster, "<refine> give her a red hat", Settings),
            await RestoreAsync(cluster, "<refine> make it a winter day", Settings with { Seed = 4 }),
            await RestoreAsync(cluster, "<refine> make it a winter day", Settings with { GuidanceScale = 2 }),
            await RestoreAsync(cluster, "<refine> make it a winter day", Settings with { ImageGuidanceScale = 3 }),
        ];
        Assert.All(others, run => Assert.Equal(RunStage.Completed, run.Stage));
        Assert.Equal(5, others.Select(run => run.Result!.Hash).Append(first.Result.Hash).Distinct().Count());
    }

    [Fact]
    public async Task Run_InstructionOfTenThousandLetters_SaysThatItIsTooLong()
    {
        await using var cluster = await PaperCluster.StartAsync("mgie", Checkpoint);
        var run = await RestoreAsync(cluster, "<refine> " + new string('x', 1500), Settings);
        Assert.Equal(RunStage.Failed, run.Stage);
        Assert.Contains("fewer words", run.Error!.Message, StringComparison.Ordinal);
    }

    private static async Task<RunStatus> RestoreAsync(DarkroomTestCluster cluster, string message, RestorationSettings settings)
    {
        var session = await cluster.Client().OpenSessionAsync(TestPictures.Png(), model: Checkpoint);
        return (await session.RestoreAsync(message, settings)).Run!;
    }
}
