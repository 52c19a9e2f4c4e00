using System.Collections.Concurrent;
using Darkroom.Contracts.Runs;
using Darkroom.Grains.Devices;
using Darkroom.Tests.Cluster.Support;
using TorchSharp;

namespace Darkroom.Tests.Cluster.Pipelines;

/// <summary>Diff-Plugin as users get it: imported, loaded by a silo, several tasks over one UNet.</summary>
public sealed class DiffPluginRunTests
{
    private const string Checkpoint = "plugins-nano";

    private static readonly RestorationSettings Settings = new(Seed: 3, Steps: 4);

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
        var pause = new Pause();
        var isHeld = false;
        await using var cluster = await PaperCluster.StartAsync("diff-plugin", Checkpoint, services => PaperCluster.Watch(services, rows =>
        {
            passes.Enqueue(rows.Select(row => row.Conditioning["tasks"].ToInt32()).Distinct().Count());
            if (isHeld && !pause.IsReached)
                pause.Hold("silo");
        }));
        string[] tasks = ["derain", "lowlight", "face"];
        var alone = new List<RunStatus>();
        foreach (var task in tasks)
            alone.Add(await RestoreAsync(cluster, $"<refine> {task}"));
        Assert.All(passes, count => Assert.Equal(1, count));

        isHeld = true;
        var first = RestoreAsync(cluster, $"<refine> {tasks[0]}");
        await pause.ReachedAsync();
        var others = tasks[1..].Select(task => RestoreAsync(cluster, $"<refine> {task}")).ToList();
        await Eventually.TrueAsync(() => cluster.Service<DeviceSet>()["cpu:0"].QueueDepth == 2, "the other runs wait for the device");
        pause.End();
        var together = await Task.WhenAll([first, .. others]);

        Assert.Contains(passes, count => count > 1);
        foreach (var (before, after) in alone.Zip(together))
        {
            var (expected, actual) = (await TestPictures.ReadAsync(cluster.Contents, before.Result!.Hash), await TestPictures.ReadAsync(cluster.Contents, after.Result!.Hash));
            Assert.All(expected.Pixels.Zip(actual.Pixels), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, 1.001 / 255));
        }
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

    private static async Task<RunStatus> RestoreAsync(DarkroomTestCluster cluster, string message)
    {
        var session = await cluster.Client().OpenSessionAsync(TestPictures.Png(), model: Checkpoint);
        return (await session.RestoreAsync(message, Settings)).Run!;
    }
}
