using System.Text.Json;

namespace Darkroom.Client.Http;

/// <summary>Reads what an answer says that refuses a request.</summary>
internal static class ProblemReader
{
    private const int MaxBytes = 64 << 10;
    private const int MaxTextLength = 300;

    /// <summary>Reads it; also where it is no problem details, as of a proxy in between.</summary>
    public static async Task<DarkroomHttpException> ReadAsync(HttpResponseMessage response, TimeProvider time, CancellationToken cancellationToken)
    {
        var retryAfter = response.Headers.RetryAfter is { } header ? header.Delta ?? header.Date - time.GetUtcNow() : null;
        var bytes = await ReadStartAsync(response, cancellationToken).ConfigureAwait(false);
        if (response.Content.Headers.ContentType?.MediaType is "application/problem+json" && TryParse(bytes) is { } problem)
            return new DarkroomHttpException(response.StatusCode, problem.Type, problem.Title, problem.Detail, retryAfter);
        var text = System.Text.Encoding.UTF8.GetString(bytes).Trim();
        return new DarkroomHttpException(
            response.StatusCode, "about:blank", $"The server answered {(int)response.StatusCode} {response.ReasonPhrase}.",
            text.Length == 0 ? null : text.Length > MaxTextLength ? text[..MaxTextLength] + "..." : text, retryAfter);
    }

    private static async Task<byte[]> ReadStartAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var buffer = new byte[MaxBytes];
            return buffer[..await stream.ReadAtLeastAsync(buffer, MaxBytes, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false)];
        }
    }

    private static Problem? TryParse(byte[] bytes)
    {
        try
        {
            return JsonSerializer.Deserialize<Problem>(bytes, HttpJson.Answers);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record Problem(string Type, string Title, string? Detail);
}
