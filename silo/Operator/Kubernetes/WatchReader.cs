using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Darkroom.Silo.Operator.Kubernetes;

/// <summary>Reads the lines of a watch.</summary>
internal static class WatchReader
{
    // The API server keeps no resource larger than 1.5 MiB; in JSON that can be more.
    internal const int MaxLineBytes = 16 << 20;

    /// <summary>Reads events until the stream ends. Half a line at the end was cut off: its event comes again with the next watch.</summary>
    /// <exception cref="KubernetesException">The server tells of an error, or a line is too long.</exception>
    /// <exception cref="JsonException">A line is no event.</exception>
    public static async IAsyncEnumerable<WatchEvent> ReadAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 16 << 10, leaveOpen: true));
        try
        {
            while (true)
            {
                var read = await reader.ReadAsync(cancellationToken);
                var buffer = read.Buffer;
                while (buffer.PositionOf((byte)'\n') is { } end)
                {
                    if (Parse(buffer.Slice(0, end)) is { } happened)
                        yield return happened;
                    buffer = buffer.Slice(buffer.GetPosition(1, end));
                }

                if (buffer.Length > MaxLineBytes)
                    throw new KubernetesException($"A line of the watch has more than {MaxLineBytes} bytes.");
                reader.AdvanceTo(buffer.Start, buffer.End);
                if (read.IsCompleted)
                    yield break;
            }
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }

    private static WatchEvent? Parse(ReadOnlySequence<byte> line)
    {
        var json = new Utf8JsonReader(line);
        var told = JsonSerializer.Deserialize<Line>(ref json, KubernetesJson.Options) ?? throw new JsonException("A line of the watch is null.");
        return told.Type switch
        {
            "ADDED" => new WatchEvent(WatchEventType.Added, ResourceOf(told)),
            "MODIFIED" => new WatchEvent(WatchEventType.Modified, ResourceOf(told)),
            "DELETED" => new WatchEvent(WatchEventType.Deleted, ResourceOf(told)),
            "BOOKMARK" => new WatchEvent(WatchEventType.Bookmark, ResourceOf(told)),
            "ERROR" => throw ApiFailure.Of(told.Object),
            _ => null,                                                          // a kind of event that is younger than this code
        };
    }

    private static KubernetesResource ResourceOf(Line line) =>
        line.Object.Deserialize<KubernetesResource>(KubernetesJson.Options) ?? throw new JsonException("An event of the watch has no resource.");

    private sealed record Line
    {
        public string Type { get; init; } = string.Empty;

        public JsonElement Object { get; init; }
    }
}
