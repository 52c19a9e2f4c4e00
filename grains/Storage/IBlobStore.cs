namespace Darkroom.Storage;

/// <summary>Keeps bytes under names: images, checkpoints and the state of grains. It knows nothing of what they mean.</summary>
/// <remarks>
/// Every implementation passes the same suite (tests/Unit/Storage). A name that is not allowed is an
/// <see cref="ArgumentException"/> (see <see cref="BlobName"/>), a missing blob a <see cref="BlobNotFoundException"/>, a condition
/// that does not hold a <see cref="BlobConflictException"/>, and a store that fails a <see cref="BlobStoreException"/>.
/// </remarks>
public interface IBlobStore
{
    /// <summary>Writes a blob whole or not at all: readers see the old bytes until the last of the new ones is safe.</summary>
    /// <param name="name">Name of the blob, with <c>/</c> between its parts.</param>
    /// <param name="content">Read once from its current position to its end, in pieces; it need not be seekable and stays open.</param>
    /// <param name="condition">What must hold for the write to happen; by default nothing.</param>
    /// <param name="contentType">Media type to keep with the bytes; default <c>application/octet-stream</c>.</param>
    /// <param name="cancellationToken">Stops the write; nothing is left of it.</param>
    /// <returns>The properties of the new blob; its <see cref="BlobProperties.ETag"/> differs from that of every earlier write.</returns>
    /// <exception cref="BlobConflictException">The condition does not hold; nothing was written.</exception>
    /// <remarks>An exception of <paramref name="content"/> comes through unchanged and leaves nothing behind.</remarks>
    Task<BlobProperties> WriteAsync(
        string name,
        Stream content,
        WriteCondition condition = default,
        string? contentType = null,
        CancellationToken cancellationToken = default);

    /// <summary>Opens a blob, or a part of it, for reading. A write that comes later never mixes with what is read.</summary>
    /// <param name="name">Name of the blob.</param>
    /// <param name="range">The part to read; by default all of it. A range that ends beyond the blob ends with it.</param>
    /// <param name="cancellationToken">Stops the opening.</param>
    /// <returns>The bytes together with the properties that belong to exactly these bytes; the caller disposes it.</returns>
    /// <exception cref="BlobNotFoundException">There is no such blob.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The range starts beyond the end of the blob.</exception>
    /// <remarks>A reader in a folder reads the old bytes to their end; one of Azure that has to resume on a replaced blob fails.</remarks>
    Task<BlobContent> OpenReadAsync(string name, BlobRange range = default, CancellationToken cancellationToken = default);

    /// <summary>Looks a blob up without reading it.</summary>
    /// <param name="name">Name of the blob.</param>
    /// <param name="cancellationToken">Stops the look-up.</param>
    /// <returns>Its properties, or null when there is no such blob.</returns>
    Task<BlobProperties?> FindAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Deletes a blob.</summary>
    /// <param name="name">Name of the blob.</param>
    /// <param name="ifMatch">Delete only the blob with this ETag; null deletes any.</param>
    /// <param name="cancellationToken">Stops the deletion.</param>
    /// <returns>True when the blob was deleted, false when there was none (whatever <paramref name="ifMatch"/> says).</returns>
    /// <exception cref="BlobConflictException">The blob has another ETag; it is still there.</exception>
    Task<bool> DeleteAsync(string name, string? ifMatch = null, CancellationToken cancellationToken = default);

    /// <summary>Lists the blobs whose names start with a prefix, in ordinal order of their names, a page at a time.</summary>
    /// <param name="prefix">Start of the names, not only of whole parts; empty lists everything.</param>
    /// <param name="cancellationToken">Stops the listing.</param>
    /// <returns>The properties of each blob. A blob written or deleted meanwhile may or may not be among them.</returns>
    IAsyncEnumerable<BlobProperties> ListAsync(string prefix = "", CancellationToken cancellationToken = default);

    /// <summary>Finds a file on this machine that begins with a blob's bytes, for readers that read at any place; other bytes may follow.</summary>
    /// <param name="name">Name of the blob.</param>
    /// <returns>Path of the file, or null: there is no such blob, or it is kept elsewhere.</returns>
    string? FindFile(string name) => null;
}
