using System.Text.Json;
using System.Text.Json.Serialization;

namespace Darkroom.Storage;

/// <summary>Lists as blobs: one JSON object a line, so that a list of any length is read and written piece by piece.</summary>
public static class JsonLines
{
    /// <summary>Media type of such a blob.</summary>
    public const string ContentType = "application/jsonl";

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Writes lines at the stream's position.</summary>
    /// <param name="destination">Where to; stays open.</param>
    /// <param name="lines">The lines.</param>
    /// <param name="cancellationToken">Stops the writing.</param>
    public static async Task WriteAsync<T>(Stream destination, IEnumerable<T> lines, CancellationToken cancellationToken = default)
    {
        foreach (var line in lines)
        {
            await JsonSerializer.SerializeAsync(destination, line, Options, cancellationToken).ConfigureAwait(false);
            await destination.WriteAsync("\n"u8.ToArray(), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Reads lines, one at a time.</summary>
    /// <param name="source">Read from its position to its end; stays open.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="JsonException">A line is not what it should be; the message says where.</exception>
    public static IAsyncEnumerable<T?> ReadAsync<T>(Stream source, CancellationToken cancellationToken = default) =>
        JsonSerializer.DeserializeAsyncEnumerable<T>(source, topLevelValues: true, Options, cancellationToken);
}
