using System.Globalization;
using System.Net.ServerSentEvents;
using System.Text.Json;
using System.Threading.Channels;

namespace Darkroom.Gateway.Streams;

/// <summary>Writes events in JSON to a stream.</summary>
/// <param name="events">Where to.</param>
/// <param name="json">How values look.</param>
internal sealed class EventWriter(ChannelWriter<SseItem<string>> events, JsonSerializerOptions json)
{
    /// <summary>Writes an event; waits while its reader is slow.</summary>
    /// <param name="name">The event's name.</param>
    /// <param name="value">Its data.</param>
    /// <param name="id">Its id, to go on behind it; null for one that is gone when it is past.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    public ValueTask WriteAsync<T>(string name, T value, long? id, CancellationToken cancellationToken) => events.WriteAsync(
        new SseItem<string>(JsonSerializer.Serialize(value, json), name) { EventId = id?.ToString(CultureInfo.InvariantCulture) }, cancellationToken);
}
