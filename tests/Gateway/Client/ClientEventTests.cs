using System.Net;
using Darkroom.Client.Http;
using Darkroom.Contracts.Jobs;
using Darkroom.Contracts.Runs;
using Darkroom.Tests.Cluster.Support;
using Darkroom.Tests.Gateway.Support;

namespace Darkroom.Tests.Gateway.Client;

/// <summary>Event streams of the client library over connections that break.</summary>
public sealed class ClientEventTests : IClassFixture<GatewayApp>, IDisposable
{
    private readonly FaultyHandler faults = new();
    private readonly HurriedTime time = new();
    private readonly GatewayApp app;
    private readonly HttpClient http;
    private readonly DarkroomHttpClient client;

    public ClientEventTests(GatewayApp app)
    {
        this.app = app;
        http = new HttpClient(faults) { BaseAddress = app.Address };
        client = new DarkroomHttpClient(http, time: time);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        client.Dispose();
        http.Dispose();
    }

    [Theory]
    [InlineData(Ending.Broken)]
    [InlineData(Ending.Quiet)]
    public async Task Events_StreamThatBreaksAgainAndAgain_AreToldOnceEachWithoutAGap(Ending ending)
    {
        var session = await TalkAsync(messages: 8);
        var opened = 0;
        // Enough for an event or two; some cuts go through the middle of one.
        faults.After = (response, _) => IsStream(response) ? FaultyHandler.Cut(response, 600 + (opened++ * 97), ending) : response;

        var seen = await TakeAsync(session, 9);

        Assert.Equal(Enumerable.Range(1, 9).Select(number => (long)number), seen);
        var streams = faults.Sent.Where(sent => sent.Path.EndsWith("/events", StringComparison.Ordinal)).ToList();
        Assert.True(streams.Count > 2, $"{streams.Count} streams were opened");
        Assert.Null(streams[0].LastEventId);
        Assert.Equal(streams.Skip(1).Select(sent => long.Parse(sent.LastEventId ?? "0", System.Globalization.CultureInfo.InvariantCulture)).Order(), streams.Skip(1).Select(sent => long.Parse(sent.LastEventId ?? "0", System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Contains(streams, sent => sent.LastEventId is not null);
    }

    [Fact]
    public async Task Events_FromANumber_BeginThere()
    {
        var session = await TalkAsync(messages: 4);

        Assert.Equal([3, 4, 5], await TakeAsync(session, 3, from: 3));
    }

    [Fact]
    public async Task Events_StreamThatFallsSilent_IsOpenedAgain()
    {
        var session = await TalkAsync(messages: 2);
        using var patient = new DarkroomHttpClient(http, options: new DarkroomHttpOptions { StreamSilence = TimeSpan.FromSeconds(0.2) });
        faults.After = (response, number) => IsStream(response) && faults.Sent.Count(sent => sent.Path.EndsWith("/events", StringComparison.Ordinal)) == 1
            ? FaultyHandler.Cut(response, 400, Ending.Silent)
            : response;

        var seen = new List<long>();
        await foreach (var happened in patient.Sessions.EventsAsync(session, cancellationToken: Stop))
        {
            seen.Add(happened.Sequence);
            if (seen.Count == 3)
                break;
        }

        Assert.Equal([1, 2, 3], seen);
    }

    [Fact]
    public async Task Events_ServerThatIsAwayForAWhile_IsWaitedForAsItSays()
    {
        var session = await TalkAsync(messages: 1);
        var refusals = 0;
        faults.Instead = (_, _) => ++refusals <= 3 ? FaultyHandler.Problem(HttpStatusCode.ServiceUnavailable, "storage-failed", retryAfter: 7) : null;

        Assert.Equal([1, 2], await TakeAsync(session, 2));

        Assert.Equal(3, time.Waits.Count(wait => wait == TimeSpan.FromSeconds(7)));
    }

    [Fact]
    public async Task Events_NoSuchSession_IsTheProblem()
    {
        var error = await Assert.ThrowsAsync<DarkroomHttpException>(() => TakeAsync("nobody", 1));

        Assert.Equal(HttpStatusCode.NotFound, error.Status);
        Assert.Single(faults.Sent);
    }

    [Theory]
    [InlineData("id: 2\nevent: answered\ndata: {}\n\n")]
    [InlineData("id: 1\nevent: answered\ndata: <html>\n\n")]
    [InlineData("id: one\nevent: answered\ndata: {}\n\n")]
    [InlineData("event: progress\ndata: {\"runId\": \"x\"}\n\n")]
    public async Task Events_Damaged_AreReadAgainAndThenAProblem(string text)
    {
        faults.Instead = (_, _) => FaultyHandler.Answer(HttpStatusCode.OK, "event: ping\ndata: {}\n\n" + text, "text/event-stream");

        var error = await Assert.ThrowsAsync<DarkroomHttpException>(() => TakeAsync("any", 1));

        Assert.Equal("damaged-answer", error.Code);
        Assert.Equal(3, faults.Sent.Count);
    }

    [Fact]
    public async Task Events_WhatThisClientDoesNotKnow_IsPassedOver()
    {
        faults.Instead = (_, _) => FaultyHandler.Answer(HttpStatusCode.OK, "id: 1\nevent: invented\ndata: {\"kind\": \"invented\"}\n\nevent: deleted\ndata: {}\n\n", "text/event-stream");

        Assert.Empty(await TakeAsync("any", 1));
    }

    [Fact]
    public async Task Events_ServerThatStaysAway_FailsAfterTheOutage()
    {
        using var impatient = new DarkroomHttpClient(http, options: new DarkroomHttpOptions
        {
            FirstWait = TimeSpan.FromMilliseconds(1), LongestWait = TimeSpan.FromMilliseconds(5), StreamOutage = TimeSpan.FromMilliseconds(50),
        });
        faults.Instead = (_, _) => throw new HttpRequestException("refused");

        var error = await Assert.ThrowsAsync<DarkroomHttpException>(async () => await impatient.Sessions.EventsAsync("any", cancellationToken: Stop).GetAsyncEnumerator(Stop).MoveNextAsync());

        Assert.Equal((null, "unreachable"), (error.Status, error.Code));
        Assert.IsType<HttpRequestException>(error.InnerException);
        Assert.True(faults.Sent.Count > 3);
    }

    [Fact]
    public async Task Wait_RunWhoseStreamBreaks_HearsTheEnd()
    {
        using var picture = TestPictures.Png();
        var image = await client.Images.UploadAsync(picture, cancellationToken: Stop);
        faults.After = (response, number) => IsStream(response) && number < 6 ? FaultyHandler.Cut(response, 40 * number) : response;

        var run = await client.Runs.StartAsync(new RunOrder(image.Hash), cancellationToken: Stop);

        Assert.Equal(RunStage.Completed, (await client.Runs.WaitAsync(run.RunId, cancellationToken: Stop)).Stage);
    }

    [Fact]
    public async Task Wait_JobWhoseStreamBreaks_HearsTheEnd()
    {
        faults.After = (response, number) => IsStream(response) && number < 5 ? FaultyHandler.Cut(response, 60 * number, Ending.Quiet) : response;

        var job = await client.Jobs.StartAsync([new JobFile("one.png", () => TestPictures.Png())], cancellationToken: Stop);

        Assert.Equal((JobStage.Completed, 1), await client.Jobs.WaitAsync(job.JobId, cancellationToken: Stop) is var ended ? (ended.Stage, ended.Completed) : default);
    }

    [Fact]
    public async Task Events_CallerWhoLeaves_IsCancelled()
    {
        var session = await TalkAsync(messages: 0);
        using var leave = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in client.Sessions.EventsAsync(session, cancellationToken: leave.Token))
                await leave.CancelAsync();
        });
    }

    private static bool IsStream(HttpResponseMessage response) => response.Content.Headers.ContentType?.MediaType == "text/event-stream";

    private async Task<string> TalkAsync(int messages)
    {
        var session = await app.Http.OpenAsync();
        for (var i = 0; i < messages; i++)
            await app.Http.SayAsync(session, "hello").JsonAsync();
        return session;
    }

    private async Task<List<long>> TakeAsync(string session, int count, long from = 1)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        timeout.CancelAfter(TimeSpan.FromSeconds(60));
        var seen = new List<long>();
        await foreach (var happened in client.Sessions.EventsAsync(session, from, timeout.Token))
        {
            seen.Add(happened.Sequence);
            if (seen.Count == count)
                break;
        }

        return seen;
    }
}
