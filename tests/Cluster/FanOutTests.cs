using Darkroom.Contracts.Devices;
using Darkroom.Contracts.Images;
using Darkroom.Contracts.Runs;
using Darkroom.Grains.Devices;
using Darkroom.Grains.Runs;
using Darkroom.Grains.Supervision;
using Darkroom.Tests.Cluster.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Darkroom.Tests.Cluster;

/// <summary>One large picture on several devices at once.</summary>
public sealed class FanOutTests(ITestOutputHelper output)
{
    private const int Side = 200;
    private const int Tiles = 64;                                               // 8 x 8 of 32 pixels, 8 shared
    private const int Steps = 10;
    private const int CheckpointEverySteps = 2;

    // Sums of another batch can move a value over a rounding border.
    private const double OneLevel = 1.001 / 255;

    [Fact]
    public async Task Picture_OnThreeSilos_IsWorkedOnByAllAndEqualsThatOfOneSilo()
    {
        await using var one = await StartAsync(1);
        var expected = await DirectRuns.RestoreAsync(one, await DirectRuns.SourceAsync(one, Side, Side), "one", 42, Steps);
        await using var three = await StartAsync(3);
        var source = await DirectRuns.SourceAsync(three, Side, Side);
        await LoadAsync(three);
        three.Log.OnStep = (_, _) => Thread.Sleep(1);
        await DirectRuns.StartAsync(three, source, "three", 42, Steps);
        var (last, most) = (0.0, 0);
        await foreach (var glimpse in DirectRuns.Get(three, "three").WatchAsync(default))
        {
            Assert.True(glimpse.Fraction >= last, $"{glimpse.Fraction} after {last}");
            (last, most) = (glimpse.Fraction, Math.Max(most, glimpse.Tile));
            Assert.True(glimpse.TileCount is 0 or Tiles);
        }

        var ended = await DirectRuns.EndAsync(three, "three");
        Assert.Equal((RunStage.Completed, 1, Tiles), (ended.Stage, ended.Attempt, most));
        Assert.InRange(await DifferenceAsync(one, expected, three, ended.Result!), 0, OneLevel);
        var taken = three.Log.Steps.ToList();
        Assert.Equal(Tiles * Steps, taken.Select(step => (step.Tile, step.Step)).Distinct().Count());
        Assert.Equal(Tiles * Steps, taken.Count);
        var shares = taken.GroupBy(step => step.Silo).ToDictionary(silo => silo.Key, silo => silo.Select(step => step.Tile).Distinct().Count());
        output.WriteLine(string.Join(", ", shares.Select(share => $"{share.Key} {share.Value} tiles")));
        Assert.Equal(3, shares.Count);
        Assert.All(shares.Values, tiles => Assert.InRange(tiles, 21, 22));
        // The tenant pays for all of them.
        var ledger = await DirectRuns.Get(three, "three").GetLedgerAsync(default);
        Assert.Equal(3, ledger.Select(entry => entry.Device).Distinct().Count());
        Assert.True(ended.DeviceSeconds >= Tiles * Steps * 0.001, $"{ended.DeviceSeconds} s");
        await Eventually.TrueAsync(() => three.Silos.All(silo => three.Service<WorkspaceStore>(silo.Name).Count == 0), "all devices are rid of the run");
    }

    [Fact]
    public async Task Silo_KilledInMidPart_OnlyItsTilesGoElsewhere()
    {
        await using var cluster = await StartAsync(3);
        var source = await DirectRuns.SourceAsync(cluster, Side, Side);
        var expected = await DirectRuns.RestoreAsync(cluster, source, "whole", 7, Steps);
        await LoadAsync(cluster);
        cluster.Log.Steps.Clear();
        // In the last part, so never on the device that puts the result together.
        var pause = cluster.Log.PauseAt(context => context is { Tile: Tiles - 3, Step: 5 });
        await DirectRuns.StartAsync(cluster, source, "killed", 7, Steps);
        var dead = await pause.ReachedAsync();
        await cluster.KillAsync(dead, pause);
        var ended = await DirectRuns.EndAsync(cluster, "killed");

        Assert.Equal(RunStage.Completed, ended.Stage);
        Assert.InRange(await DifferenceAsync(cluster, expected, cluster, ended.Result!), 0, OneLevel);
        var again = cluster.Log.Steps.GroupBy(step => (step.Tile, step.Step)).Where(step => step.Count() > 1).Select(step => step.Key).ToList();
        output.WriteLine($"{again.Count} of {Tiles * Steps} steps twice, attempt {ended.Attempt}");
        // The driver may have been on that silo too: then each part is taken up from its checkpoint.
        Assert.InRange(again.Count, 1, 3 * (CheckpointEverySteps + 1));
        Assert.Equal(Tiles * Steps, cluster.Log.Steps.Select(step => (step.Tile, step.Step)).Distinct().Count());
        // Those of the dead silo were done by others.
        Assert.Contains(cluster.Log.Steps, step => step.Tile == Tiles - 1 && step.Silo != dead);
    }

    [Fact]
    public async Task Silos_AllButOneKilled_TheOneThatIsLeftDoesTheRest()
    {
        await using var cluster = await StartAsync(3);
        var source = await DirectRuns.SourceAsync(cluster, Side, Side);
        var expected = await DirectRuns.RestoreAsync(cluster, source, "whole", 7, 1, "test");
        await LoadAsync(cluster, "test");
        cluster.Log.Steps.Clear();
        // The parts of the other two stand still until they die.
        var (begun, own, gate) = (new HashSet<string>(), string.Empty, new ManualResetEventSlim());
        cluster.Log.OnStep = (silo, rows) =>
        {
            lock (begun)
            {
                begun.Add(silo);
                if (rows[0].Tile == 0)
                    own = silo;
            }

            gate.Wait(TimeSpan.FromSeconds(30));
        };
        await DirectRuns.StartAsync(cluster, source, "killed", 7, 1, "test");
        await Eventually.TrueAsync(() =>
        {
            lock (begun)
                return begun.Count == 3;
        }, "all three are at it");
        var killing = cluster.Silos.Select(silo => silo.Name).Where(name => name != own).ToList().ConvertAll(name => Task.Run(() => cluster.KillAsync(name)));
        await Eventually.TrueAsync(() => killing.TrueForAll(kill => kill.IsCompleted) || cluster.Silos.Count == 1, "two are cut off");
        gate.Set();
        await Task.WhenAll(killing);
        var ended = await DirectRuns.EndAsync(cluster, "killed");

        Assert.Equal((RunStage.Completed, expected.Hash), (ended.Stage, ended.Result?.Hash));
        Assert.Equal(Enumerable.Range(0, Tiles), cluster.Log.Steps.Where(step => step.Silo == own).Select(step => step.Tile).Distinct().Order());
    }

    [Theory]
    [InlineData(Steps, NoisyPipeline.ModelName)]
    [InlineData(1, TestPipeline.ModelName)]
    public async Task Silo_StoppedInMidPart_ItsTilesGoOnElsewhereFromTheLastStep(int steps, string model)
    {
        // So rarely that only leaving writes a checkpoint.
        await using var cluster = await StartAsync(3, checkpointEverySteps: 1000, checkpointPeriod: TimeSpan.FromHours(1));
        var source = await DirectRuns.SourceAsync(cluster, Side, Side);
        await LoadAsync(cluster, model);
        var pause = cluster.Log.PauseAt(context => context.Tile == Tiles - 3);
        await DirectRuns.StartAsync(cluster, source, "moved", 7, steps, model);
        await cluster.StopAsync(pause);
        var ended = await DirectRuns.EndAsync(cluster, "moved");

        Assert.Equal(RunStage.Completed, ended.Stage);
        Assert.Equal(Tiles * steps, cluster.Log.Steps.Select(step => (step.Tile, step.Step)).Distinct().Count());
        // None twice; but on a machine that stands still for seconds, a part may leave without having been heard.
        Assert.InRange(cluster.Log.Steps.Count, Tiles * steps, (Tiles * steps) + 3);
    }

    [Fact]
    public async Task Cancel_OfAPictureOnThreeSilos_ReachesAllParts()
    {
        await using var cluster = await StartAsync(3);
        var source = await DirectRuns.SourceAsync(cluster, Side, Side);
        await LoadAsync(cluster);
        cluster.Log.OnStep = (_, _) => Thread.Sleep(2);
        await DirectRuns.StartAsync(cluster, source, "cancelled", 7, Steps);
        await Eventually.TrueAsync(() => cluster.Log.Steps.Select(step => step.Silo).Distinct().Count() == 3, "all three are at it");
        var status = await DirectRuns.Get(cluster, "cancelled").CancelAsync(default);

        Assert.Equal(RunStage.Cancelled, status.Stage);
        await Eventually.TrueAsync(() => cluster.Silos.All(silo => cluster.Service<WorkspaceStore>(silo.Name).Count == 0), "all devices are rid of the run");
        var taken = cluster.Log.Steps.Count;
        Assert.True(taken < Tiles * Steps, $"{taken} steps");
        // A device that is rid of the run has nothing of it in its queue: another run's steps are all that follow.
        cluster.Log.Steps.Clear();
        cluster.Log.OnStep = null;
        await DirectRuns.RestoreAsync(cluster, source, "after", 8, 1, "test");
        Assert.All(cluster.Log.Steps, step => Assert.Equal(8UL, step.Seed));
    }

    [Fact]
    public async Task Picture_OfFewTiles_HasOneDevice()
    {
        await using var cluster = await StartAsync(3);
        await LoadAsync(cluster);
        await DirectRuns.RestoreAsync(cluster, await DirectRuns.SourceAsync(cluster, 80, 80), "small", 7, Steps);
        Assert.Single(cluster.Log.Steps.Select(step => step.Silo).Distinct());
    }

    private static Task<DarkroomTestCluster> StartAsync(short silos, int checkpointEverySteps = CheckpointEverySteps, TimeSpan? checkpointPeriod = null) =>
        DarkroomTestCluster.StartAsync(silos, configure: services => services.PostConfigure<RunOptions>(options =>
        {
            options.CheckpointEverySteps = checkpointEverySteps;
            options.CheckpointPeriod = checkpointPeriod ?? options.CheckpointPeriod;
        }));

    // On every device, and the directory knows: a device that had to load it first might not be worth it.
    private static async Task LoadAsync(DarkroomTestCluster cluster, string model = NoisyPipeline.ModelName)
    {
        foreach (var silo in cluster.Silos)
            (await cluster.Service<DeviceSet>(silo.Name)["cpu:0"].Models.UseAsync(model)).Dispose();
        var directory = cluster.Grains.GetGrain<IDirectoryGrain>(IDirectoryGrain.Key);
        await Eventually.TrueAsync(
            async () => (await directory.ListAsync(default)).Count(silo => silo.Devices.All(device => device.ResidentModels.Contains(model) && device.ExpectedWork == TimeSpan.Zero)) == cluster.Silos.Count,
            "the directory knows of all models");
    }

    private static async Task<double> DifferenceAsync(DarkroomTestCluster clusterOfOne, ImageRef one, DarkroomTestCluster clusterOfOther, ImageRef other)
    {
        var first = await TestPictures.ReadAsync(clusterOfOne.Contents, one.Hash);
        var second = await TestPictures.ReadAsync(clusterOfOther.Contents, other.Hash);
        return first.Pixels.Zip(second.Pixels, (a, b) => Math.Abs((double)a - b)).Max();
    }
}
