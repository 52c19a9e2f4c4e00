using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace Darkroom.Client.Http;

/// <summary>Copies a file: goes on behind what came where the connection breaks, and compares what came with the hash that the server names.</summary>
internal sealed class FileDownload(HttpTransport transport, string path)
{
    private const int PieceBytes = 80 << 10;

    private EntityTagHeaderValue? tag;
    private long written;

    /// <summary>Copies it.</summary>
    /// <exception cref="DarkroomHttpException">It failed for good, or what came is not what the server has.</exception>
    public async Task CopyToAsync(Stream destination, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var start = destination.CanSeek ? destination.Position : 0;
        await transport.SendAsync(
            HttpMethod.Get, path, null, null,
            async (response, silence) =>
            {
                if (written > 0 && !GoesOn(response))
                {
                    // A file that is made as it is sent cannot be gone on with: from the beginning, where that can be.
                    if (tag is not null || !destination.CanSeek)
                        throw DarkroomHttpException.OfDamage(response.StatusCode, $"The connection broke after {written} bytes, and the server does not go on behind them.");
                    destination.Position = start;
                    destination.SetLength(start);
                    hash.GetHashAndReset();
                    written = 0;
                }

                tag = response.Headers.ETag;
                return await CopyAsync(response, destination, hash, silence).ConfigureAwait(false);
            },
            cancellationToken,
            headers =>
            {
                if (written == 0 || tag is null)
                    return;
                headers.Range = new RangeHeaderValue(written, null);
                headers.IfRange = new RangeConditionHeaderValue(tag);
            }).ConfigureAwait(false);
        // The tag of a picture is the hash of its file.
        if (tag?.Tag.Trim('"') is { Length: 64 } promised && promised != Convert.ToHexStringLower(hash.GetHashAndReset()))
            throw DarkroomHttpException.OfDamage(HttpStatusCode.OK, $"The {written} bytes of the file do not have the hash {promised}.");
    }

    private bool GoesOn(HttpResponseMessage response) =>
        response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == written && Equals(response.Headers.ETag, tag);

    private async Task<bool> CopyAsync(HttpResponseMessage response, Stream destination, IncrementalHash hash, Silence silence)
    {
        var piece = new byte[PieceBytes];
        var stream = await response.Content.ReadAsStreamAsync(silence.Token).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            while (await transport.GuardAsync(() => stream.ReadAsync(piece, silence.Token).AsTask(), silence).ConfigureAwait(false) is > 0 and var read)
            {
                silence.Hold();
                await destination.WriteAsync(piece.AsMemory(0, read), silence.Token).ConfigureAwait(false);
                hash.AppendData(piece, 0, read);
                written += read;
                silence.Break();
            }
        }

        return true;
    }
}
