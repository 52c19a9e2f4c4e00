using System.Runtime.InteropServices;
using Darkroom.Client;
using Darkroom.Contracts.Devices;
using Darkroom.Contracts.Runs;
using Darkroom.Grains.Devices;
using Darkroom.Grains.Runs;
using Darkroom.Tests.Cluster.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Darkroom.Tests.Cluster;

public sealed class DeviceFaultTests
{
    private static readonly TimeSpan HangTimeout = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Device_WithoutMemoryForTheBatch_TakesSmallerOnesAndNoRunNoticesIt()
    {
        await using var cluster = await DarkroomTestCluster.StartAsync();
        var client = cluster.Client();
        var hash = await client.UploadAsync(TestPictures.Png());
        var solo = new List<string>();
        for (ulong seed = 1; seed <= 6; seed++)
            solo.Add((await CompletedAsync(client, hash, seed)).Result!.Hash);
        var pause = cluster.Log.PauseAt(_ => true);
        var together = new List<Task<RunStatus>> { CompletedAsync(client, hash, 1) };
        await pause.ReachedAsync();
        together.AddRange(Enumerable.Range(2, 5).Select(seed => CompletedAsync(client, hash, (ulong)seed)));
        await Eventually.TrueAsync(() => cluster.Service<DeviceSet>()["cpu:0"].QueueDepth == 5, "the others wait");
        cluster.Log.Steps.Clear();
        var refused = 0;
        cluster.Log.OnStep = (_, rows) =>
        {
            if (rows.Count <= 2)
                return;
            Interlocked.Increment(ref refused);
            throw LibtorchError("CUDA out of memory. Tried to allocate 2.00 GiB");
        };
        pause.End();
        var runs = await Task.WhenAll(together);

        Assert.Equal(solo, runs.Select(run => run.Result!.Hash));
        Assert.All(runs, run => Assert.Equal(1, run.Attempt));
        Assert.All(cluster.Log.Steps, step => Assert.InRange(step.BatchSize, 1, 2));
        // The cap was learned: it was not tried at every step.
        Assert.InRange(refused, 1, 2);
    }

    [Fact]
    public async Task Device_WithoutMemoryForOneTile_TheRunWaitsAndIsNotFailed()
    {
        await using var cluster = await DarkroomTestCluster.StartAsync(
            configure: services => services.PostConfigure<RunOptions>(options => options.MaxFailures = 1));
        var client = cluster.Client();
        var hash = await client.UploadAsync(TestPictures.Png());
        var expected = await CompletedAsync(client, hash, 1);
        var left = 5;
        cluster.Log.OnStep = (_, rows) =>
        {
            if (rows[0].Step == 4 && Interlocked.Decrement(ref left) >= 0)
                throw LibtorchError("[enforce fail at alloc_cpu.cpp:66] . DefaultCPUAllocator: can't allocate memory: you tried to allocate 8589934592 bytes.");
        };
        var run = await CompletedAsync(client, hash, 1);

        Assert.True(left < 0, "memory ran out as often as the test wanted");
        Assert.Equal(expected.Result!.Hash, run.Result!.Hash);
    }

    [Fact]
    public async Task Device_NeverWithMemoryForOneTile_TheRunEndsWithTheReason()
    {
        await using var cluster = await DarkroomTestCluster.StartAsync(
            configure: services => services.PostConfigure<RunOptions>(options => options.DeviceTimeout = TimeSpan.FromSeconds(1)));
        var client = cluster.Client();
        cluster.Log.OnStep = (_, _) => throw LibtorchError("CUDA out of memory. Tried to allocate 2.00 GiB");
        var run = await RestoreAsync(client, await client.UploadAsync(TestPictures.Png()), 1);

        Assert.Equal(RunErrorCode.NoDevice, run.Error!.Code);
        Assert.Contains("memory", run.Error.Message, StringComparison.Ordinal);
        Assert.Contains("Run:DeviceTimeout", run.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Device_ThatThrows_TheRunEndsOnAnotherOne()
    {
        await using var cluster = await DarkroomTestCluster.StartAsync(silos: 2);
        var client = cluster.Client();
        var hash = await client.UploadAsync(TestPictures.Png());
        var expected = await CompletedAsync(client, hash, 1);
        cluster.Log.Steps.Clear();
        string? broken = null;   // whichever the run is sent to first
        cluster.Log.OnStep = (silo, rows) =>
        {
            broken ??= silo;
            if (silo == broken && rows[0].Step >= 5)
                throw LibtorchError("CUDA error: an illegal memory access was encountered");
        };
        var run = await CompletedAsync(client, hash, 1);

        Assert.Equal((expected.Result!.Hash, 2), (run.Result!.Hash, run.Attempt));
        Assert.All(cluster.Log.Steps.Where(step => step.Step >= 5), step => Assert.NotEqual(broken, step.Silo));
        // The checkpoint after step 4 was taken along.
        Assert.Equal(TestPipeline.DefaultSteps + 1, cluster.Log.Steps.Count);
    }

    [Fact]
    public async Task Device_ThatHangs_TheRunMovesAndTheDeviceGetsNoWorkUntilItComesBack()
    {
        var time = new JumpingTime();
        await using var cluster = await DarkroomTestCluster.StartAsync(silos: 2, configure: services =>
        {
            services.AddSingleton<TimeProvider>(time);
            services.PostConfigure<DeviceOptions>(options => options.HangTimeout = HangTimeout);
        });
        var client = cluster.Client();
        var hash = await client.UploadAsync(TestPictures.Png());
        var expected = await CompletedAsync(client, hash, 1);
        cluster.Log.Steps.Clear();

        var pause = cluster.Log.PauseAt(context => context.Step == 5);
        var restoring = CompletedAsync(client, hash, 1);
        var silo = await pause.ReachedAsync();
        cluster.Log.OnStep = null;
        time.Jump(HangTimeout + TimeSpan.FromSeconds(1));
        var moved = await restoring;

        Assert.Equal(expected.Result!.Hash, moved.Result!.Hash);
        Assert.Equal(2, moved.Attempt);
        Assert.All(cluster.Log.Steps.Where(step => step.Step > 5), step => Assert.NotEqual(silo, step.Silo));
        Assert.InRange(cluster.Log.Steps.Count, TestPipeline.DefaultSteps, TestPipeline.DefaultSteps + 2);
        var device = cluster.Service<DeviceSet>(silo)["cpu:0"];
        Assert.True(device.IsHung);
        await DirectoryKnowsAsync(cluster, hangs: true);

        // The model is resident on the hanging device, which counts for nothing now.
        cluster.Log.Steps.Clear();
        await CompletedAsync(client, hash, 2);
        Assert.All(cluster.Log.Steps, step => Assert.NotEqual(silo, step.Silo));

        pause.End();
        await Eventually.TrueAsync(() => !device.IsHung, "the device has come back");
        await DirectoryKnowsAsync(cluster, hangs: false);
        Assert.Equal(7, await device.RunAsync(() => 7, new WorkClass(RunPriority.Interactive, "acme"), isAdmitted: false, default));
    }

    [Fact]
    public async Task Step_ThatGivesNanOnce_IsRetriedAndNoRunNoticesIt()
    {
        await using var cluster = await DarkroomTestCluster.StartAsync();
        var client = cluster.Client();
        var hash = await client.UploadAsync(TestPictures.Png());
        var expected = await CompletedAsync(client, hash, 1);
        cluster.Log.Steps.Clear();
        var left = 1;
        cluster.Log.GivesNan = context => context.Step == 3 && Interlocked.Decrement(ref left) == 0;
        var run = await CompletedAsync(client, hash, 1);

        Assert.Equal((expected.Result!.Hash, 1), (run.Result!.Hash, run.Attempt));
        Assert.Equal([0, 1, 2, 3, 3, 4, 5, 6, 7, 8, 9], cluster.Log.Steps.Select(step => step.Step));
    }

    [Fact]
    public async Task Step_ThatGivesNanTwice_FailsItsRunWithTheReasonAndNotItsNeighbours()
    {
        await using var cluster = await DarkroomTestCluster.StartAsync(silos: 2);
        var client = cluster.Client();
        var hash = await client.UploadAsync(TestPictures.Png());
        var expected = await CompletedAsync(client, hash, 1);
        cluster.Log.Steps.Clear();
        cluster.Log.GivesNan = context => context is { Seed: 13, Step: 3 };
        var good = CompletedAsync(client, hash, 1);
        var bad = await RestoreAsync(client, hash, 13);

        Assert.Equal(expected.Result!.Hash, (await good).Result!.Hash);
        Assert.Equal((RunStage.Failed, RunErrorCode.Device, 1), (bad.Stage, bad.Error!.Code, bad.Attempt));
        Assert.StartsWith("Step 4 of 10 on tile 0 gave NaN or infinity, and again when it was retried (model 'test' on cpu:0)", bad.Error.Message, StringComparison.Ordinal);
        Assert.Equal([0, 1, 2, 3, 3], cluster.Log.Steps.Where(step => step.Seed == 13).Select(step => step.Step));
    }

#pragma warning disable CA2201 // This is what libtorch's binding throws.
    private static ExternalException LibtorchError(string message) => new(message);
#pragma warning restore CA2201

    private static async Task DirectoryKnowsAsync(DarkroomTestCluster cluster, bool hangs)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var directory = cluster.Grains.GetGrain<IDirectoryGrain>(IDirectoryGrain.Key);
        while ((await directory.ListAsync(default)).Any(report => report.Devices.Any(device => device.IsHung)) != hangs)
            await Task.Delay(5, timeout.Token);
    }

    private static async Task<RunStatus> CompletedAsync(DarkroomClient client, string hash, ulong seed)
    {
        var run = await RestoreAsync(client, hash, seed);
        Assert.True(run.Stage == RunStage.Completed, run.Error?.Message);
        return run;
    }

    private static async Task<RunStatus> RestoreAsync(DarkroomClient client, string hash, ulong seed)
    {
        var session = await client.OpenSessionAsync(hash);
        return (await session.RestoreAsync(settings: new RestorationSettings(Seed: seed))).Run!;
    }
}
