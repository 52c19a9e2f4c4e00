using Darkroom.Contracts.Runs;
using Darkroom.Tests.Cluster.Support;

namespace Darkroom.Tests.Cluster;

/// <summary>A silo dies at every stage of a run; the run ends elsewhere with the same picture, once.</summary>
public sealed class KillTests
{
    private const int CheckpointEverySteps = 2;

    [Fact]
    public async Task Silo_KilledAtEveryFifthStepOfFifty_EveryRunEndsWithTheSamePictureAndRepeatsFewSteps()
    {
        await using var cluster = await DarkroomTestCluster.StartAsync(silos: 2);
        var source = await DirectRuns.SourceAsync(cluster, 24, 16);
        var expected = await DirectRuns.RestoreAsync(cluster, source, "whole", 7);
        for (var step = 0; step < NoisyPipeline.Steps; step += 5)
        {
            cluster.Log.Steps.Clear();
            var at = step;
            var pause = cluster.Log.PauseAt(context => context.Step == at);
            await cluster.StartSiloAsync();
            await DirectRuns.StartAsync(cluster, source, $"killed-{step}", 7);
            var dead = await pause.ReachedAsync();
            cluster.Log.OnStep = null;
            await cluster.KillAsync(dead, pause);
            var ended = await DirectRuns.EndAsync(cluster, $"killed-{step}");

            Assert.Equal((RunStage.Completed, expected.Hash), (ended.Stage, ended.Result?.Hash));
            // How often it tries until the others know of the death is the cluster's affair.
            Assert.True(ended.Attempt >= 2, $"attempt {ended.Attempt}");
            Assert.Equal(Enumerable.Range(0, step), cluster.Log.Steps.Where(taken => taken.Silo == dead).Select(taken => taken.Step));
            // The step under way when the silo died, and those since the last checkpoint.
            var again = cluster.Log.Steps.Where(taken => taken.Silo != dead).Select(taken => taken.Step).ToList();
            Assert.InRange(again[0], step - CheckpointEverySteps, step);
            Assert.Equal(Enumerable.Range(again[0], NoisyPipeline.Steps - again[0]), again);
        }
    }

    [Fact]
    public async Task Silo_KilledDuringPrepare_TheRunEndsElsewhere()
    {
        await using var cluster = await DarkroomTestCluster.StartAsync(silos: 3);
        var source = await DirectRuns.SourceAsync(cluster, 24, 16);
        var expected = await DirectRuns.RestoreAsync(cluster, source, "whole", 7, model: "test");
        var pause = new Pause();
        cluster.Log.OnPrepare = silo =>
        {
            if (!pause.IsReached)
                pause.Hold(silo);
        };
        await DirectRuns.StartAsync(cluster, source, "killed", 7, model: "test");
        var dead = await pause.ReachedAsync();
        cluster.Log.Steps.Clear();
        await cluster.KillAsync(dead, pause);
        var ended = await DirectRuns.EndAsync(cluster, "killed");

        Assert.Equal((RunStage.Completed, expected.Hash), (ended.Stage, ended.Result?.Hash));
        Assert.Equal(TestPipeline.DefaultSteps, cluster.Log.Steps.Count);
        Assert.All(cluster.Log.Steps, step => Assert.NotEqual(dead, step.Silo));
    }

    [Fact]
    public async Task Silo_KilledDuringFinish_TheRunFinishesElsewhereFromItsLastCheckpoint()
    {
        await using var cluster = await DarkroomTestCluster.StartAsync(silos: 3);
        var source = await DirectRuns.SourceAsync(cluster, 24, 16);
        var expected = await DirectRuns.RestoreAsync(cluster, source, "whole", 7, model: "test");
        cluster.Log.Steps.Clear();
        var pause = new Pause();
        cluster.Blobs.Before = (operation, name) =>
        {
            // The result is written by the silo that took the last step.
            if (operation is "write" or "find" && name.StartsWith("content/", StringComparison.Ordinal) && cluster.Log.Steps.Any(step => step.Step == TestPipeline.DefaultSteps - 1) && !pause.IsReached)
                pause.Hold(cluster.Log.Steps.Last().Silo);
        };
        await DirectRuns.StartAsync(cluster, source, "killed", 7, model: "test");
        var dead = await pause.ReachedAsync();
        await cluster.KillAsync(dead, pause);
        var ended = await DirectRuns.EndAsync(cluster, "killed");

        Assert.Equal((RunStage.Completed, expected.Hash), (ended.Stage, ended.Result?.Hash));
        var again = cluster.Log.Steps.Where(step => step.Silo != dead).Select(step => step.Step).ToList();
        Assert.InRange(again.Count, 1, CheckpointEverySteps);
        Assert.All(again, step => Assert.InRange(step, TestPipeline.DefaultSteps - CheckpointEverySteps, TestPipeline.DefaultSteps - 1));
    }
}
