using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Runs;
using Darkroom.Contracts.Sessions;
using Darkroom.Tests.Cluster.Support;

namespace Darkroom.Tests.Cluster;

public sealed class SessionTests : IAsyncLifetime
{
    private DarkroomTestCluster cluster = null!;

    public async ValueTask InitializeAsync() => cluster = await DarkroomTestCluster.StartAsync();

    public ValueTask DisposeAsync() => cluster.DisposeAsync();

    [Fact]
    public async Task Dialogue_OfFigure1_IsAnsweredAsThere()
    {
        var session = await cluster.Client().OpenSessionAsync(TestPictures.Png());
        Assert.Equal("I'm ready!", (await session.SendAsync("Now I will show you an image, are you ready to answer some questions about it?")).Answer);
        Assert.Equal(
            "The image is dark. No, there are no rain streaks. Yes, there is noise.",
            (await session.SendAsync("Describe the quality and low-level appearance of the image.")).Answer);

        var restored = await session.RestoreAsync("<restore>");
        Assert.Equal("No problem, here is the restored image.", restored.Reply.Answer);
        Assert.Equal("The image is dark. No, there are no rain streaks. Yes, there is noise.", restored.Run!.Instruction);

        var refined = await session.RestoreAsync("I still think this image is dark, what is your opinion? <refine>");
        Assert.Equal("I think the image is dark. Here is the refined image.", refined.Reply.Answer);
        Assert.Equal("I still think this image is dark, what is your opinion?", refined.Run!.Instruction);

        Assert.Equal("Great! I'm glad I could help.", (await session.SendAsync("Now I am satisfied with this image.")).Answer);
        var versions = await session.ListVersionsAsync();
        Assert.Equal(["v0", "v1", "v2"], versions.Select(version => version.Id));
        Assert.Equal([null, "v0", "v1"], versions.Select(version => version.ParentId));
        Assert.Equal("v2", (await session.GetAsync()).CurrentVersionId);
        // The words of the dialogue are known to the restore run: the picture is looked at once.
        Assert.Equal(1, cluster.Log.DescribedCount);
    }

    [Fact]
    public async Task Restore_WithoutDialogue_AsksTheDescriberItself()
    {
        var session = await cluster.Client().OpenSessionAsync(TestPictures.Png());
        var restored = await session.RestoreAsync("<restore> keep the grain");

        Assert.Equal("The image is dark. No, there are no rain streaks. Yes, there is noise. keep the grain", restored.Run!.Instruction);
        var version = (await session.ListVersionsAsync())[1];
        Assert.Equal("The image is dark. No, there are no rain streaks. Yes, there is noise.", version.Description);
        Assert.Equal(("keep the grain", TestPipeline.ModelName, RunKind.Restore), (version.Instruction, version.Model, version.Kind));
    }

    [Fact]
    public async Task Send_SameTurnTwice_IsAnsweredTwiceAndDoneOnce()
    {
        var session = await cluster.Client().OpenSessionAsync(TestPictures.Png());
        var first = await session.SendAsync("<restore>", turnId: "turn-1");
        var second = await session.SendAsync("<restore>", turnId: "turn-1");
        await session.WaitAsync(first.RunId!);

        Assert.Equal(first, second);
        Assert.Equal(2, (await session.ListVersionsAsync()).Length);
        await Assert.ThrowsAsync<SessionConflictException>(() => session.SendAsync("<refine> darker", turnId: "turn-1"));
    }

    [Fact]
    public async Task Send_WhileARunIsUnderWay_IsRefusedUntilItEnds()
    {
        var pause = cluster.Log.PauseAt(_ => true);
        var session = await cluster.Client().OpenSessionAsync(TestPictures.Png());
        var first = await session.SendAsync("<restore>");
        await pause.ReachedAsync();
        var second = await session.SendAsync("<refine> brighter");
        pause.End();

        Assert.Equal(TurnOutcome.Refused, second.Outcome);
        await session.WaitAsync(first.RunId!);
        // Said right after the end of the run, before the session heard of it by itself.
        Assert.Equal(TurnOutcome.RunStarted, (await session.SendAsync("<refine> brighter")).Outcome);
    }

    [Fact]
    public async Task Branch_FromAnOldVersion_StartsFromItsPicture()
    {
        var session = await cluster.Client().OpenSessionAsync(TestPictures.Png());
        var first = await session.RestoreAsync("<restore>");
        var second = await session.RestoreAsync("<refine> brighter");
        await session.UndoAsync();
        Assert.Equal("v1", (await session.GetAsync()).CurrentVersionId);
        var again = await session.RestoreAsync("<refine> brighter");

        Assert.Equal(second.Run!.Result!.Hash, again.Run!.Result!.Hash);
        Assert.NotEqual(first.Run!.Result!.Hash, again.Run.Result.Hash);
        Assert.Equal("v1", (await session.ListVersionsAsync())[3].ParentId);
        await session.CheckoutAsync("v0");
        await Assert.ThrowsAsync<InvalidRequestException>(() => session.UndoAsync());
    }

    [Fact]
    public async Task Events_ReadFromAnySequence_HaveNoGap()
    {
        var session = await cluster.Client().OpenSessionAsync(TestPictures.Png());
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var live = Task.Run(() => ReadAsync(session, 1, 6, stop.Token));
        await session.SendAsync("hello");
        await session.RestoreAsync("<restore>");
        await session.UndoAsync();
        await session.SendAsync("thanks");

        var all = await live;
        Assert.Equal([1, 2, 3, 4, 5, 6], all.Select(happened => happened.Sequence));
        Assert.Equal(
            [SessionEventKind.Opened, SessionEventKind.Answered, SessionEventKind.RunStarted, SessionEventKind.VersionReady, SessionEventKind.CheckedOut, SessionEventKind.Answered],
            all.Select(happened => happened.Kind));
        for (var from = 1; from <= 6; from++)
            Assert.Equal(all.Skip(from - 1), await ReadAsync(session, from, 7 - from, stop.Token));
    }

    [Fact]
    public async Task Session_OfAnotherTenant_IsNotThere()
    {
        var mine = await cluster.Client("acme").OpenSessionAsync(TestPictures.Png(), "photo");
        var run = await mine.RestoreAsync("<restore>");
        var theirs = cluster.Client("evil").Session("photo");

        await Assert.ThrowsAsync<SessionNotFoundException>(() => theirs.GetAsync());
        await Assert.ThrowsAsync<SessionNotFoundException>(() => theirs.SendAsync("<restore>"));
        await Assert.ThrowsAsync<SessionNotFoundException>(() => theirs.ListVersionsAsync());
        await Assert.ThrowsAsync<RunNotFoundException>(() => theirs.WaitAsync(run.Run!.RunId));
        await Assert.ThrowsAsync<RunNotFoundException>(() => theirs.CancelAsync(run.Run!.RunId));
    }

    [Fact]
    public async Task Open_WhatIsNoPicture_SaysWhatIsAllowed()
    {
        var error = await Assert.ThrowsAsync<InvalidImageException>(
            () => cluster.Client().OpenSessionAsync(new MemoryStream("hello, I am no picture"u8.ToArray())));
        Assert.Contains("PNG", error.Message, StringComparison.Ordinal);
        var whole = TestPictures.Png(TestPictures.Slope(200, 200)).ToArray();
        error = await Assert.ThrowsAsync<InvalidImageException>(
            () => cluster.Client().OpenSessionAsync(new MemoryStream(whole[..(whole.Length / 2)])));
        Assert.Contains("truncated", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidImageException>(() => cluster.Client().OpenSessionAsync(new string('0', 64)));
    }

    [Fact]
    public async Task Restore_DamagedPicture_FailsWithTheReason()
    {
        var file = TestPictures.Tiff(TestPictures.Slope(200, 200)).ToArray();
        Array.Fill(file, (byte)0x55, 8, 100);   // where the compressed pixels begin: the header is sound, and no decoder reads on
        var session = await cluster.Client().OpenSessionAsync(new MemoryStream(file));
        var run = (await session.RestoreAsync()).Run!;

        Assert.Equal(RunErrorCode.InvalidImage, run.Error!.Code);
        Assert.Equal(VersionState.Failed, (await session.ListVersionsAsync())[1].State);
        Assert.Equal("v0", (await session.GetAsync()).CurrentVersionId);
        Assert.Equal(TurnOutcome.Answered, (await session.SendAsync("hello")).Outcome);
    }

    [Fact]
    public async Task Open_SamePictureTwice_IsOneSessionAndAnotherPictureAConflict()
    {
        var client = cluster.Client();
        await client.OpenSessionAsync(TestPictures.Png(), "photo");
        var again = await client.OpenSessionAsync(TestPictures.Png(), "photo");
        Assert.Equal(1, (await again.GetAsync()).LastSequence);
        await Assert.ThrowsAsync<SessionConflictException>(() => client.OpenSessionAsync(TestPictures.Png(TestPictures.Slope(8, 8)), "photo"));
    }

    [Fact]
    public async Task Restore_CancelledByItsCaller_EndsCancelled()
    {
        using var stop = new CancellationTokenSource();
        var pause = cluster.Log.PauseAt(_ => true);
        var session = await cluster.Client().OpenSessionAsync(TestPictures.Png());
        var restoring = session.RestoreAsync(cancellationToken: stop.Token);
        await pause.ReachedAsync();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => restoring);
        pause.End();

        Assert.Equal(VersionState.Cancelled, (await session.ListVersionsAsync())[1].State);
    }

    [Fact]
    public async Task Describe_ModelWithoutDescriber_SaysSo()
    {
        var session = await cluster.Client().OpenSessionAsync(TestPictures.Png(), model: "other");
        var reply = await session.SendAsync("Describe the image");
        Assert.Equal((TurnOutcome.Refused, "The model in use cannot describe images; write <refine> with your own words."), (reply.Outcome, reply.Answer));
    }

    private static async Task<List<SessionEvent>> ReadAsync(Client.RestorationSession session, long from, int count, CancellationToken cancellationToken)
    {
        var events = new List<SessionEvent>();
        await foreach (var happened in session.EventsAsync(from, cancellationToken))
        {
            events.Add(happened);
            if (events.Count == count)
                break;
        }

        return events;
    }
}
