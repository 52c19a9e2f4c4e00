using Darkroom.Contracts.Runs;
using Darkroom.Grains.Supervision;
using Darkroom.Storage;
using Darkroom.Tests.Cluster.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Darkroom.Tests.Cluster;

/// <summary>Storage and clocks that misbehave: a run has one writer and ends once.</summary>
public sealed class WriterTests
{
    [Fact]
    public async Task Run_ActivatedTwice_ExactlyOneWriterWins()
    {
        // Two clusters that do not know of each other, on one blob store: each activates the run, as after a split of the network.
        var folder = DarkroomTestCluster.NewFolder();
        try
        {
            await using var one = await DarkroomTestCluster.StartAsync(folder: folder, configure: Unsupervised);
            await using var other = await DarkroomTestCluster.StartAsync(folder: folder, configure: Unsupervised);
            var source = await DirectRuns.SourceAsync(one, 24, 16);
            var expected = await DirectRuns.RestoreAsync(one, source, "whole", 7, model: "test");
            var pause = one.Log.PauseAt(context => context.Step == 5);
            await DirectRuns.StartAsync(one, source, "run", 7, model: "test");
            await pause.ReachedAsync();
            var ended = await DirectRuns.EndAsync(other, "run");
            Assert.Equal((RunStage.Completed, expected.Hash, 2), (ended.Stage, ended.Result?.Hash, ended.Attempt));
            var (state, properties) = await StateAsync(other, "run");

            // The first writer comes back: its next write is refused, it goes, and whoever asks there hears what the other one wrote.
            pause.End();
            var late = await DirectRuns.EndAsync(one, "run");
            Assert.Equal(ended, late with { Elapsed = ended.Elapsed });
            var (stateAfter, propertiesAfter) = await StateAsync(other, "run");
            Assert.Equal((properties.ETag, state), (propertiesAfter.ETag, stateAfter));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("state/run/", 1)]
    [InlineData("state/run/", 2)]
    [InlineData("state/run/", 5)]
    [InlineData("runs/", 1)]
    [InlineData("runs/", 3)]
    [InlineData("content/", 1)]
    public async Task BlobStore_LosesAnAcknowledgement_TheRunEndsOnceWithTheSamePicture(string name, int which)
    {
        await using var cluster = await DarkroomTestCluster.StartAsync();
        var source = await DirectRuns.SourceAsync(cluster, 24, 16);
        var expected = await DirectRuns.RestoreAsync(cluster, source, "whole", 7, model: "test");
        await cluster.Blobs.DeleteAsync(ContentStore.NameOf(expected.Hash));
        var writes = 0;
        cluster.Blobs.LosesAcknowledgement = written => written.Contains(name, StringComparison.Ordinal) && Interlocked.Increment(ref writes) == which;
        try
        {
            await DirectRuns.StartAsync(cluster, source, "run", 7, model: "test");
        }
        catch (Exception error) when (which == 1 && name == "state/run/")
        {
            // The start was not acknowledged; saying it again is the caller's part, and does it once.
            Assert.Contains("the test broke", error.ToString(), StringComparison.Ordinal);
            await DirectRuns.StartAsync(cluster, source, "run", 7, model: "test");
        }

        var ended = await DirectRuns.EndAsync(cluster, "run");
        Assert.Equal(1, cluster.Blobs.FailureCount);
        Assert.Equal((RunStage.Completed, expected.Hash), (ended.Stage, ended.Result?.Hash));
    }

    [Fact]
    public async Task BlobStore_ThatTakesTwoSecondsForEverything_TheRunEndsAtItsFirstAttempt()
    {
        await using var cluster = await DarkroomTestCluster.StartAsync();
        var source = await DirectRuns.SourceAsync(cluster, 24, 16);
        cluster.Blobs.Latency = TimeSpan.FromSeconds(2);
        await DirectRuns.StartAsync(cluster, source, "slow", 7, steps: 4, model: "test");
        var ended = await DirectRuns.EndAsync(cluster, "slow");
        cluster.Blobs.Latency = TimeSpan.Zero;

        Assert.Equal((RunStage.Completed, 1), (ended.Stage, ended.Attempt));
        Assert.Equal([0, 1, 2, 3], cluster.Log.Steps.Select(step => step.Step));
        Assert.Equal(ended.Result!.Hash, (await DirectRuns.RestoreAsync(cluster, source, "fast", 7, steps: 4, model: "test")).Hash);
    }

    [Fact]
    public async Task Clock_JumpsDuringARun_TheRunEndsAtItsFirstAttempt()
    {
        var time = new JumpingTime();
        await using var cluster = await DarkroomTestCluster.StartAsync(silos: 2, configure: services => services.AddSingleton<TimeProvider>(time));
        var source = await DirectRuns.SourceAsync(cluster, 24, 16);
        var expected = await DirectRuns.RestoreAsync(cluster, source, "whole", 7, model: "test");
        cluster.Log.Steps.Clear();
        cluster.Log.OnStep = (_, rows) =>
        {
            switch (rows[0].Step)
            {
                case 2:
                    time.JumpWall(TimeSpan.FromDays(-2));
                    break;
                case 4:
                    time.JumpWall(TimeSpan.FromDays(1));
                    break;
                case 6:
                    // The machine slept: longer than the directory waits for a silo, shorter than a device may hang.
                    time.Jump(TimeSpan.FromMinutes(1));
                    break;
            }
        };
        await DirectRuns.StartAsync(cluster, source, "run", 7, model: "test");
        var ended = await DirectRuns.EndAsync(cluster, "run");

        Assert.Equal((RunStage.Completed, expected.Hash, 1), (ended.Stage, ended.Result?.Hash, ended.Attempt));
        Assert.Equal(TestPipeline.DefaultSteps, cluster.Log.Steps.Count);
        Assert.True(ended.Elapsed >= TimeSpan.Zero, $"the clock went back by a day, and the run took {ended.Elapsed}");
    }

    // The test says when the other cluster takes the run up.
    private static void Unsupervised(IServiceCollection services) => services.PostConfigure<SupervisorOptions>(options => options.IsEnabled = false);

    private static async Task<(string State, BlobProperties Properties)> StateAsync(DarkroomTestCluster cluster, string name)
    {
        await foreach (var blob in cluster.Blobs.ListAsync("state/run/"))
        {
            if (Uri.UnescapeDataString(blob.Name).EndsWith($"/{name}/1", StringComparison.Ordinal) && await cluster.Blobs.TryReadBytesAsync(blob.Name) is { } found)
                return (Convert.ToHexString(found.Bytes), found.Properties);
        }

        throw new InvalidOperationException($"there is no state of the run '{name}'");
    }
}
