using System.Net;
using Darkroom.Client.Http;
using Darkroom.Contracts.Runs;
using Darkroom.Tests.Cluster.Support;
using Darkroom.Tests.Gateway.Support;

namespace Darkroom.Tests.Gateway.Client;

/// <summary>Calls of the client library that fail: what is tried again, how often and when, and what the caller hears.</summary>
public sealed class ClientFaultTests : IClassFixture<GatewayApp>, IDisposable
{
    private readonly FaultyHandler faults = new();
    private readonly HurriedTime time = new();
    private readonly GatewayApp app;
    private readonly HttpClient http;
    private readonly DarkroomHttpClient client;

    public ClientFaultTests(GatewayApp app)
    {
        this.app = app;
        http = new HttpClient(faults) { BaseAddress = app.Address };
        client = new DarkroomHttpClient(http, "some-key", time: time);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        client.Dispose();
        http.Dispose();
    }

    [Fact]
    public async Task Post_WhoseAnswersAreLost_IsDoneOnce()
    {
        var session = await app.Http.OpenAsync();
        // The server does it each time; its first answers come to nothing in different ways.
        faults.After = (response, number) => number switch
        {
            1 => throw new HttpRequestException("The connection was reset."),
            2 => FaultyHandler.Problem(HttpStatusCode.BadGateway, "proxy"),
            3 => FaultyHandler.Cut(response, 20),
            _ => response,
        };

        var reply = await client.Sessions.SendAsync(session, "hello", cancellationToken: Stop);

        Assert.Equal(2, reply.Sequence);
        Assert.Equal(2, (await client.Sessions.GetAsync(session, Stop)).LastSequence);
        Assert.Single(faults.Sent.Where(sent => sent.Method == "POST").Select(sent => sent.Key).Distinct(), key => key is { Length: 32 });
        Assert.Equal(4, faults.Sent.Count(sent => sent.Method == "POST"));
        Assert.All(faults.Sent, sent => Assert.Equal("Bearer some-key", sent.Authorization));
    }

    [Fact]
    public async Task Undo_WhoseAnswerIsLost_GoesBackOnce()
    {
        var session = await app.Http.OpenAsync();
        var first = await app.Http.RestoreAsync(session);
        await app.Http.RestoreAsync(session);
        faults.After = (response, number) => number < 3 ? throw new HttpRequestException("The connection was reset.") : response;

        Assert.Equal(first, (await client.Sessions.UndoAsync(session, cancellationToken: Stop)).CurrentVersionId);
    }

    [Fact]
    public async Task Upload_WhoseAnswerIsLost_IsSentAgainFromWhereItStood()
    {
        var file = TestPictures.Png().ToArray();
        using var stream = new MemoryStream([1, 2, 3, .. file]);
        stream.Position = 3;
        faults.Instead = (_, number) => number == 1 ? FaultyHandler.Problem(HttpStatusCode.ServiceUnavailable, "storage-failed") : null;
        faults.After = (response, number) => number == 2 ? throw new HttpRequestException("The connection was reset.") : response;

        var image = await client.Images.UploadAsync(stream, cancellationToken: Stop);

        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(file)), image.Hash);
        Assert.Equal(3, faults.Sent.Count);
    }

    [Fact]
    public async Task Upload_StreamThatCannotGoBack_IsSentOnce()
    {
        using var stream = new ForwardOnly(TestPictures.Png());
        faults.After = (_, _) => throw new HttpRequestException("The connection was reset.");

        var error = await Assert.ThrowsAsync<DarkroomHttpException>(() => client.Images.UploadAsync(stream, cancellationToken: Stop));

        Assert.True(error.IsTransient);
        Assert.Single(faults.Sent);
    }

    [Fact]
    public async Task Upload_StreamThatCannotGoBackAndWasNotRead_IsSentStill()
    {
        using var stream = new ForwardOnly(TestPictures.Png());
        faults.Instead = (_, number) => number == 1 ? FaultyHandler.Problem(HttpStatusCode.TooManyRequests, "too-many-requests", retryAfter: 1) : null;

        Assert.Equal(24, (await client.Images.UploadAsync(stream, cancellationToken: Stop)).Width);
    }

    [Fact]
    public async Task Upload_FileThatCannotBeRead_IsTheFilesErrorAtOnce()
    {
        var job = client.Jobs.StartAsync([JobFile.FromPath("/nowhere/at/all.png")], cancellationToken: Stop);

        await Assert.ThrowsAsync<DirectoryNotFoundException>(() => job);
        Assert.Single(faults.Sent);
    }

    [Fact]
    public async Task Upload_FileOfAnyLength_IsSentWhileItIsRead()
    {
        // The file's second half comes only when the first is on its way.
        using var file = new Halves();
        faults.Instead = (request, _) =>
        {
            using var sink = new Sink(file.Release);
            request.Content!.CopyToAsync(sink, Stop).GetAwaiter().GetResult();
            return FaultyHandler.Answer(HttpStatusCode.Created, $$"""{"name": "x", "sizeBytes": {{sink.Count}}, "modifiedAt": "2026-01-01T00:00:00Z"}""");
        };

        Assert.Equal(2 * Halves.Bytes, (await client.Uploads.PutAsync("x", file, Stop)).SizeBytes);
    }

    [Fact]
    public async Task Key_SaidTwice_IsTheSameAnswerAndAnotherRequestUnderItIsRefused()
    {
        using var picture = TestPictures.Png();
        var image = await client.Images.UploadAsync(picture, cancellationToken: Stop);

        var first = await client.Runs.StartAsync(new RunOrder(image.Hash), "my-key", Stop);
        var again = await client.Runs.StartAsync(new RunOrder(image.Hash), "my-key", Stop);
        var other = await Assert.ThrowsAsync<DarkroomHttpException>(() => client.Runs.StartAsync(new RunOrder(image.Hash, RunKind.Refine, "brighter"), "my-key", Stop));

        Assert.Equal(first.RunId, again.RunId);
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "idempotency-key-reused"), (other.Status, other.Code));
        await client.Runs.WaitAsync(first.RunId, cancellationToken: Stop);
    }

    [Fact]
    public async Task Call_429_WaitsAsLongAsTheServerSays()
    {
        faults.Instead = (_, number) => number <= 2 ? FaultyHandler.Problem(HttpStatusCode.TooManyRequests, "too-many-requests", retryAfter: 9) : null;

        await client.GetCallerAsync(Stop);

        Assert.Equal([TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(9)], time.Waits);
    }

    [Fact]
    public async Task Call_429ForHours_IsTheCallersToWait()
    {
        faults.Instead = (_, _) => FaultyHandler.Problem(HttpStatusCode.TooManyRequests, "quota-exceeded", retryAfter: 7200);

        var error = await Assert.ThrowsAsync<DarkroomHttpException>(() => client.GetCallerAsync(Stop));

        Assert.Equal((HttpStatusCode.TooManyRequests, "quota-exceeded", "No.", "Because.", TimeSpan.FromHours(2)), (error.Status, error.Code, error.Title, error.Detail, error.RetryAfter));
        Assert.Single(faults.Sent);
    }

    [Fact]
    public async Task Call_503AgainAndAgain_WaitsLongerEachTimeAndThenFails()
    {
        faults.Instead = (_, _) => FaultyHandler.Problem(HttpStatusCode.ServiceUnavailable, "no-device");

        var error = await Assert.ThrowsAsync<DarkroomHttpException>(() => client.GetCallerAsync(Stop));

        Assert.Equal("no-device", error.Code);
        Assert.Equal(new DarkroomHttpOptions().Attempts, faults.Sent.Count);
        Assert.All(time.Waits.Select((wait, i) => wait / (TimeSpan.FromSeconds(0.25) * Math.Pow(2, i))), share => Assert.InRange(share, 0.5, 1));
        Assert.Equal(5, time.Waits.Count);
    }

    [Theory]
    [InlineData(HttpStatusCode.InternalServerError)]
    [InlineData(HttpStatusCode.Unauthorized)]
    [InlineData(HttpStatusCode.Redirect)]
    public async Task Call_AnswerThatWillStayTheSame_IsNotTriedAgain(HttpStatusCode status)
    {
        faults.Instead = (_, _) => FaultyHandler.Problem(status, "any");

        Assert.Equal(status, (await Assert.ThrowsAsync<DarkroomHttpException>(() => client.GetCallerAsync(Stop))).Status);
        Assert.Single(faults.Sent);
    }

    [Theory]
    [InlineData("""{"account": "a", "role": "user", "login": "Ke""", "application/json")]
    [InlineData("""{"account": "a", "role": "user"}""", "application/json")]
    [InlineData("""{"account": null, "role": "user", "login": "Key"}""", "application/json")]
    [InlineData("null", "application/json")]
    [InlineData("[]", "application/json")]
    [InlineData("<html>Welcome to the hotel</html>", "text/html")]
    public async Task Call_DamagedAnswer_IsNeverTakenForOne(string body, string mediaType)
    {
        faults.Instead = (_, _) => FaultyHandler.Answer(HttpStatusCode.OK, body, mediaType);

        var error = await Assert.ThrowsAsync<DarkroomHttpException>(() => client.GetCallerAsync(Stop));

        Assert.Equal((HttpStatusCode.OK, "damaged-answer", false), (error.Status, error.Code, error.IsTransient));
    }

    [Fact]
    public async Task Call_ProxysPage_IsToldAsItIs()
    {
        faults.Instead = (_, _) => FaultyHandler.Answer(HttpStatusCode.BadGateway, "<h1>Bad Gateway</h1>" + new string('x', 1000), "text/html");

        var error = await Assert.ThrowsAsync<DarkroomHttpException>(() => client.GetCallerAsync(Stop));

        Assert.Equal((HttpStatusCode.BadGateway, "about:blank", string.Empty), (error.Status, error.Type, error.Code));
        Assert.StartsWith("<h1>Bad Gateway</h1>", error.Detail, StringComparison.Ordinal);
        Assert.True(error.Detail!.Length < 400);
    }

    [Fact]
    public async Task Call_SilentServer_EndsAndIsTriedAgain()
    {
        using var impatient = new DarkroomHttpClient(http, options: new DarkroomHttpOptions { Silence = TimeSpan.FromSeconds(0.1), Attempts = 2, FirstWait = TimeSpan.FromMilliseconds(1) });
        faults.After = (response, _) => FaultyHandler.Cut(response, 10, Ending.Silent);

        var error = await Assert.ThrowsAsync<DarkroomHttpException>(() => impatient.GetCallerAsync(Stop));

        Assert.Equal("unreachable", error.Code);
        Assert.Contains("silent for 0.1 seconds", error.Detail, StringComparison.Ordinal);
        Assert.Equal(2, faults.Sent.Count);
    }

    [Fact]
    public async Task Call_Cancelled_EndsWhileItWaits()
    {
        using var cancel = new CancellationTokenSource();
        faults.Instead = (_, _) =>
        {
            cancel.Cancel();
            return FaultyHandler.Problem(HttpStatusCode.ServiceUnavailable, "no-device", retryAfter: 50);
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetCallerAsync(cancel.Token));
    }

    [Fact]
    public async Task Download_ConnectionThatBreaks_GoesOnBehindWhatCame()
    {
        var file = TestPictures.Png(TestPictures.Slope(300, 200)).ToArray();
        using var picture = new MemoryStream(file);
        var image = await client.Images.UploadAsync(picture, cancellationToken: Stop);
        faults.After = (response, number) => number < 4 ? FaultyHandler.Cut(response, 100) : response;

        using var copy = new MemoryStream();
        await client.Images.DownloadAsync(image.Hash, copy, Stop);

        Assert.Equal(file, copy.ToArray());
        Assert.Equal([null, "bytes=100-", "bytes=200-"], faults.Sent.Skip(1).Select(sent => sent.Range));
    }

    [Fact]
    public async Task Download_OtherBytesThanPromised_IsDamage()
    {
        using var picture = TestPictures.Png();
        var image = await client.Images.UploadAsync(picture, cancellationToken: Stop);
        faults.After = (response, _) =>
        {
            var bytes = response.Content.ReadAsByteArrayAsync().GetAwaiter().GetResult();
            bytes[20] ^= 1;
            response.Content = new ByteArrayContent(bytes);
            return response;
        };

        using var copy = new MemoryStream();
        var error = await Assert.ThrowsAsync<DarkroomHttpException>(() => client.Images.DownloadAsync(image.Hash, copy, Stop));

        Assert.Equal("damaged-answer", error.Code);
    }

    [Theory]
    [InlineData("ftp://somewhere/")]
    [InlineData("/relative")]
    [InlineData("http://somewhere/?query")]
    public void Client_NoAddressOfAServer_IsRefused(string address) =>
        Assert.Throws<ArgumentException>(() => new DarkroomHttpClient(new Uri(address, UriKind.RelativeOrAbsolute)));

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("line\nX-Evil: 1")]
    public void Client_KeyThatNoHeaderTakes_IsRefused(string key) => Assert.Throws<ArgumentException>(() => new DarkroomHttpClient(app.Address, key));

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("")]
    public async Task Name_ThatNoPathHolds_IsRefused(string name)
    {
        await Assert.ThrowsAnyAsync<ArgumentException>(() => client.Sessions.DeleteAsync(name, Stop));
        Assert.Empty(faults.Sent);
    }

    [Fact]
    public async Task Name_WithSlashesAndQueries_StaysOneName()
    {
        await Assert.ThrowsAsync<DarkroomHttpException>(() => client.Sessions.GetAsync("../me?x#y", Stop));

        Assert.Equal("/v1/sessions/..%2Fme%3Fx%23y", Assert.Single(faults.Sent).Path);
    }

    private sealed class ForwardOnly(Stream inner) : OneWayStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);
    }

    private sealed class Halves : OneWayStream
    {
        public const int Bytes = 50_000;
        private readonly TaskCompletionSource released = new();
        private int given;

        public void Release() => released.TrySetResult();

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (given == 2)
                return 0;
            if (given++ == 1)
                await released.Task.WaitAsync(TimeSpan.FromSeconds(30), cancellationToken);
            return Math.Min(buffer.Length, Bytes);
        }
    }

    private sealed class Sink(Action heard) : MemoryStream
    {
        public long Count { get; private set; }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Count += buffer.Length;
            heard();
            return ValueTask.CompletedTask;
        }
    }
}
