using System.Buffers;
using Azure.Storage;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace Darkroom.Storage.AzureBlobs;

/// <summary>One request of a write; it answers with the new blob when it is the one that makes it.</summary>
internal delegate Task<BlobContentInfo?> AzureRequest();

/// <summary>One write of a blob: in one request when it fits a piece, else as blocks and their list.</summary>
/// <remarks>
/// The client library's own upload names blocks by their offset, so that two writers of one blob mix their bytes, whatever the
/// conditions say, since these hold only for the list. Here every write names its blocks anew. Each piece is in memory while it is
/// sent, so that a retry sends the same bytes and the caller's stream is read once.
/// </remarks>
internal sealed class AzureUpload(BlockBlobClient blob, BlobUploadOptions options, int pieceBytes)
{
    private const int FirstBufferBytes = 64 * 1024;

    /// <summary>Reads the stream to its end and writes the blob.</summary>
    /// <param name="content">Its exceptions come through unchanged.</param>
    /// <param name="send">Runs each request and translates its exceptions.</param>
    /// <param name="cancellationToken">Stops the write; blocks without a list are dropped by Azure after a week.</param>
    /// <returns>What Azure said of the new blob, and its size in bytes.</returns>
    public async Task<(BlobContentInfo Info, long SizeBytes)> RunAsync(
        Stream content, Func<AzureRequest, Task<BlobContentInfo?>> send, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBufferBytes);
        try
        {
            var blocks = new List<string>();
            var size = 0L;
            while (true)
            {
                (buffer, var count) = await ReadPieceAsync(content, buffer, cancellationToken).ConfigureAwait(false);
                size += count;
                var atEnd = count < pieceBytes;
                var piece = new MemoryStream(buffer, 0, count, writable: false);
                if (atEnd && blocks.Count == 0)
                {
                    var written = await send(() => PutAsync(piece, cancellationToken)).ConfigureAwait(false);
                    return (written!, size);
                }

                if (count > 0)
                {
                    var id = Convert.ToBase64String(Guid.NewGuid().ToByteArray());
                    blocks.Add(id);
                    await send(() => StageAsync(id, piece, cancellationToken)).ConfigureAwait(false);
                }

                if (atEnd)
                {
                    var written = await send(() => CommitAsync(blocks, cancellationToken)).ConfigureAwait(false);
                    return (written!, size);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task<BlobContentInfo?> PutAsync(MemoryStream piece, CancellationToken cancellationToken)
    {
        // As large as a piece, so that the library never splits it.
        options.TransferOptions = new StorageTransferOptions { InitialTransferSize = pieceBytes, MaximumTransferSize = pieceBytes };
        return await blob.UploadAsync(piece, options, cancellationToken).ConfigureAwait(false);
    }

    private async Task<BlobContentInfo?> StageAsync(string id, MemoryStream piece, CancellationToken cancellationToken)
    {
        await blob.StageBlockAsync(id, piece, options: null, cancellationToken).ConfigureAwait(false);
        return null;
    }

    private async Task<BlobContentInfo?> CommitAsync(List<string> blocks, CancellationToken cancellationToken)
    {
        var commit = new CommitBlockListOptions { Conditions = options.Conditions, HttpHeaders = options.HttpHeaders };
        return await blob.CommitBlockListAsync(blocks, commit, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Fills the buffer up to a piece, growing it as the stream turns out to be longer.</summary>
    private async Task<(byte[] Buffer, int Count)> ReadPieceAsync(Stream content, byte[] buffer, CancellationToken cancellationToken)
    {
        var count = 0;
        while (count < pieceBytes)
        {
            if (count == buffer.Length)
            {
                var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(pieceBytes, buffer.Length * 4L));
                buffer.AsSpan(0, count).CopyTo(larger);
                ArrayPool<byte>.Shared.Return(buffer);
                buffer = larger;
            }

            var wanted = Math.Min(buffer.Length, pieceBytes) - count;
            var read = await content.ReadAsync(buffer.AsMemory(count, wanted), cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                break;
            }

            count += read;
        }

        return (buffer, count);
    }
}
