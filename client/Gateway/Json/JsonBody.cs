using System.Text.Json;
using Darkroom.Contracts.Images;
using Darkroom.Gateway.Problems;
using Darkroom.Gateway.Uploads;
using Microsoft.Extensions.Options;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Darkroom.Gateway.Json;

/// <summary>Reads JSON where a handler takes other content types too.</summary>
internal static class JsonBody
{
    // What goes with a picture: a message and settings.
    private const int MaxWordsBytes = 1 << 20;

    /// <summary>Reads the body.</summary>
    /// <exception cref="ProblemException">It is empty or too large.</exception>
    /// <exception cref="JsonException">It is not what is expected.</exception>
    public static async Task<T> ReadBodyAsync<T>(this HttpRequest request, CancellationToken cancellationToken)
        where T : class
    {
        var limit = request.HttpContext.RequestServices.GetRequiredService<IOptions<GatewayOptions>>().Value.MaxJsonBytes;
        await using var limited = new LimitedStream(request.Body, limit, () => ProblemException.TooLarge("The JSON body", limit, nameof(GatewayOptions.MaxJsonBytes)));
        return await JsonSerializer.DeserializeAsync<T>(limited, request.OptionsOfJson(), cancellationToken) ?? throw ProblemException.Invalid("The body is null.");
    }

    /// <summary>Reads the body of a request that may have pictures in base64; they are taken in while they arrive.</summary>
    /// <param name="request">The request.</param>
    /// <param name="intake">Takes the pictures in.</param>
    /// <param name="names">The properties that are pictures.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The body without its pictures, and the pictures by their properties.</returns>
    /// <exception cref="ProblemException">It is empty or too large.</exception>
    /// <exception cref="JsonException">It is not what is expected.</exception>
    public static async Task<(T Body, IReadOnlyDictionary<string, ImageRef> Pictures)> ReadBodyAsync<T>(
        this HttpRequest request, PictureIntake intake, string[] names, CancellationToken cancellationToken)
        where T : class
    {
        var pictures = new Dictionary<string, ImageRef>(StringComparer.Ordinal);
        var limit = Math.Min(MaxWordsBytes, request.HttpContext.RequestServices.GetRequiredService<IOptions<GatewayOptions>>().Value.MaxJsonBytes);
        var rest = await PictureBody.ReadAsync(
            request.Body, names, async (name, picture) => pictures.Add(name, await intake.TakeAsync(picture, cancellationToken)), limit, cancellationToken);
        return (JsonSerializer.Deserialize<T>(rest.Span, request.OptionsOfJson()) ?? throw ProblemException.Invalid("The body is null."), pictures);
    }

    /// <summary>Reads JSON that stands in a field of a form.</summary>
    /// <exception cref="JsonException">It is not what is expected.</exception>
    public static T? ReadField<T>(this HttpRequest request, string? text)
        where T : class =>
        text is null ? null : JsonSerializer.Deserialize<T>(text, request.OptionsOfJson());

    private static JsonSerializerOptions OptionsOfJson(this HttpRequest request) =>
        request.HttpContext.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
}
