using System.Collections.Concurrent;
using Darkroom.Contracts.Runs;
using Darkroom.Grains.Devices;
using Darkroom.Imaging;
using Darkroom.Tests.Cluster.Support;
using TorchSharp;

namespace Darkroom.Tests.Cluster.Pipelines;

/// <summary>Diff-Plugin as users get it: imported, loaded by a silo, several tasks over one UNet.</summary>
public sealed class DiffPluginRunTests
{
    private const string Checkpoint = "plugins-nano";

    private static readonly RestorationSettings Settings = new(Seed: 3, Steps: 4);

    // More steps than the others' work has parts before their first step.
    private static readonly RestorationSettings LongSettings = new(Seed: 3, Steps: 12);

    [Fact]
    public async Task Run_NamedTasks_DoesTheseAndNoOthers()
    {
        await using var cluster = await PaperCluster.StartAsync("diff-plugin", Checkpoint);
        var derain = await RestoreAsync(cluster, "<refine> derain");
        Assert.Equal((RunStage.Completed, 4), (derain.Stage, derain.Steps));
        var both = await RestoreAsync(cluster, "<refine> derain, then face");
        Assert.Equal((RunStage.Completed, 4 + 3), (both.Stage, both.Steps));
        var old = await RestoreAsync(cluster, "<refine> please restore this old photo");
        Assert.Equal((RunStage.Completed, 4 + 3), (old.Stage, old.Steps));
        Assert.Equal(derain.Result!.Hash, (await RestoreAsync(cluster, "<refine> derain")).Result!.Hash);
        Assert.Equal(3, new[] { derain, both, old }.Select(run => run.Result!.Hash).Distinct().Count());

        var picture = await TestPictures.ReadAsync(cluster.Contents, both.Result!.Hash);
        Assert.Equal((24, 16), (picture.Width, picture.Height));
    }

    [Fact]
    public async Task Runs_OfDifferentTasks_ShareOneForwardPassAndAreAsAlone()
    {
        var passes = new ConcurrentQueue<int>();
        DeviceExecutor? busy = null;
        await using var cluster = await PaperCluster.StartAsync("diff-plugin", Checkpoint, services => PaperCluster.Watch(services, rows =>
        {
            var count = rows.Select(row => row.Conditioning["tasks"].ToInt32()).Distinct().Count();
            passes.Enqueue(count);
            // A pass of one run waits until the device has other work: so the runs meet, however slow the machine is.
            if (busy is { } device && passes.All(before => before == 1))
                SpinWait.SpinUntil(() => device.QueueDepth > 0, TimeSpan.FromSeconds(30));
        }));
        string[] tasks = ["derain", "lowlight", "face"];
        var alone = new List<RunStatus>();
        foreach (var task in tasks)
            alone.Add(await RestoreAsync(cluster, $"<refine> {task}", LongSettings));
        Assert.All(passes, count => Assert.Equal(1, count));

        busy = cluster.Service<DeviceSet>()["cpu:0"];
        var together = await Task.WhenAll(tasks.Select(task => RestoreAsync(cluster, $"<refine> {task}", LongSettings)));

        Assert.Contains(passes, count => count > 1);
        var (expected, actual) = (await ReadAllAsync(cluster, alone), await ReadAllAsync(cluster, together));
        // The first step divides by √ᾱ = 0.07, so what another batch size rounds differently grows fifteenfold, and random weights do not damp it.
        foreach (var (before, after) in expected.Zip(actual))
            Assert.InRange(MaxDifference(before, after), 0, 4.001 / 255);
        Assert.InRange(MaxDifference(expected[0], expected[1]), 8 / 255.0, 1);
        Assert.InRange(MaxDifference(expected[0], expected[2]), 8 / 255.0, 1);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("face/scb", "'face/tpb'")]
    [InlineData("face/tpb.safetensors", "'face/scb'")]
    public async Task Run_CheckpointWithoutAPart_SaysWhatIsMissing(string missing, string named)
    {
        await using var cluster = await DarkroomTestCluster.StartAsync(configure: PaperCluster.LoadAsReal);
        await PaperCluster.ImportAsync(cluster, "diff-plugin", Checkpoint, folder => PaperCluster.Delete(folder, missing));
        var run = await RestoreAsync(cluster, "<refine> derain");
        Assert.Equal(missing.Length == 0 ? RunStage.Completed : RunStage.Failed, run.Stage);
        Assert.Contains(named, run.Error?.Message ?? string.Empty, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_CheckpointWithoutSelector_TakesNamesAndRefusesWords()
    {
        await using var cluster = await DarkroomTestCluster.StartAsync(configure: PaperCluster.LoadAsReal);
        await PaperCluster.ImportAsync(cluster, "diff-plugin", Checkpoint, folder => PaperCluster.Delete(folder, "PromptTunner.safetensors"));
        Assert.Equal(RunStage.Completed, (await RestoreAsync(cluster, "<refine> demoire")).Stage);
        var run = await RestoreAsync(cluster, "<refine> take the stripes away");
        Assert.Equal(RunStage.Failed, run.Stage);
        Assert.Contains("derain, desnow, lowlight, dehaze, deblur, highlight, face, demoire", run.Error!.Message, StringComparison.Ordinal);
    }

    private static async Task<RunStatus> RestoreAsync(DarkroomTestCluster cluster, string message, RestorationSettings? settings = null)
    {
        var session = await cluster.Client().OpenSessionAsync(TestPictures.Png(), model: Checkpoint);
        return (await session.RestoreAsync(message, settings ?? Settings)).Run!;
    }

    private static async Task<List<PlanarImage>> ReadAllAsync(DarkroomTestCluster cluster, IEnumerable<RunStatus> runs)
    {
        var pictures = new List<PlanarImage>();
        foreach (var run in runs)
            pictures.Add(await TestPictures.ReadAsync(cluster.Contents, run.Result!.Hash));
        return pictures;
    }

    private static double MaxDifference(PlanarImage first, PlanarImage second) => first.Pixels.Zip(second.Pixels).Max(pair => Math.Abs(pair.First - pair.Second));
}
