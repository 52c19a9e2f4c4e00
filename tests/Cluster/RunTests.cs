using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Images;
using Darkroom.Contracts.Runs;
using Darkroom.Grains.Devices;
using Darkroom.Grains.Runs;
using Darkroom.Imaging;
using Darkroom.Tests.Cluster.Support;

namespace Darkroom.Tests.Cluster;

public sealed class RunTests : IAsyncLifetime
{
    private DarkroomTestCluster cluster = null!;

    public async ValueTask InitializeAsync() => cluster = await DarkroomTestCluster.StartAsync();

    public ValueTask DisposeAsync() => cluster.DisposeAsync();

    [Fact]
    public async Task Start_SaidTwice_RunsOnce()
    {
        var (run, request) = await NewRunAsync();
        await Task.WhenAll(run.StartAsync(request, default), run.StartAsync(request, default));
        await EndAsync(run);
        var status = await run.StartAsync(request, default);

        Assert.Equal(RunStage.Completed, status.Stage);
        Assert.Equal(TestPipeline.DefaultSteps, cluster.Log.Steps.Count);
        Assert.Equal(1, status.Attempt);
    }

    [Fact]
    public async Task Start_SameIdOtherRequest_IsAConflict()
    {
        var (run, request) = await NewRunAsync();
        await run.StartAsync(request, default);
        await Assert.ThrowsAsync<RunConflictException>(() => run.StartAsync(request with { Words = "other" }, default));
        await EndAsync(run);
    }

    [Fact]
    public async Task Status_OfNoRun_IsNotFound()
    {
        var run = cluster.Grains.GetGrain<IRunGrain>("acme/none");
        await Assert.ThrowsAsync<RunNotFoundException>(() => run.GetStatusAsync(default));
        await Assert.ThrowsAsync<RunNotFoundException>(() => run.CancelAsync(default));
    }

    [Fact]
    public async Task Cancel_MidRun_StopsBeforeTheNextStepAndFreesTheDevice()
    {
        var pause = cluster.Log.PauseAt(context => context.Step == 3);
        var (run, request) = await NewRunAsync();
        await run.StartAsync(request, default);
        await pause.ReachedAsync();
        var status = await run.CancelAsync(default);
        pause.End();

        Assert.Equal(RunStage.Cancelled, status.Stage);
        await Eventually.TrueAsync(() => cluster.Service<WorkspaceStore>().Count == 0, "the workspace is freed");
        Assert.Equal(RunStage.Cancelled, (await run.CancelAsync(default)).Stage);
        await Eventually.TrueAsync(() => cluster.Log.Steps.Count == 4, "the step that was under way has ended");
        Assert.Equal(RunStage.Cancelled, (await run.StartAsync(request, default)).Stage);
        Assert.Equal(4, cluster.Log.Steps.Count);
    }

    [Fact]
    public async Task Strength_Zero_GivesTheInputItself()
    {
        var (run, request) = await NewRunAsync(new RestorationSettings(Strength: 0));
        await run.StartAsync(request, default);
        var status = await EndAsync(run);

        Assert.Equal(request.Source, status.Result);
        Assert.Empty(cluster.Log.Steps);
    }

    [Fact]
    public async Task Strength_Half_LiesMidway()
    {
        var input = TestPictures.Slope();
        var full = await RestoreAsync(input, new RestorationSettings(Strength: 1));
        var half = await RestoreAsync(input, new RestorationSettings(Strength: 0.5));

        const float EightBitRounding = 1.01f / 255;
        Assert.True(full.Pixels[0] > input.Pixels[0] + 0.02f, "the pipeline brightens");
        for (var i = 0; i < input.Pixels.Length; i++)
            Assert.Equal((input.Pixels[i] + full.Pixels[i]) / 2, half.Pixels[i], EightBitRounding);
    }

    [Fact]
    public async Task Region_Box_ChangesNothingOutside()
    {
        var input = TestPictures.Slope(60, 40);
        var result = await RestoreAsync(input, new RestorationSettings(Region: new RestorationRegion(Box: new RegionBox(20, 10, 20, 16), Feather: 4)));

        for (var i = 0; i < input.Pixels.Length; i++)
        {
            var (x, y) = (i % 60, i / 60 % 40);
            if (x is < 20 or >= 40 || y is < 10 or >= 26)
                Assert.Equal(input.Pixels[i], result.Pixels[i]);
        }

        Assert.True(result.Pixels[(18 * 60) + 30] > input.Pixels[(18 * 60) + 30] + 0.02f, "the middle of the region is brightened");
    }

    [Fact]
    public async Task Region_Mask_ChangesWhatIsWhite()
    {
        var input = TestPictures.Slope(60, 40);
        var mask = new PlanarImage(60, 40, isGrey: true);
        for (var y = 0; y < 40; y++)
            mask.Row(0, y)[30..].Fill(1);
        var hash = await cluster.Client().UploadAsync(TestPictures.Png(mask));
        var full = await RestoreAsync(input, new RestorationSettings());
        var result = await RestoreAsync(input, new RestorationSettings(Region: new RestorationRegion(hash, Feather: 0)));

        for (var i = 0; i < input.Pixels.Length; i++)
            Assert.Equal(i % 60 < 30 ? input.Pixels[i] : full.Pixels[i], result.Pixels[i]);
    }

    [Theory]
    [InlineData(10, 1f, "The mask has 10 x 40 pixels; the picture has 60 x 40")]
    [InlineData(60, 0f, "black everywhere")]
    public async Task Region_MaskThatDoesNotFit_FailsTheRunWithTheReason(int width, float value, string cause)
    {
        var mask = new PlanarImage(width, 40, isGrey: true);
        mask.Pixels.AsSpan().Fill(value);
        var hash = await cluster.Client().UploadAsync(TestPictures.Png(mask));
        var (run, request) = await NewRunAsync(new RestorationSettings(Region: new RestorationRegion(hash)), TestPictures.Slope(60, 40));
        await run.StartAsync(request, default);
        var status = await EndAsync(run);

        Assert.Equal((RunStage.Failed, RunErrorCode.InvalidRequest), (status.Stage, status.Error?.Code));
        Assert.Contains(cause, status.Error!.Message, StringComparison.Ordinal);
        Assert.Empty(cluster.Log.Steps);
    }

    [Fact]
    public async Task Restore_LargerThanATile_IsSeamless()
    {
        var input = TestPictures.Slope(100, 70);
        var result = await RestoreAsync(input, new RestorationSettings());

        Assert.Equal((100, 70), (result.Width, result.Height));
        Assert.True(cluster.Log.Steps.Select(step => step.Tile).Distinct().Count() > 1, "there are several tiles");
        // Every tile is brightened by the same amount, so the blend must be too.
        const float EightBitRounding = 1.01f / 255;
        var amount = result.Pixels[0] - input.Pixels[0];
        for (var i = 0; i < input.Pixels.Length; i++)
            Assert.Equal(input.Pixels[i] + amount, result.Pixels[i], EightBitRounding);
    }

    [Fact]
    public async Task Restore_GreySixteenBitWithAlpha_KeepsAllThree()
    {
        var input = TestPictures.Slope(20, 20, isGrey: true, bitDepth: 16);
        input.Alpha = [.. Enumerable.Range(0, 400).Select(i => i / 400f)];
        var result = await RestoreAsync(input, new RestorationSettings());

        Assert.True(result.IsGrey);
        Assert.Equal(16, result.BitDepth);
        const float SixteenBitRounding = 1f / 65535;
        for (var i = 0; i < 400; i++)
            Assert.Equal(input.Alpha[i], result.Alpha![i], SixteenBitRounding);
    }

    [Fact]
    public async Task Watch_FromStartToEnd_NeverFallsAndEndsAtOne()
    {
        var (run, request) = await NewRunAsync();
        await run.StartAsync(request, default);
        var glimpses = new List<RunProgress>();
        await foreach (var glimpse in run.WatchAsync(default))
            glimpses.Add(glimpse);

        Assert.Equal(glimpses.Select(glimpse => glimpse.Fraction).Order(), glimpses.Select(glimpse => glimpse.Fraction));
        Assert.Equal((RunStage.Completed, 1.0), (glimpses[^1].Stage, glimpses[^1].Fraction));
        Assert.Equal("The image is dark. No, there are no rain streaks. Yes, there is noise.", glimpses[^1].Description);
    }

    [Fact]
    public async Task Watch_SlowStep_ShowsProgressMeanwhile()
    {
        var pause = cluster.Log.PauseAt(context => context.Step == 0);
        var (run, request) = await NewRunAsync();
        await run.StartAsync(request, default);
        await pause.ReachedAsync();
        var seen = 0;
        await foreach (var glimpse in run.WatchAsync(default))
        {
            if (glimpse.Stage == RunStage.Stepping && ++seen == 3)
                pause.End();
        }

        Assert.True(seen >= 3, "a step that takes long is told of again and again");
    }

    [Fact]
    public async Task Run_GuidanceThatTheModelLacks_FailsWithTheReason()
    {
        var (run, request) = await NewRunAsync(new RestorationSettings(GuidanceScale: 7.5));
        await run.StartAsync(request, default);
        var error = (await EndAsync(run)).Error!;

        Assert.Equal(RunErrorCode.InvalidRequest, error.Code);
        Assert.Contains("7.5", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_SettingsOutOfRange_IsRefusedAtOnce()
    {
        var (run, request) = await NewRunAsync(new RestorationSettings(Strength: 2));
        await Assert.ThrowsAsync<InvalidRequestException>(() => run.StartAsync(request, default));
        await Assert.ThrowsAsync<RunNotFoundException>(() => run.GetStatusAsync(default));
    }

    [Fact]
    public async Task Run_UnknownModel_FailsAndNamesTheKnownOnes()
    {
        var (run, request) = await NewRunAsync();
        await run.StartAsync(request with { Model = "nonesuch" }, default);
        var error = (await EndAsync(run)).Error!;

        Assert.Equal(RunErrorCode.ModelNotFound, error.Code);
        Assert.Contains("nonesuch", error.Message, StringComparison.Ordinal);
        Assert.Contains("other, test", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_PictureThatIsMissing_FailsWithTheReason()
    {
        var (run, request) = await NewRunAsync();
        await run.StartAsync(request with { Source = request.Source with { Hash = new string('0', 64) } }, default);
        Assert.Equal(RunErrorCode.InvalidImage, (await EndAsync(run)).Error!.Code);
    }

    [Fact]
    public async Task Run_WhenItHasEnded_LeavesNoCheckpoints()
    {
        var (run, request) = await NewRunAsync();
        await run.StartAsync(request, default);
        await EndAsync(run);
        await Eventually.TrueAsync(
            () => !Directory.Exists(Path.Combine(cluster.Folder, "runs")) || Directory.GetFiles(Path.Combine(cluster.Folder, "runs"), "*", SearchOption.AllDirectories).Length == 0,
            "the checkpoints are deleted");
    }

    [Fact]
    public async Task Run_OneStep_WritesNoCheckpoint()
    {
        var checkpoints = 0;
        cluster.Blobs.Before = (operation, name) =>
        {
            if (operation == "write" && name.StartsWith("runs/", StringComparison.Ordinal))
                Interlocked.Increment(ref checkpoints);
        };
        var (run, request) = await NewRunAsync(new RestorationSettings(Steps: 1));
        await run.StartAsync(request, default);
        await EndAsync(run);
        Assert.Equal(0, checkpoints);
    }

    private async Task<(IRunGrain Run, RunRequest Request)> NewRunAsync(RestorationSettings? settings = null, PlanarImage? picture = null)
    {
        var file = TestPictures.Png(picture);
        var size = picture is null ? (24, 16) : (picture.Width, picture.Height);
        var hash = await cluster.Client().UploadAsync(file);
        var request = new RunRequest(
            new ImageRef(hash, size.Item1, size.Item2, "image/png", file.Length), RunKind.Restore, "", null, settings ?? new RestorationSettings());
        return (cluster.Grains.GetGrain<IRunGrain>(RunKey.Create("acme", Guid.NewGuid().ToString("N")).ToString()), request);
    }

    private static async Task<RunStatus> EndAsync(IRunGrain run)
    {
        await foreach (var _ in run.WatchAsync(default))
        {
            // To the end.
        }

        return await run.GetStatusAsync(default);
    }

    private async Task<PlanarImage> RestoreAsync(PlanarImage picture, RestorationSettings settings)
    {
        var (run, request) = await NewRunAsync(settings, picture);
        await run.StartAsync(request, default);
        var status = await EndAsync(run);
        Assert.Null(status.Error);
        return await TestPictures.ReadAsync(cluster.Contents, status.Result!.Hash);
    }
}
