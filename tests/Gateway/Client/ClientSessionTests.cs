using System.Net;
using Darkroom.Client.Http;
using Darkroom.Contracts.Runs;
using Darkroom.Contracts.Sessions;
using Darkroom.Tests.Cluster.Support;
using Darkroom.Tests.Gateway.Support;

namespace Darkroom.Tests.Gateway.Client;

/// <summary>The client library's sessions, runs and pictures against a real gateway.</summary>
public sealed class ClientSessionTests(GatewayApp app) : IClassFixture<GatewayApp>, IDisposable
{
    private readonly DarkroomHttpClient client = new(app.Address);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => client.Dispose();

    [Fact]
    public async Task Restore_OpenedWithAFile_GivesTheVersionAndItsFile()
    {
        var glimpses = new List<RunProgress>();
        using var picture = TestPictures.Png();
        var opened = await client.Sessions.OpenAsync(picture, new SessionOrder("by-client"), cancellationToken: Stop);

        var restored = await client.Sessions.RestoreAsync(opened.Session.Session, "<restore>", new RestorationSettings(Seed: ulong.MaxValue), new Heard<RunProgress>(glimpses), Stop);

        Assert.Equal(("by-client", 24), (opened.Session.Session, opened.Session.Source.Width));
        Assert.Null(opened.Reply);
        Assert.Equal(RunStage.Completed, restored.Run!.Stage);
        Assert.All(glimpses, glimpse => Assert.Equal(restored.Reply.RunId, glimpse.RunId));
        var (versions, stretches) = (await client.Sessions.ListVersionsAsync("by-client", Stop), await client.Runs.GetLedgerAsync(restored.Run.RunId, Stop));
        Assert.Equal(restored.Reply.VersionId, versions.CurrentVersionId);
        Assert.Equal(ulong.MaxValue, versions.Versions[^1].Settings.Seed);
        Assert.Equal(1, stretches[0].Attempt);
        using var file = new MemoryStream();
        await client.Images.DownloadAsync(restored.Run.Result!.Hash, file, Stop);
        Assert.Equal(restored.Run.Result.SizeBytes, file.Length);
        using var tiff = new MemoryStream();
        await client.Sessions.DownloadVersionAsync("by-client", versions.CurrentVersionId, tiff, "tiff", 16, Stop);
        Assert.Equal(16, new Imaging.Codecs.ImageDecoder(new Imaging.ImagingOptions()).Decode(tiff.ToArray()).BitDepth);
    }

    [Fact]
    public async Task Versions_UndoCheckoutCompareReplay_MakeATree()
    {
        var session = await OpenAsync();
        var first = (await client.Sessions.RestoreAsync(session, cancellationToken: Stop)).Reply.VersionId!;
        var second = (await client.Sessions.RestoreAsync(session, "<refine> brighter", new RestorationSettings(Seed: 3), cancellationToken: Stop)).Reply.VersionId!;

        Assert.Equal(first, (await client.Sessions.UndoAsync(session, cancellationToken: Stop)).CurrentVersionId);
        Assert.Equal(second, (await client.Sessions.CheckoutAsync(session, second, cancellationToken: Stop)).CurrentVersionId);
        var comparison = await client.Sessions.CompareAsync(session, first, second, Stop);
        Assert.Equal(first, comparison.CommonAncestorId);
        Assert.Contains(comparison.Differences, one => one.Name == "seed");
        var replay = await client.Sessions.ReplayAsync(session, first, seed: 9, cancellationToken: Stop);
        Assert.Equal(RunStage.Completed, (await client.Runs.WaitAsync(replay.RunId!, cancellationToken: Stop)).Stage);
        Assert.Equal([null, "v0", first, "v0"], (await client.Sessions.ListVersionsAsync(session, Stop)).Versions.Select(version => version.ParentId));
    }

    [Fact]
    public async Task Send_WithPictureAndMask_OpensTheSessionAndKeepsToTheMask()
    {
        using var picture = TestPictures.Png();
        using var mask = TestPictures.Png(TestPictures.Slope(isGrey: true));

        var reply = await client.Sessions.SendAsync("masked", new MessageOrder("<restore>", Rounds: 1) { Image = picture, Mask = mask, Feather = 3 }, cancellationToken: Stop);

        Assert.Equal(TurnOutcome.RunStarted, reply.Outcome);
        await client.Runs.WaitAsync(reply.RunId!, cancellationToken: Stop);
        var region = (await client.Sessions.ListVersionsAsync("masked", Stop)).Versions[^1].Settings.Region!;
        Assert.Equal((Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(mask.ToArray())), 3), (region.MaskHash, region.Feather));
    }

    [Fact]
    public async Task Watch_SessionThatIsDeleted_TellsAllInOrderAndEnds()
    {
        var session = await OpenAsync();
        await client.Sessions.SendAsync(session, "hello", cancellationToken: Stop);
        var notices = new List<SessionNotice>();

        await foreach (var notice in client.Sessions.WatchAsync(session, cancellationToken: Stop))
        {
            notices.Add(notice);
            if (notice.Event is { Kind: SessionEventKind.Answered })
                await client.Sessions.RestoreAsync(session, cancellationToken: Stop);
            if (notice.Event is { Kind: SessionEventKind.VersionReady })
                await client.Sessions.DeleteAsync(session, Stop);
        }

        var events = notices.Where(notice => notice.Event is not null).Select(notice => notice.Event!).ToList();
        Assert.Equal([SessionEventKind.Opened, SessionEventKind.Answered, SessionEventKind.RunStarted, SessionEventKind.VersionReady], events.Select(one => one.Kind));
        Assert.Equal([1, 2, 3, 4], events.Select(one => one.Sequence));
        Assert.All(notices, notice => Assert.True(notice.Event is null != notice.Progress is null));
        var missing = await Assert.ThrowsAsync<DarkroomHttpException>(() => client.Sessions.GetAsync(session, Stop));
        Assert.Equal((HttpStatusCode.NotFound, "urn:darkroom:problem:not-found", "not-found", false), (missing.Status, missing.Type, missing.Code, missing.IsTransient));
        Assert.NotEmpty(missing.Title);
        Assert.NotNull(missing.Detail);
    }

    [Fact]
    public async Task List_MoreThanAPage_GivesEachOnceNewestFirst()
    {
        using var picture = TestPictures.Png();
        var image = await client.Images.UploadAsync(picture, cancellationToken: Stop);
        for (var i = 0; i < 52; i++)
            await client.Sessions.OpenAsync(image.Hash, new SessionOrder($"listed-{i:00}"), cancellationToken: Stop);

        var names = new List<string>();
        await foreach (var session in client.Sessions.ListAsync(Stop))
            names.Add(session.Session);

        Assert.Equal(names.Distinct(), names);
        Assert.Equal(Enumerable.Range(0, 52).Select(i => $"listed-{i:00}").Reverse(), names.Where(name => name.StartsWith("listed-", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Runs_StartedAndCancelled_TellSo()
    {
        using var picture = TestPictures.Png();
        var image = await client.Images.UploadAsync(picture, cancellationToken: Stop);
        var pause = app.Log.PauseAt(row => row.Seed == 41);
        try
        {
            var run = await client.Runs.StartAsync(new RunOrder(image.Hash, Settings: new RestorationSettings(Seed: 41)), cancellationToken: Stop);
            await pause.ReachedAsync();
            await client.Runs.CancelAsync(run.RunId, Stop);
            pause.End();

            Assert.Equal(RunStage.Cancelled, (await client.Runs.WaitAsync(run.RunId, cancellationToken: Stop)).Stage);
            Assert.Equal(RunStage.Cancelled, (await client.Runs.GetAsync(run.RunId, Stop)).Stage);
        }
        finally
        {
            pause.End();
        }
    }

    [Fact]
    public async Task Restore_Cancelled_CancelsTheRun()
    {
        var session = await OpenAsync();
        using var cancel = new CancellationTokenSource();
        var pause = app.Log.PauseAt(row => row.Seed == 42);
        try
        {
            var restoring = client.Sessions.RestoreAsync(session, "<restore>", new RestorationSettings(Seed: 42), cancellationToken: cancel.Token);
            await pause.ReachedAsync();
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => restoring);
            pause.End();

            var events = client.Sessions.EventsAsync(session, cancellationToken: Stop);
            await foreach (var happened in events)
            {
                if (happened.Kind is SessionEventKind.RunCancelled or SessionEventKind.VersionReady)
                {
                    Assert.Equal(SessionEventKind.RunCancelled, happened.Kind);
                    break;
                }
            }
        }
        finally
        {
            pause.End();
        }
    }

    [Fact]
    public async Task Account_AllRoutes_AreRead()
    {
        var caller = await client.GetCallerAsync(Stop);
        var (usage, pipelines, checkpoints) = (await client.GetUsageAsync(Stop), await client.ListPipelinesAsync(Stop), await client.ListCheckpointsAsync(Stop));
        var cluster = await client.GetClusterAsync(Stop);

        Assert.Equal(("local", "operator", "Local"), (caller.Account, caller.Role, caller.Login));
        Assert.True(usage.Status.Limits.MaxConcurrentRuns > 0);
        Assert.NotEmpty(pipelines);
        Assert.Contains(checkpoints, checkpoint => checkpoint.IsDefault && checkpoint.Name == TestPipeline.ModelName);
        Assert.Equal("cpu:0", Assert.Single(Assert.Single(cluster.Silos).Devices).Device);
    }

    private async Task<string> OpenAsync()
    {
        using var picture = TestPictures.Png();
        return (await client.Sessions.OpenAsync(picture, cancellationToken: Stop)).Session.Session;
    }

    private sealed class Heard<T>(List<T> list) : IProgress<T>
    {
        public void Report(T value) => list.Add(value);
    }
}
