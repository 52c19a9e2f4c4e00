using System.Text.Json;

namespace Darkroom.Silo.Operator.Kubernetes;

/// <summary>Reads why the API server refused a request.</summary>
internal static class ApiFailure
{
    private const int MaxBytes = 64 << 10;
    private const int MaxShown = 500;

    /// <summary>Makes an exception of an answer.</summary>
    public static async Task<KubernetesException> ReadAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        var reason = await ReasonAsync(answer, cancellationToken);
        return new KubernetesException($"The API server answered {(int)answer.StatusCode}: {reason}", answer.StatusCode, RetryAfter(answer));
    }

    /// <summary>Makes an exception of a line of a watch that tells of an error.</summary>
    public static KubernetesException Of(JsonElement status)
    {
        var code = status.ValueKind == JsonValueKind.Object && status.TryGetProperty("code", out var number) && number.TryGetInt32(out var value) ? value : 500;
        return new KubernetesException($"The API server ended the watch with {code}: {MessageOf(status)}", (System.Net.HttpStatusCode)code);
    }

    private static async Task<string> ReasonAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
            var buffer = new byte[MaxBytes];
            var count = await stream.ReadAtLeastAsync(buffer, MaxBytes, throwOnEndOfStream: false, cancellationToken);
            using var document = JsonDocument.Parse(buffer.AsMemory(0, count));
            return MessageOf(document.RootElement);
        }
        catch (Exception error) when (error is JsonException or IOException or HttpRequestException or OperationCanceledException)
        {
            return answer.ReasonPhrase ?? "no reason was given";
        }
    }

    private static string MessageOf(JsonElement status)
    {
        var text = status.ValueKind == JsonValueKind.Object && status.TryGetProperty("message", out var message) && message.ValueKind == JsonValueKind.String
            ? message.GetString()!
            : "no reason was given";
        return text.Length <= MaxShown ? text : string.Concat(text.AsSpan(0, MaxShown), "...");
    }

    private static TimeSpan? RetryAfter(HttpResponseMessage answer) => answer.Headers.RetryAfter?.Delta;
}
