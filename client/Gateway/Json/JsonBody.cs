using System.Text.Json;
using Darkroom.Gateway.Problems;
using Microsoft.Extensions.Options;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Darkroom.Gateway.Json;

/// <summary>Reads JSON where a handler takes other content types too.</summary>
internal static class JsonBody
{
    /// <summary>Reads the body.</summary>
    /// <exception cref="ProblemException">It is empty or too large.</exception>
    /// <exception cref="JsonException">It is not what is expected.</exception>
    public static async Task<T> ReadBodyAsync<T>(this HttpRequest request, CancellationToken cancellationToken)
        where T : class
    {
        var limit = request.HttpContext.RequestServices.GetRequiredService<IOptions<GatewayOptions>>().Value.MaxJsonBytes;
        await using var limited = new Uploads.LimitedStream(request.Body, limit, () => ProblemException.TooLarge("The JSON body", limit, nameof(GatewayOptions.MaxJsonBytes)));
        return await JsonSerializer.DeserializeAsync<T>(limited, request.OptionsOfJson(), cancellationToken) ?? throw ProblemException.Invalid("The body is null.");
    }

    /// <summary>Reads JSON that stands in a field of a form.</summary>
    /// <exception cref="JsonException">It is not what is expected.</exception>
    public static T? ReadField<T>(this HttpRequest request, string? text)
        where T : class =>
        text is null ? null : JsonSerializer.Deserialize<T>(text, request.OptionsOfJson());

    private static JsonSerializerOptions OptionsOfJson(this HttpRequest request) =>
        request.HttpContext.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
}
