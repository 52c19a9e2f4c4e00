using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using Darkroom.Storage;

namespace Darkroom.Gateway.Json;

/// <summary>The bytes behind a base64 string of a JSON body, decoded while the body arrives: from behind the opening quote to the closing one.</summary>
/// <param name="window">The body.</param>
/// <param name="name">The property, for errors.</param>
internal sealed class Base64Stream(BodyWindow window, string name) : ForwardReadStream
{
    private const int QuadSize = 4;
    private const int EscapeLength = 6;
    private const int Quads = 4096;

    private static readonly SearchValues<byte> Special = SearchValues.Create("\"\\"u8);

    private readonly byte[] letters = new byte[Quads * QuadSize];
    private readonly byte[] decoded = new byte[Quads * 3];
    private int letterCount;
    private int at;
    private int count;
    private bool hasEnded;

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (at == count && !(hasEnded && letterCount == 0))
            await DecodeAsync(cancellationToken);
        var given = Math.Min(buffer.Length, count - at);
        decoded.AsMemory(at, given).CopyTo(buffer);
        at += given;
        return given;
    }

    private async ValueTask DecodeAsync(CancellationToken cancellationToken)
    {
        while (!hasEnded && letterCount < letters.Length)
        {
            if (!TakeLetters() && !await window.FillAsync(cancellationToken))
                throw new JsonException($"The body ends within the value of '{name}'.");
        }

        // The last four may be the end, where there is padding; that is known when the quote is seen.
        var whole = hasEnded ? letterCount : letterCount - QuadSize;
        var status = Base64.DecodeFromUtf8(letters.AsSpan(0, whole), decoded, out var used, out count, isFinalBlock: hasEnded);
        if (status != OperationStatus.Done || used != whole)
            throw NoBase64();
        at = 0;
        letterCount -= whole;
        letters.AsSpan(whole, letterCount).CopyTo(letters);
    }

    // False when more of the body is needed.
    private bool TakeLetters()
    {
        var unread = window.Unread;
        if (unread.IsEmpty)
            return false;
        var special = unread.IndexOfAny(Special);
        if (special == 0)
            return unread[0] == '"' ? End() : TakeEscape(unread);
        var run = unread[..Math.Min(special < 0 ? unread.Length : special, letters.Length - letterCount)];
        // The decoder would skip white space.
        if (run.IndexOfAnyInRange((byte)0, (byte)' ') >= 0)
            throw NoBase64();
        run.CopyTo(letters.AsSpan(letterCount));
        letterCount += run.Length;
        window.Advance(run.Length);
        return true;
    }

    // Some writers escape the slash, others the plus sign.
    private bool TakeEscape(ReadOnlySpan<byte> unread)
    {
        if (unread.Length >= 2 && unread[1] == '/')
        {
            letters[letterCount++] = (byte)'/';
            window.Advance(2);
            return true;
        }

        if (unread.Length < EscapeLength)
            return window.HasEnded ? throw NoBase64() : false;
        if (unread[1] != 'u' || !int.TryParse(unread[2..EscapeLength], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) || code is <= ' ' or > '~')
            throw NoBase64();
        letters[letterCount++] = (byte)code;
        window.Advance(EscapeLength);
        return true;
    }

    private bool End()
    {
        window.Advance(1);
        hasEnded = true;
        return true;
    }

    private JsonException NoBase64() => new($"The value of '{name}' is not base64.");
}
