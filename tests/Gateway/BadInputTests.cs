using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using Darkroom.Tests.Cluster.Support;
using Darkroom.Tests.Gateway.Support;

namespace Darkroom.Tests.Gateway;

/// <summary>A gateway with small limits.</summary>
public sealed class StrictApp : GatewayApp
{
    public const int MaxPicture = 100_000;

    protected override IEnumerable<KeyValuePair<string, string?>> Settings =>
    [
        new("Gateway:MaxPictureBytes", "100000"), new("Gateway:MaxJsonBytes", "200000"), new("Gateway:MaxJobBytes", "60000000"),
        new("Gateway:SlowGrace", "00:00:01.5"), new("Tenant:MaxConcurrentRuns", "1"), new("Tenant:MaxQueuedRuns", "0"),
    ];
}

public sealed class BadInputTests(StrictApp app) : IClassFixture<StrictApp>
{
    private readonly HttpClient http = app.Http;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Upload_TooLarge_IsRefusedAndLeavesNothing(bool tellsItsLength)
    {
        var file = new byte[StrictApp.MaxPicture + 1];
        using var body = tellsItsLength ? new ByteArrayContent(file) : (HttpContent)new StreamContent(new Endless(file.Length));
        body.Headers.ContentType = new MediaTypeHeaderValue("image/png");

        await http.PostAsync("/v1/images", body).ProblemAsync(413, "too-large");

        Assert.Null(await app.Contents.FindAsync(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(file))));
    }

    [Fact]
    public async Task Upload_ThatNeverEnds_IsCutOff()
    {
        using var body = new StreamContent(new Endless(long.MaxValue));
        body.Headers.ContentType = new MediaTypeHeaderValue("image/png");

        // The server answers or hangs up while the client still sends; it never reads on.
        try
        {
            using var response = await http.PostAsync("/v1/images", body);
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        }
        catch (HttpRequestException error)
        {
            Assert.IsAssignableFrom<IOException>(error.InnerException);
        }
    }

    [Fact]
    public async Task Upload_ThatTrickles_IsCutOff() =>
        await AssertCutOffAsync("POST /v1/images HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\nContent-Length: 90000\r\n\r\nx");

    [Fact]
    public async Task Headers_ThatTrickle_AreCutOff() => await AssertCutOffAsync("GET /v1/me HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");

    [Fact]
    public async Task Upload_ShorterThanItSays_LeavesNothing()
    {
        var png = TestPictures.Png(TestPictures.Slope(31, 17)).ToArray();
        using (var client = await ConnectAsync())
        {
            await using var stream = client.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST /v1/images HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\nContent-Length: {png.Length + 5000}\r\n\r\n"));
            await stream.WriteAsync(png);
            client.Client.Shutdown(SocketShutdown.Send);
            try
            {
                Assert.DoesNotContain(" 201 ", await new StreamReader(stream).ReadToEndAsync(), StringComparison.Ordinal);
            }
            catch (IOException)
            {
                // Reset.
            }
        }

        Assert.Null(await app.Contents.FindAsync(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(png))));
    }

    [Theory]
    [InlineData("/v1/images", "text/html")]
    [InlineData("/v1/images", "application/x-www-form-urlencoded")]
    [InlineData("/v1/sessions", "text/plain")]
    [InlineData("/v1/sessions", "image/png")]
    [InlineData("/v1/jobs", "application/zip")]
    [InlineData("/v1/images/edits", "application/json")]
    public async Task ContentType_OfAnotherKind_IsRefused(string path, string type)
    {
        using var body = new ByteArrayContent([1, 2, 3]);
        body.Headers.ContentType = new MediaTypeHeaderValue(type);

        await http.PostAsync(path, body).ProblemAsync(415, "unsupported-media-type");
    }

    [Fact]
    public async Task Picture_ThatIsMissing_IsNotFoundAlsoForWhoAcceptsOnlyPictures()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/images/{new string('0', 64)}");
        request.Headers.Accept.ParseAdd("image/png");

        await http.SendAsync(request).ProblemAsync(404, "not-found");
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"image\": \"!!\"}")]
    [InlineData("{\"image\": 5}")]
    public async Task Json_ThatIsDamaged_IsRefused(string text)
    {
        using var body = new StringContent(text, Encoding.UTF8, "application/json");

        using var response = await http.PostAsync("/v1/sessions", body);

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData("--x\r\nContent-Disposition: form-data\r\n\r\ny\r\n--x--")]
    [InlineData("--x\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a.png\"\r\n\r\ntruncated")]
    [InlineData("no boundary at all")]
    public async Task Form_ThatIsDamaged_IsRefused(string text)
    {
        using var body = new ByteArrayContent(Encoding.ASCII.GetBytes(text));
        body.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=x");

        using var response = await http.PostAsync("/v1/sessions", body);

        Assert.Contains((int)response.StatusCode, (int[])[400, 422]);
    }

    [Fact]
    public async Task Json_TooLarge_IsRefused()
    {
        using var response = await http.PostAsJsonAsync("/v1/sessions", new { image = new byte[StrictApp.MaxPicture * 2] });

        Assert.Equal(413, (int)response.StatusCode);
    }

    [Fact]
    public async Task Picture_OfBillionsOfPixels_IsRefusedByItsHeader()
    {
        using var body = new ByteArrayContent(HugePng());
        body.Headers.ContentType = new MediaTypeHeaderValue("image/png");

        var problem = await http.PostAsync("/v1/images", body).ProblemAsync(422, "invalid-image");

        Assert.Contains("60000", (string?)problem["detail"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("/etc/passwd")]
    [InlineData("a/../../b.png")]
    [InlineData("..\\windows\\a.png")]
    [InlineData("C:/a.png")]
    [InlineData("a//b.png")]
    public async Task Archive_WithANameThatLeadsOut_IsRefusedWhole(string name)
    {
        var good = TestPictures.Png(TestPictures.Slope(33, 15)).ToArray();

        await SendZipAsync(JobTests.Zip(("good.png", good), (name, [1]))).ProblemAsync(422, "invalid-archive");

        Assert.Null(await app.Contents.FindAsync(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(good))));
    }

    [Fact]
    public async Task Archive_OfZeros_IsRefusedWhenItGrows()
    {
        // Forty megabytes of nothing in forty kilobytes; every single file is as large as it may be.
        var files = Enumerable.Range(0, 700).Select(i => ($"{i}.png", new byte[StrictApp.MaxPicture - 1])).ToArray();

        await SendZipAsync(JobTests.Zip(files)).ProblemAsync(413, "too-large");
    }

    [Fact]
    public async Task Archive_WithOneHugeFile_IsRefused() => await SendZipAsync(JobTests.Zip(("a.png", new byte[StrictApp.MaxPicture * 50]))).ProblemAsync(413, "too-large");

    [Theory]
    [InlineData("")]
    [InlineData("PK no archive")]
    public async Task Archive_ThatIsNone_IsRefused(string text) => await SendZipAsync(Encoding.ASCII.GetBytes(text)).ProblemAsync(422, "invalid-archive");

    [Fact]
    public async Task Archive_WithTwoFilesOfOneName_IsRefused() => await SendZipAsync(JobTests.Zip(("a.png", [1]), ("a.png", [2]))).ProblemAsync(422, "invalid-archive");

    [Theory]
    [InlineData("../x.png")]
    [InlineData("/x.png")]
    [InlineData("a/./x.png")]
    [InlineData("x\0.png")]
    public async Task FileName_ThatLeadsOut_IsRefused(string name)
    {
        using var body = new ByteArrayContent(Encoding.Latin1.GetBytes($"--x\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\r\ny\r\n--x--\r\n"));
        body.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=x");

        using var response = await http.PostAsync("/v1/jobs", body);

        Assert.Equal(400, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("..%2Fother%2Fx.png")]
    [InlineData("%2E%2E/other/x.png")]
    [InlineData("a%5C..%5Cx.png")]
    [InlineData("a%00.png")]
    public async Task UploadName_ThatLeadsOut_IsRefused(string name)
    {
        using var client = await ConnectAsync();
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"PUT /v1/uploads/{name} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nConnection: close\r\n\r\ny"));

        var status = await new StreamReader(stream).ReadLineAsync();

        Assert.Contains(status?.Split(' ')[1], (string[])["400", "404", "405"]);
    }

    [Fact]
    public async Task Run_BeyondTheQuota_Is429WithTheTimeToWait()
    {
        var (first, second) = (await http.OpenAsync(), await http.OpenAsync());
        var pause = app.Log.PauseAt(row => row.Seed == 41);
        try
        {
            await http.SayAsync(first, "<restore>", new { seed = 41 }).JsonAsync();
            await pause.ReachedAsync();

            var response = await http.SayAsync(second, "<restore>");

            Assert.True(response.Headers.RetryAfter?.Delta >= TimeSpan.FromSeconds(1));
            var problem = await Task.FromResult(response).ProblemAsync(429, "quota-exceeded");
            Assert.Equal(1, (int)problem["allowed"]!);
        }
        finally
        {
            pause.End();
        }
    }

    private async Task<HttpResponseMessage> SendZipAsync(byte[] zip)
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent(zip), "zip", "all.zip" } };
        return await http.PostAsync("/v1/jobs", form);
    }

    // The server closes the connection, with or without an answer, although the client would go on for ever.
    private async Task AssertCutOffAsync(string start)
    {
        using var client = await ConnectAsync();
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(start));
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var reader = new StreamReader(stream);
        try
        {
            var reply = await reader.ReadToEndAsync(timeout.Token);
            Assert.True(reply.Length == 0 || reply.Contains(" 408 ", StringComparison.Ordinal), reply);
        }
        catch (IOException)
        {
            // Reset.
        }
    }

    private async Task<TcpClient> ConnectAsync()
    {
        var client = new TcpClient();
        await client.ConnectAsync(app.Address.Host, app.Address.Port);
        return client;
    }

    private static byte[] HugePng()
    {
        byte[] header = [.. "IHDR"u8, 0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), 60_000);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(8), 60_000);
        var crc = uint.MaxValue;
        foreach (var value in header)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 1 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
        }

        var checksum = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(checksum, ~crc);
        return [0x89, .. "PNG\r\n"u8, 0x1A, (byte)'\n', 0, 0, 0, 13, .. header, .. checksum];
    }

    /// <summary>Zeros without a length.</summary>
    private sealed class Endless(long length) : MemoryStream
    {
        private long left = length;

        public override bool CanSeek => false;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = (int)Math.Min(left, buffer.Length);
            left -= count;
            buffer.Span[..count].Clear();
            return ValueTask.FromResult(count);
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override async Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
        {
            var buffer = new byte[bufferSize];
            while (await ReadAsync(buffer, cancellationToken) is var count and > 0)
                await destination.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
        }
    }
}
