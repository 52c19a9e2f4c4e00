using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Darkroom.Client.Http;

/// <summary>Reads event streams, and opens one that breaks again behind the last event that had a number.</summary>
internal sealed class EventReader(HttpTransport transport)
{
    private const int MaxDamages = 3;

    /// <summary>Reads events until the reader has enough.</summary>
    /// <param name="path">Path of the stream.</param>
    /// <param name="last">The number of the last event that is known; 0 if there is none.</param>
    /// <param name="parse">Makes something of an event's name and data; null where it is of no interest.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="DarkroomHttpException">The stream is refused, stays away too long, or is damaged again and again.</exception>
    public async IAsyncEnumerable<T> ReadAsync<T>(string path, long last, Func<string, string, T?> parse, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class
    {
        var (patience, damages) = (new Patience(transport.Options, transport.Time, transport.Options.StreamOutage), 0);
        while (true)
        {
            TimeSpan wait;
            var connection = new Connection(transport, path, last, cancellationToken);
            await using (connection.ConfigureAwait(false))
            {
                while (true)
                {
                    Read<T> read;
                    try
                    {
                        read = await connection.NextAsync(last, parse).ConfigureAwait(false);
                    }
                    catch (DarkroomHttpException error) when ((error.IsTransient || (error.Code == DarkroomHttpException.Damaged && ++damages < MaxDamages))
                        && patience.AfterFailure(error.RetryAfter) is { } next)
                    {
                        wait = next;
                        break;
                    }

                    // The first word of each connection is a ping; a stream that gives no more than that is none.
                    if (!read.IsGreeting)
                        patience.Restore();
                    if (read.Sequence is { } sequence)
                        (last, damages) = (sequence, 0);
                    if (read.Value is { } value)
                        yield return value;
                }
            }

            await Task.Delay(wait, transport.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Reads the glimpses of something up to its end.</summary>
    /// <returns>Glimpses; last of all how it ended.</returns>
    public async IAsyncEnumerable<(TProgress? Progress, TEnd? Ended)> FollowAsync<TProgress, TEnd>(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
        where TProgress : class
        where TEnd : class
    {
        await foreach (var word in ReadAsync(path, 0, Parse, cancellationToken).ConfigureAwait(false))
        {
            yield return (word.Progress, word.Ended);
            if (word.Ended is not null)
                yield break;
        }

        static Word<TProgress, TEnd>? Parse(string name, string data) => name switch
        {
            "progress" => new Word<TProgress, TEnd>(ParseData<TProgress>(data), null),
            "ended" => new Word<TProgress, TEnd>(null, ParseData<TEnd>(data)),
            _ => null,
        };
    }

    /// <summary>Reads the data of an event.</summary>
    /// <exception cref="JsonException">It is not what is expected.</exception>
    public static T ParseData<T>(string data) => JsonSerializer.Deserialize<T>(data, HttpJson.Answers) ?? throw new JsonException("The event's data is null.");

    private sealed record Word<TProgress, TEnd>(TProgress? Progress, TEnd? Ended);

    private readonly record struct Read<T>(T? Value, long? Sequence, bool IsGreeting);

    private sealed class Connection(HttpTransport transport, string path, long last, CancellationToken cancellationToken) : IAsyncDisposable
    {
        private readonly Silence silence = new(transport.Options.StreamSilence, transport.Time, cancellationToken);
        private HttpResponseMessage? response;
        private IAsyncEnumerator<SseItem<string>>? items;
        private int count;

        public async Task<Read<T>> NextAsync<T>(long known, Func<string, string, T?> parse)
            where T : class
        {
            silence.Break();
            items ??= await OpenAsync().ConfigureAwait(false);
            // A stream that matters has a last event; this one was cut off, or its server stops.
            if (!await transport.GuardAsync(() => items.MoveNextAsync().AsTask(), silence).ConfigureAwait(false))
                throw DarkroomHttpException.OfConnection(new EndOfStreamException("The event stream ended."), transport.Server);
            silence.Hold();
            var item = items.Current;
            var isGreeting = count++ == 0 && item.EventType == "ping";
            if (item.EventId is not { Length: > 0 } id)
                return new Read<T>(Parse(item, parse), null, isGreeting);
            if (!long.TryParse(id, System.Globalization.CultureInfo.InvariantCulture, out var sequence))
                throw Damage($"The id '{id}' is no number.");
            // What was sent already is not told twice; what would be missing is asked for again.
            if (sequence <= known)
                return new Read<T>(null, null, isGreeting);
            return sequence == known + 1 ? new Read<T>(Parse(item, parse), sequence, isGreeting) : throw Damage($"Event {sequence} comes behind event {known}.");
        }

        public async ValueTask DisposeAsync()
        {
            // The enumerator may be in the middle of a read that failed.
            if (items is not null)
                await items.DisposeAsync().AsTask().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            response?.Dispose();
            silence.Dispose();
        }

        private async Task<IAsyncEnumerator<SseItem<string>>> OpenAsync()
        {
            response = await transport.OpenAsync(HttpMethod.Get, path, null, null, silence, headers =>
            {
                headers.Accept.Add(new("text/event-stream"));
                if (last > 0)
                    headers.Add("Last-Event-ID", last.ToString(System.Globalization.CultureInfo.InvariantCulture));
            }).ConfigureAwait(false);
            HttpTransport.RequireType(response, "text/event-stream");
            var stream = await response.Content.ReadAsStreamAsync(silence.Token).ConfigureAwait(false);
            return SseParser.Create(stream).EnumerateAsync(silence.Token).GetAsyncEnumerator(silence.Token);
        }

        private T? Parse<T>(SseItem<string> item, Func<string, string, T?> parse)
            where T : class
        {
            try
            {
                return parse(item.EventType, item.Data);
            }
            catch (JsonException error)
            {
                throw Damage(error.Message, error);
            }
        }

        private DarkroomHttpException Damage(string detail, Exception? inner = null) => DarkroomHttpException.OfDamage(response!.StatusCode, detail, inner);
    }
}
