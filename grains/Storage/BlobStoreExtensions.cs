namespace Darkroom.Storage;

/// <summary>Short forms for blobs that are known to be small.</summary>
public static class BlobStoreExtensions
{
    /// <summary>Whether a blob exists.</summary>
    /// <param name="store">The store.</param>
    /// <param name="name">Name of the blob.</param>
    /// <param name="cancellationToken">Stops the look-up.</param>
    /// <returns>True when it exists.</returns>
    public static async Task<bool> ExistsAsync(this IBlobStore store, string name, CancellationToken cancellationToken = default) =>
        await store.FindAsync(name, cancellationToken).ConfigureAwait(false) is not null;

    /// <summary>Writes bytes that are in memory already.</summary>
    /// <param name="store">The store.</param>
    /// <param name="name">Name of the blob.</param>
    /// <param name="content">All bytes of the blob.</param>
    /// <param name="condition">What must hold for the write to happen; by default nothing.</param>
    /// <param name="contentType">Media type to keep with the bytes.</param>
    /// <param name="cancellationToken">Stops the write; nothing is left of it.</param>
    /// <returns>The properties of the new blob.</returns>
    /// <exception cref="BlobConflictException">The condition does not hold; nothing was written.</exception>
    public static async Task<BlobProperties> WriteBytesAsync(
        this IBlobStore store,
        string name,
        byte[] content,
        WriteCondition condition = default,
        string? contentType = null,
        CancellationToken cancellationToken = default)
    {
        using var stream = new MemoryStream(content, writable: false);
        return await store.WriteAsync(name, stream, condition, contentType, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads a whole small blob into memory.</summary>
    /// <param name="store">The store.</param>
    /// <param name="name">Name of the blob.</param>
    /// <param name="maxBytes">Largest size that is accepted, so that a wrong name cannot fill the memory; default 64 MiB.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The bytes and the properties that belong to them, or null when there is no such blob.</returns>
    /// <exception cref="BlobStoreException">The blob is larger than <paramref name="maxBytes"/>.</exception>
    public static async Task<(byte[] Bytes, BlobProperties Properties)?> TryReadBytesAsync(
        this IBlobStore store, string name, int maxBytes = 64 << 20, CancellationToken cancellationToken = default)
    {
        BlobContent content;
        try
        {
            content = await store.OpenReadAsync(name, default, cancellationToken).ConfigureAwait(false);
        }
        catch (BlobNotFoundException)
        {
            return null;
        }

        await using (content.ConfigureAwait(false))
        {
            var size = content.Properties.SizeBytes;
            if (size > maxBytes)
            {
                throw new BlobStoreException($"The blob '{name}' has {size} bytes; at most {maxBytes} are read into memory.");
            }

            var bytes = new byte[size];
            await content.Stream.ReadExactlyAsync(bytes, cancellationToken).ConfigureAwait(false);
            return (bytes, content.Properties);
        }
    }
}
