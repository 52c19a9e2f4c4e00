using System.Buffers;
using System.Text.Json;
using Darkroom.Gateway.Problems;

namespace Darkroom.Gateway.Json;

/// <summary>Reads JSON objects with pictures in base64: each picture goes where it belongs while it arrives, so that a body is never whole in memory.</summary>
/// <remarks>What is left, with <c>null</c> in the pictures' place, is small and read as any other JSON.</remarks>
internal static class PictureBody
{
    private const int MaxNameBytes = 64;

    private static readonly byte[] Null = "null"u8.ToArray();

    /// <summary>Reads a body.</summary>
    /// <param name="body">The body; stays open.</param>
    /// <param name="names">The properties of the outermost object that are pictures.</param>
    /// <param name="take">Takes a picture in: the property's name, and its bytes to be read to their end.</param>
    /// <param name="limit">The largest body without its pictures (bytes).</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The body without its pictures.</returns>
    /// <exception cref="JsonException">It is no JSON, or a picture no base64.</exception>
    /// <exception cref="ProblemException">It is too large, or has a picture twice.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(
        Stream body, IReadOnlyCollection<string> names, Func<string, Stream, Task> take, int limit, CancellationToken cancellationToken)
    {
        using var window = new BodyWindow(body, limit);
        var rest = new ArrayBufferWriter<byte>();
        var state = new JsonReaderState();
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        while (true)
        {
            var found = Scan(window, names, ref state, rest);
            if (rest.WrittenCount > limit)
                throw ProblemException.TooLarge("The JSON body without its pictures", limit, nameof(GatewayOptions.MaxJsonBytes));
            if (found is null)
            {
                if (!await window.FillAsync(cancellationToken) && Scan(window, names, ref state, rest) is null)
                    return rest.WrittenMemory;
            }
            else if (await BeginsStringAsync(window, cancellationToken))
            {
                if (!seen.Add(found))
                    throw ProblemException.Invalid($"The body has '{found}' twice.");
                await using var content = new Base64Stream(window, found);
                await take(found, content);
                StandIn(ref state, rest);
            }
        }
    }

    // Moves what the reader understands to the rest; stops behind the name of a picture.
    private static string? Scan(BodyWindow window, IReadOnlyCollection<string> names, ref JsonReaderState state, ArrayBufferWriter<byte> rest)
    {
        var reader = new Utf8JsonReader(window.Unread, window.HasEnded, state);
        string? found = null;
        while (found is null && reader.Read())
        {
            if (reader.CurrentDepth == 1 && reader.TokenType == JsonTokenType.PropertyName && reader.ValueSpan.Length <= MaxNameBytes)
                found = Match(reader.GetString()!, names);
        }

        rest.Write(window.Unread[..(int)reader.BytesConsumed]);
        window.Advance((int)reader.BytesConsumed);
        state = reader.CurrentState;
        return found;
    }

    // As lenient with capitals as the reader of the rest is.
    private static string? Match(string name, IReadOnlyCollection<string> names) => names.FirstOrDefault(one => one.Equals(name, StringComparison.OrdinalIgnoreCase));

    // Something else than a string is left to the reader of the rest.
    private static async ValueTask<bool> BeginsStringAsync(BodyWindow window, CancellationToken cancellationToken)
    {
        while (true)
        {
            var space = window.Unread.IndexOfAnyExcept(" \t\r\n"u8);
            var skipped = space < 0 ? window.Unread.Length : space;
            window.Advance(skipped);
            if (space >= 0)
                break;
            if (!await window.FillAsync(cancellationToken))
                return false;
        }

        if (window.Unread[0] != '"')
            return false;
        window.Advance(1);
        return true;
    }

    private static void StandIn(ref JsonReaderState state, ArrayBufferWriter<byte> rest)
    {
        var reader = new Utf8JsonReader(Null, isFinalBlock: false, state);
        reader.Read();
        state = reader.CurrentState;
        rest.Write(Null);
    }
}
