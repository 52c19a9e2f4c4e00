using Darkroom.Contracts.Images;
using Darkroom.Contracts.Runs;
using Darkroom.Grains.Runs;
using Darkroom.Imaging;
using Darkroom.Imaging.Codecs;
using Darkroom.Tests.Cluster.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Darkroom.Tests.Cluster;

/// <summary>What a run shows of itself: previews while it is under way, and the ledger of its stretches.</summary>
public sealed class PreviewTests
{
    [Fact]
    public async Task Watch_WithPreviews_ShowsThePictureAsItIsAndTheResultIsTheSame()
    {
        await using var cluster = await StartAsync(previewEverySteps: 3);
        await using var without = await StartAsync(previewEverySteps: 0);
        var source = await DirectRuns.SourceAsync(cluster, 24, 16);
        var pause = cluster.Log.PauseAt(context => context.Step == 7);
        await DirectRuns.StartAsync(cluster, source, "shown", 7, model: "test");
        await pause.ReachedAsync();
        PlanarImage? preview = null;
        await foreach (var (glimpse, file) in cluster.Client("shown").Run("shown/1").PreviewsAsync())
        {
            Assert.Equal((24, 16), (glimpse.Preview!.Width, glimpse.Preview.Height));
            // Of step 6: the newest one before the step that stands still.
            preview ??= new ImageDecoder(new ImagingOptions()).Decode(file);
            pause.End();
        }

        var result = (await DirectRuns.EndAsync(cluster, "shown")).Result!;
        Assert.Equal((await DirectRuns.RestoreAsync(without, await DirectRuns.SourceAsync(without, 24, 16), "plain", 7, model: "test")).Hash, result.Hash);
        // Each step brightens by a known amount, so a preview lies between the input and the result.
        var (from, shown, to) = (await MeanAsync(cluster, source), Mean(preview!), await MeanAsync(cluster, result));
        Assert.InRange(shown, from + (0.2 * (to - from)), to - (0.05 * (to - from)));
    }

    [Fact]
    public async Task Previews_OfARunAtHalfStrength_LeaveItsSourceAsItIs()
    {
        await using var cluster = await StartAsync(previewEverySteps: 3);
        await using var without = await StartAsync(previewEverySteps: 0);
        var half = new RestorationSettings(Strength: 0.5, Seed: 7);
        Assert.Equal(await HashAsync(without), await HashAsync(cluster));

        async Task<string> HashAsync(DarkroomTestCluster on)
        {
            var client = on.Client();
            var session = await client.OpenSessionAsync(await client.UploadAsync(TestPictures.Png(TestPictures.Slope(100, 70))));
            return (await session.RestoreAsync(settings: half)).Run!.Result!.Hash;
        }
    }

    [Fact]
    public async Task Preview_OfSeveralTiles_HasTheFinishedOnesAndFitsTheLongestSide()
    {
        await using var cluster = await StartAsync(previewEverySteps: 5);
        var source = await DirectRuns.SourceAsync(cluster, 600, 20);
        // After the last preview that there will be.
        var pause = cluster.Log.PauseAt(context => context is { Tile: 24, Step: 7 });
        await DirectRuns.StartAsync(cluster, source, "wide", 7, model: "test");
        await pause.ReachedAsync();
        PlanarImage? preview = null;
        await foreach (var (glimpse, file) in cluster.Client("wide").Run("wide/1").PreviewsAsync())
        {
            if (glimpse.Tile < 24)
                continue;
            preview = new ImageDecoder(new ImagingOptions()).Decode(file);
            // That one, and the one before it.
            Assert.InRange((await PreviewBlobsAsync(cluster, "wide")).Count, 1, 2);
            pause.End();
        }

        Assert.Equal(512, preview!.Width);
        await Eventually.TrueAsync(async () => (await PreviewBlobsAsync(cluster, "wide")).Count == 0, "the previews are deleted with the run's checkpoints");
        var result = await TestPictures.ReadAsync(cluster.Contents, (await DirectRuns.EndAsync(cluster, "wide")).Result!.Hash);
        // The first tile was finished long before the last preview was drawn.
        var (shown, restored) = (preview.Row(0, 4).ToArray().Take(16).Average(), result.Row(0, 5).ToArray().Take(19).Average());
        Assert.Equal(restored, shown, 0.03);
    }

    [Fact]
    public async Task Preview_OfTilesOfOneStep_HasTheFinishedOnes()
    {
        await using var cluster = await StartAsync(previewEverySteps: 2);
        var source = await DirectRuns.SourceAsync(cluster, 100, 20);
        // Two tiles are finished then, and the third one is under way.
        var pause = cluster.Log.PauseAt(context => context is { Tile: 2, Step: 0 });
        await DirectRuns.StartAsync(cluster, source, "short", 7, steps: 1, model: "test");
        await pause.ReachedAsync();
        PlanarImage? preview = null;
        await foreach (var (glimpse, file) in cluster.Client("short").Run("short/1").PreviewsAsync())
        {
            preview ??= new ImageDecoder(new ImagingOptions()).Decode(file);
            Assert.InRange(glimpse.Tile, 2, glimpse.TileCount);
            pause.End();
        }

        Assert.Equal((100, 20), (preview!.Width, preview.Height));
    }

    [Fact]
    public async Task Preview_ThatCannotBeStored_TheRunEndsAllTheSame()
    {
        await using var cluster = await StartAsync(previewEverySteps: 3);
        var source = await DirectRuns.SourceAsync(cluster, 24, 16);
        cluster.Blobs.FailNext(3, "write", "content/");
        await DirectRuns.StartAsync(cluster, source, "run", 7, model: "test");
        var ended = await DirectRuns.EndAsync(cluster, "run");

        Assert.Equal(3, cluster.Blobs.FailureCount);
        Assert.Equal((RunStage.Completed, 1), (ended.Stage, ended.Attempt));
    }

    [Fact]
    public async Task Ledger_OfARunThatWasTakenUp_TellsEachStretchWithItsSeed()
    {
        await using var cluster = await DarkroomTestCluster.StartAsync(silos: 3);
        var source = await DirectRuns.SourceAsync(cluster, 24, 16);
        var pause = cluster.Log.PauseAt(context => context.Step == 5);
        await DirectRuns.StartAsync(cluster, source, "run", 7, model: "test");
        var dead = await pause.ReachedAsync();
        await cluster.KillAsync(dead, pause);
        var ended = await DirectRuns.EndAsync(cluster, "run");
        var ledger = await cluster.Client("run").Run("run/1").GetLedgerAsync();

        Assert.Equal(ended.Attempt, ledger[^1].Attempt);
        Assert.All(ledger, entry => Assert.Equal((7UL, TestPipeline.DefaultSteps, ended.ModelHash), (entry.Seed, entry.StepCount, entry.ModelHash)));
        Assert.Equal((0, 0, 4), (ledger[0].Tile, ledger[0].Step, ledger[^1].Step));
        Assert.NotEqual(ledger[0].Device, ledger[^1].Device);
    }

    private static async Task<List<string>> PreviewBlobsAsync(DarkroomTestCluster cluster, string name)
    {
        var names = new List<string>();
        await foreach (var blob in cluster.Blobs.ListAsync($"runs/{name}/1/content/"))
            names.Add(blob.Name);
        return names;
    }

    private static Task<DarkroomTestCluster> StartAsync(int previewEverySteps) => DarkroomTestCluster.StartAsync(
        configure: services => services.PostConfigure<RunOptions>(options => options.PreviewEverySteps = previewEverySteps));

    private static async Task<double> MeanAsync(DarkroomTestCluster cluster, ImageRef image) =>
        Mean(await TestPictures.ReadAsync(cluster.Contents, image.Hash));

    private static double Mean(PlanarImage picture) => picture.Pixels.Average(value => (double)value);
}
