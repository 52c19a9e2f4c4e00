using Darkroom.Contracts.Runs;
using Darkroom.Grains.Runs;
using Darkroom.Grains.Supervision;
using Darkroom.Tests.Cluster.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Darkroom.Tests.Cluster;

/// <summary>Pictures of many tiles that take one step each: finished tiles outlive their silo.</summary>
public sealed class TileCheckpointTests
{
    private const int Side = 200;
    private const int Tiles = 64;                                               // 8 x 8 of 32 pixels, 8 shared
    private const int KilledAt = 40;

    // The tile under way when the silo died, and those that were not noted yet: a tile is written while the next ones are worked on.
    private const int MostRepeated = 12;

    [Fact]
    public async Task Silo_KilledInMidPicture_OnlyTilesSinceTheLastCheckpointAreDoneAgain()
    {
        await using var cluster = await StartAsync(silos: 3, TimeSpan.Zero);
        var source = await DirectRuns.SourceAsync(cluster, Side, Side);
        var expected = await DirectRuns.RestoreAsync(cluster, source, "whole", 7, steps: 1, model: "test");
        Assert.Equal(Enumerable.Range(0, Tiles), cluster.Log.Steps.Select(step => step.Tile));
        cluster.Log.Steps.Clear();
        // As fast as tiles of a real network at most: the store keeps up.
        var pause = cluster.Log.PauseAt(context =>
        {
            Thread.Sleep(10);
            return context.Tile == KilledAt;
        });
        await DirectRuns.StartAsync(cluster, source, "killed", 7, steps: 1, model: "test");
        var dead = await pause.ReachedAsync();
        await cluster.KillAsync(dead, pause);
        var ended = await DirectRuns.EndAsync(cluster, "killed");

        Assert.Equal((RunStage.Completed, expected.Hash, Tiles), (ended.Stage, ended.Result?.Hash, ended.Tiles));
        Assert.InRange(cluster.Log.Steps.Count, Tiles, Tiles + MostRepeated);
        await Eventually.TrueAsync(async () => (await RunBlobsAsync(cluster, "killed")).Count == 0, "the run's blobs are deleted");
    }

    [Fact]
    public async Task Silo_StoppedInMidPicture_NoTileIsDoneAgain()
    {
        // So rarely that only leaving writes a checkpoint.
        await using var cluster = await StartAsync(silos: 2, TimeSpan.FromHours(1));
        var source = await DirectRuns.SourceAsync(cluster, Side, Side);
        var pause = cluster.Log.PauseAt(context => context.Tile == KilledAt);
        await DirectRuns.StartAsync(cluster, source, "moved", 7, steps: 1, model: "test");
        await pause.ReachedAsync();
        Assert.Empty(await RunBlobsAsync(cluster, "moved"));
        await cluster.StopAsync(pause);
        var ended = await DirectRuns.EndAsync(cluster, "moved");

        Assert.Equal(RunStage.Completed, ended.Stage);
        Assert.Equal(Enumerable.Range(0, Tiles), cluster.Log.Steps.Select(step => step.Tile));
    }

    [Fact]
    public async Task BlobStore_ThatKeepsNoTiles_TheRunEndsAtItsFirstAttempt()
    {
        await using var cluster = await StartAsync(silos: 1, TimeSpan.Zero);
        var source = await DirectRuns.SourceAsync(cluster, Side, Side);
        cluster.Blobs.FailNext(int.MaxValue, "write", "/tile-");
        await DirectRuns.StartAsync(cluster, source, "run", 7, steps: 1, model: "test");
        var ended = await DirectRuns.EndAsync(cluster, "run");

        Assert.Equal((RunStage.Completed, 1), (ended.Stage, ended.Attempt));
        // After the first failure it is not tried any more.
        Assert.Equal(1, cluster.Blobs.FailureCount);
        Assert.Equal(Tiles, cluster.Log.Steps.Count);
    }

    private static Task<DarkroomTestCluster> StartAsync(short silos, TimeSpan checkpointPeriod) => DarkroomTestCluster.StartAsync(
        silos, configure: services => services.PostConfigure<RunOptions>(options =>
        {
            options.CheckpointPeriod = checkpointPeriod;
            options.MaxParts = 1;
        }));

    private static async Task<List<string>> RunBlobsAsync(DarkroomTestCluster cluster, string name)
    {
        var names = new List<string>();
        await foreach (var blob in cluster.Blobs.ListAsync($"runs/{name}/"))
            names.Add(blob.Name);
        return names;
    }
}
