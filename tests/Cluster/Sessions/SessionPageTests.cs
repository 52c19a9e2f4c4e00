using Darkroom.Client;
using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Sessions;
using Darkroom.Grains.Sessions;
using Darkroom.Tests.Cluster.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Darkroom.Tests.Cluster.Sessions;

public sealed class SessionPageTests
{
    private const int PageSize = 4;

    [Fact]
    public async Task Events_OfALongHistory_AreOnPagesAndReadFromAnySequenceWithoutAGap()
    {
        await using var cluster = await StartAsync();
        var session = await cluster.Client().OpenSessionAsync(TestPictures.Png(), "photo");
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        const int Count = 30;
        var live = Task.Run(() => ReadAsync(session, 1, Count, timeout.Token));
        var replies = new List<TurnReply>();
        for (var i = 2; i <= Count; i++)
            replies.Add(await session.SendAsync($"hello number {i}", turnId: $"turn-{i}"));

        Assert.Equal(Enumerable.Range(1, Count), (await live).Select(happened => (int)happened.Sequence));
        Assert.Equal(6, await PagesAsync(cluster));
        foreach (var from in new[] { 1, 2, 4, 5, 23, 24, 25, 30 })
            Assert.Equal((await live).Skip(from - 1), await ReadAsync(session, from, Count - from + 1, timeout.Token));
        // A turn whose event is on a page is still answered the same.
        Assert.Equal(replies[0], await session.SendAsync("hello number 2", turnId: "turn-2"));
        await Assert.ThrowsAsync<SessionConflictException>(() => session.SendAsync("good bye", turnId: "turn-2"));
    }

    [Fact]
    public async Task Reader_WhoseSiloDies_MissesNothing()
    {
        await using var cluster = await StartAsync(silos: 2);
        var session = await cluster.Client().OpenSessionAsync(TestPictures.Png(), "photo");
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        const int Count = 40;
        var live = Task.Run(() => ReadAsync(session, 1, Count, timeout.Token));
        for (var i = 2; i <= Count; i++)
        {
            await SendAsync(session, $"turn-{i}");
            if (i % 15 == 0)
            {
                await cluster.StartSiloAsync();
                await cluster.KillAsync(cluster.Silos[0].Name);
            }
        }

        var events = await live;
        Assert.Equal(Enumerable.Range(1, Count), events.Select(happened => (int)happened.Sequence));
        Assert.Equal(Enumerable.Range(2, Count - 1).Select(i => $"turn-{i}"), events.Skip(1).Select(happened => happened.TurnId));
    }

    [Fact]
    public async Task Page_ThatCannotBeWritten_IsWrittenLaterAndNothingIsLost()
    {
        await using var cluster = await StartAsync();
        var session = await cluster.Client().OpenSessionAsync(TestPictures.Png(), "photo");
        cluster.Blobs.FailNext(3, "write", "sessions/");
        for (var i = 2; i <= 20; i++)
            Assert.Equal(TurnOutcome.Answered, (await session.SendAsync("hello", turnId: $"turn-{i}")).Outcome);

        Assert.Equal(3, cluster.Blobs.FailureCount);
        Assert.Equal(4, await PagesAsync(cluster));
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        Assert.Equal(Enumerable.Range(1, 20), (await ReadAsync(session, 1, 20, timeout.Token)).Select(happened => (int)happened.Sequence));
    }

    [Fact]
    public async Task Page_ThatCannotBeRead_IsReadAgain()
    {
        await using var cluster = await StartAsync();
        var session = await cluster.Client().OpenSessionAsync(TestPictures.Png(), "photo");
        for (var i = 2; i <= 20; i++)
            await session.SendAsync("hello");
        cluster.Blobs.FailNext(2, "read", "sessions/");
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));

        Assert.Equal(Enumerable.Range(1, 20), (await ReadAsync(session, 1, 20, timeout.Token)).Select(happened => (int)happened.Sequence));
        Assert.Equal(2, cluster.Blobs.FailureCount);
    }

    [Fact]
    public async Task Turn_WhoseWriteIsDoneButReportedFailed_IsAnsweredTheSameWhenSaidAgain()
    {
        await using var cluster = await StartAsync();
        var session = await cluster.Client().OpenSessionAsync(TestPictures.Png(), "photo");
        var lost = 0;
        cluster.Blobs.LosesAcknowledgement = name => name.StartsWith("state/session/", StringComparison.Ordinal) && Interlocked.Increment(ref lost) == 1;
        await Assert.ThrowsAsync<StorageFailedException>(() => session.SendAsync("hello", turnId: "turn"));
        var reply = await session.SendAsync("hello", turnId: "turn");

        Assert.Equal((TurnOutcome.Answered, 2), (reply.Outcome, reply.Sequence));
        Assert.Equal(2, (await session.GetAsync()).LastSequence);
    }

    [Fact]
    public async Task Delete_ThatFailsHalfWay_IsFinishedByWhoeverComesNext()
    {
        await using var cluster = await StartAsync();
        var client = cluster.Client();
        var session = await client.OpenSessionAsync(TestPictures.Png(), "photo");
        for (var i = 2; i <= 20; i++)
            await session.SendAsync("hello");
        cluster.Blobs.FailNext(1, "delete", "sessions/");
        await Assert.ThrowsAsync<StorageFailedException>(() => session.Grain.DeleteAsync(CancellationToken.None));
        await Assert.ThrowsAsync<SessionNotFoundException>(() => session.GetAsync());

        var again = await client.OpenSessionAsync(TestPictures.Png(TestPictures.Slope(8, 8)), "photo");
        Assert.Equal(1, (await again.GetAsync()).LastSequence);
        Assert.Equal(0, await PagesAsync(cluster));
    }

    [Fact]
    public async Task Turns_MoreThanRemembered_AreRefusedWithTheSetting()
    {
        await using var cluster = await DarkroomTestCluster.StartAsync(configure: services => services.PostConfigure<SessionOptions>(options => options.MaxTurns = 2));
        var session = await cluster.Client().OpenSessionAsync(TestPictures.Png(), "photo");
        await session.SendAsync("hello", turnId: "a");
        await session.SendAsync("hello", turnId: "b");
        var refused = await session.SendAsync("hello", turnId: "c");

        Assert.Equal(TurnOutcome.Refused, refused.Outcome);
        Assert.Contains("Session:MaxTurns", refused.Answer, StringComparison.Ordinal);
        Assert.Equal(TurnOutcome.Answered, (await session.SendAsync("hello", turnId: "b")).Outcome);
    }

    private static Task<DarkroomTestCluster> StartAsync(short silos = 1) => DarkroomTestCluster.StartAsync(
        silos, configure: services => services.PostConfigure<SessionOptions>(options => options.PageSize = PageSize));

    private static async Task<int> PagesAsync(DarkroomTestCluster cluster)
    {
        var count = 0;
        await foreach (var _ in cluster.Blobs.ListAsync("sessions/acme/photo/"))
            count++;
        return count;
    }

    // As a client does whose call was lost with a silo: it says the same again, under the same id.
    private static async Task SendAsync(RestorationSession session, string turnId)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                await session.SendAsync("hello", turnId: turnId);
                return;
            }
            catch (Exception error) when (error is not SessionConflictException && tries < 100)
            {
                await Task.Delay(20, CancellationToken.None);
            }
        }
    }

    private static async Task<List<SessionEvent>> ReadAsync(RestorationSession session, long from, int count, CancellationToken cancellationToken)
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
