using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;
using Darkroom.Imaging;
using Darkroom.Imaging.Codecs;
using Darkroom.Tests.Gateway.Support;

namespace Darkroom.Bench.Gateway;

/// <summary>Many event streams and uploads at once against a gateway that is a process of its own.</summary>
/// <param name="duration">How long.</param>
/// <param name="output">Where the figures go.</param>
internal sealed class GatewayLoad(TimeSpan duration, TextWriter output)
{
    private const int Streams = 200;
    private const int UploadsPerSecond = 50;
    private const int UploadBytes = 200_000;

    private readonly ConcurrentBag<double> milliseconds = [];
    private readonly ConcurrentBag<string> errors = [];
    private long events;
    private long uploaded;

    /// <summary>Runs it.</summary>
    /// <returns>0 if there was no error.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        await using var gateway = await GatewayProcess.StartAsync(Repository.Gateway);
        using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = 1000 };
        using var http = new HttpClient(handler) { BaseAddress = gateway.Address, Timeout = TimeSpan.FromMinutes(5) };
        await MeasureAsync(http, gateway.Process, cancellationToken);

        foreach (var group in errors.GroupBy(error => error))
            await output.WriteLineAsync($"error, {group.Count()} times: {group.Key}");
        return errors.IsEmpty ? 0 : 1;
    }

    private async Task MeasureAsync(HttpClient http, Process gateway, CancellationToken cancellationToken)
    {
        var session = await OpenAsync(http, cancellationToken);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var streams = Enumerable.Range(0, Streams).Select(_ => ListenAsync(http, session, stop.Token)).ToList();
        var before = Resident(gateway);
        var peak = before;
        var watch = Stopwatch.StartNew();
        var uploads = new List<Task>();
        for (var sent = 0; watch.Elapsed < duration; sent++)
        {
            var due = TimeSpan.FromSeconds(sent / (double)UploadsPerSecond);
            if (due > watch.Elapsed)
                await Task.Delay(due - watch.Elapsed, cancellationToken);
            uploads.Add(UploadAsync(http, sent, cancellationToken));
            // What everybody hears of, once a second.
            if (sent % UploadsPerSecond == 0)
            {
                uploads.Add(SayAsync(http, session, cancellationToken));
                peak = Math.Max(peak, Resident(gateway));
            }
        }

        await Task.WhenAll(uploads);
        var took = watch.Elapsed;
        await stop.CancelAsync();
        await Task.WhenAll(streams);
        var sorted = milliseconds.Order().ToList();
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"{Streams} event streams heard {events} events; {uploaded} uploads of {UploadBytes / 1000} KB in {took.TotalSeconds:F1} s ({uploaded / took.TotalSeconds:F1} a second): median {sorted[sorted.Count / 2]:F1} ms, 99th percentile {sorted[(int)(sorted.Count * 0.99)]:F1} ms, longest {sorted[^1]:F1} ms"));
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"resident memory of the gateway with its silo: {before >> 20} MB before, {peak >> 20} MB at most, {Resident(gateway) >> 20} MB after; {errors.Count} errors"));
    }

    private async Task UploadAsync(HttpClient http, int number, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            using var body = new ByteArrayContent(Picture(number));
            body.Headers.ContentType = new MediaTypeHeaderValue("image/png");
            using var response = await http.PostAsync("/v1/images", body, cancellationToken);
            if (!response.IsSuccessStatusCode)
                errors.Add($"upload: {(int)response.StatusCode}");
            Interlocked.Increment(ref uploaded);
            milliseconds.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        catch (HttpRequestException error)
        {
            errors.Add($"upload: {error.Message}");
        }
    }

    private async Task SayAsync(HttpClient http, string session, CancellationToken cancellationToken)
    {
        using var response = await http.PostAsJsonAsync($"/v1/sessions/{session}/messages", new { text = "hello" }, cancellationToken);
        if (!response.IsSuccessStatusCode)
            errors.Add($"message: {(int)response.StatusCode}");
    }

    private async Task ListenAsync(HttpClient http, string session, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.GetAsync($"/v1/sessions/{session}/events", HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            response.EnsureSuccessStatusCode();
            var expected = 1L;
            await foreach (var happened in SseParser.Create(await response.Content.ReadAsStreamAsync(cancellationToken)).EnumerateAsync(cancellationToken))
            {
                if (happened.EventId is not { Length: > 0 } id)
                    continue;
                if (long.Parse(id, CultureInfo.InvariantCulture) != expected++)
                    errors.Add("stream: an event was lost");
                Interlocked.Increment(ref events);
            }
        }
        catch (OperationCanceledException)
        {
            // The time is over.
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            errors.Add($"stream: {error.Message}");
        }
    }

    private static async Task<string> OpenAsync(HttpClient http, CancellationToken cancellationToken)
    {
        using var response = await http.PostAsJsonAsync("/v1/sessions", new { image = Picture(-1) }, cancellationToken);
        return (string)(await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonNode>(cancellationToken))!["session"]!["session"]!;
    }

    // A real PNG of the size; the text behind its end makes each one another file.
    private static byte[] Picture(int number)
    {
        var file = new byte[UploadBytes];
        Sample.CopyTo(file, 0);
        BitConverter.TryWriteBytes(file.AsSpan(UploadBytes - sizeof(int)), number);
        return file;
    }

    private static byte[] Sample { get; } = ImageEncoder.Encode(new PlanarImage(200, 150), ImageFormat.Png);

    private static long Resident(Process process)
    {
        process.Refresh();
        return process.WorkingSet64;
    }
}
