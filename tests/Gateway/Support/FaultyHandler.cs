using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace Darkroom.Tests.Gateway.Support;

/// <summary>A request as it went out.</summary>
internal sealed record SentRequest(string Method, string Path, string? Key, string? LastEventId, string? Range, string? Authorization);

/// <summary>A way to the server that does what a test says to its requests and answers.</summary>
internal sealed class FaultyHandler : DelegatingHandler
{
    private readonly ConcurrentQueue<SentRequest> sent = new();

    public FaultyHandler()
        : base(new SocketsHttpHandler { UseCookies = false })
    {
    }

    public IReadOnlyList<SentRequest> Sent => [.. sent];

    /// <summary>Gets or sets what answers in place of the server; given the request and its number from 1. Null sends it on.</summary>
    public Func<HttpRequestMessage, int, HttpResponseMessage?>? Instead { get; set; }

    /// <summary>Gets or sets what becomes of the server's answer; given the request's number from 1.</summary>
    public Func<HttpResponseMessage, int, HttpResponseMessage>? After { get; set; }

    public static HttpResponseMessage Answer(HttpStatusCode status, string body, string mediaType = "application/json", int? retryAfter = null)
    {
        var response = new HttpResponseMessage(status) { Content = new StringContent(body, Encoding.UTF8, mediaType) };
        if (retryAfter is { } seconds)
            response.Headers.RetryAfter = new(TimeSpan.FromSeconds(seconds));
        return response;
    }

    public static HttpResponseMessage Problem(HttpStatusCode status, string code, int? retryAfter = null) => Answer(
        status, $$"""{"type": "urn:darkroom:problem:{{code}}", "title": "No.", "status": {{(int)status}}, "detail": "Because."}""", "application/problem+json", retryAfter);

    /// <summary>Lets an answer's body through as far as that, then breaks the connection, ends it, or says nothing more.</summary>
    public static HttpResponseMessage Cut(HttpResponseMessage response, int bytes, Ending ending = Ending.Broken)
    {
        var (headers, inner) = (response.Content.Headers, response.Content);
        response.Content = new StreamContent(new CutStream(inner.ReadAsStream(), bytes, ending), 16);
        foreach (var (name, values) in headers)
            response.Content.Headers.TryAddWithoutValidation(name, values);
        return response;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        sent.Enqueue(new SentRequest(
            request.Method.Method, request.RequestUri!.PathAndQuery, HeaderOf(request, "Idempotency-Key"), HeaderOf(request, "Last-Event-ID"),
            request.Headers.Range?.ToString(), request.Headers.Authorization?.ToString()));
        var number = sent.Count;
        if (Instead?.Invoke(request, number) is { } instead)
            return instead;
        var response = await base.SendAsync(request, cancellationToken);
        return After?.Invoke(response, number) ?? response;
    }

    private static string? HeaderOf(HttpRequestMessage request, string name) => request.Headers.TryGetValues(name, out var values) ? values.Single() : null;

    private sealed class CutStream(Stream inner, int bytes, Ending ending) : OneWayStream
    {
        private int left = bytes;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (left == 0 && ending == Ending.Silent)
                await Task.Delay(Timeout.Infinite, cancellationToken);
            if (left == 0)
                return ending == Ending.Quiet ? 0 : throw new HttpIOException(HttpRequestError.ResponseEnded, "The connection was cut.");
            var read = await inner.ReadAsync(buffer[..Math.Min(buffer.Length, left)], cancellationToken);
            left -= read;
            return read;
        }

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            base.Dispose(disposing);
        }
    }
}

/// <summary>How a stream ends that is cut.</summary>
public enum Ending
{
    /// <summary>With an error.</summary>
    Broken,

    /// <summary>As if that were all.</summary>
    Quiet,

    /// <summary>Not at all.</summary>
    Silent,
}
