using System.Security.Cryptography;

namespace Darkroom.Storage;

/// <summary>Keeps bytes under their own SHA-256: equal bytes are kept once, and what a hash names never changes.</summary>
/// <param name="store">Where the bytes are kept, as <c>content/ab/abcdef...</c></param>
public sealed class ContentStore(IBlobStore store)
{
    private const string Prefix = "content/";

    private string folder = string.Empty;

    /// <summary>The blob that holds the bytes of a hash.</summary>
    /// <param name="hash">SHA-256, 64 lower-case hexadecimal digits.</param>
    /// <returns>A name for <see cref="IBlobStore"/>.</returns>
    /// <exception cref="ArgumentException">The text is not a hash.</exception>
    public static string NameOf(string hash) =>
        ContentRef.IsHash(hash)
            ? $"{Prefix}{hash[..2]}/{hash}"
            : throw new ArgumentException($"'{hash}' is not a SHA-256 in {ContentRef.HashLength} lower-case hexadecimal digits.", nameof(hash));

    /// <summary>Keeps bytes in a folder of their own, with which they are deleted; the same bytes elsewhere are others.</summary>
    /// <param name="folder">Name of the folder, with a slash at its end.</param>
    public ContentStore In(string folder) => new(store) { folder = folder };

    /// <summary>Deletes bytes; those that are not kept are no error. Only for a folder whose owner alone uses it (<see cref="In"/>).</summary>
    /// <param name="hash">SHA-256, 64 lower-case hexadecimal digits.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <exception cref="InvalidOperationException">The store is in no folder: the bytes may be anybody's.</exception>
    public Task DeleteAsync(string hash, CancellationToken cancellationToken = default) => folder.Length > 0
        ? store.DeleteAsync(BlobOf(hash), cancellationToken: cancellationToken)
        : throw new InvalidOperationException("Bytes that are kept under their hash alone may be anybody's: they are not deleted.");

    /// <summary>Keeps bytes. Doing it twice is the same as doing it once.</summary>
    /// <param name="content">Read from its current position to its end. One that cannot seek is kept in a temporary file while it is hashed.</param>
    /// <param name="contentType">Media type; the first writer of the same bytes decides.</param>
    /// <param name="cancellationToken">Stops the write; nothing is left of it.</param>
    /// <returns>The hash and size of the bytes.</returns>
    /// <exception cref="BlobStoreException">The store failed, or <paramref name="content"/> changed while it was read.</exception>
    public async Task<ContentRef> PutAsync(Stream content, string? contentType = null, CancellationToken cancellationToken = default) =>
        (await AddAsync(content, contentType, cancellationToken).ConfigureAwait(false)).Content;

    /// <summary>As <see cref="PutAsync(Stream, string?, CancellationToken)"/>, and tells whether the bytes are new, so that who added them may take them back.</summary>
    /// <returns>The hash and size of the bytes, and false when they were kept already.</returns>
    public Task<(ContentRef Content, bool IsNew)> AddAsync(Stream content, string? contentType = null, CancellationToken cancellationToken = default) =>
        AddAsync(content, contentType, null, cancellationToken);

    /// <summary>As <see cref="PutAsync(Stream, string?, CancellationToken)"/>, and has the hash noted before the bytes are kept: wherever it breaks off, no bytes are kept of which nobody knows.</summary>
    /// <param name="content">Read from its current position to its end. One that cannot seek is kept in a temporary file while it is hashed.</param>
    /// <param name="contentType">Media type; the first writer of the same bytes decides.</param>
    /// <param name="note">Notes the hash; when it fails, nothing is kept.</param>
    /// <param name="cancellationToken">Stops the write.</param>
    /// <returns>The hash and size of the bytes.</returns>
    public async Task<ContentRef> PutNotedAsync(Stream content, string? contentType, Func<string, Task> note, CancellationToken cancellationToken = default) =>
        (await AddAsync(content, contentType, note, cancellationToken).ConfigureAwait(false)).Content;

    /// <summary>Keeps bytes that are in memory already.</summary>
    /// <param name="content">The bytes.</param>
    /// <param name="contentType">Media type; the first writer of the same bytes decides.</param>
    /// <param name="cancellationToken">Stops the write; nothing is left of it.</param>
    /// <returns>The hash and size of the bytes.</returns>
    public async Task<ContentRef> PutAsync(byte[] content, string? contentType = null, CancellationToken cancellationToken = default)
    {
        using var stream = new MemoryStream(content, writable: false);
        return (await PutSeekableAsync(stream, contentType, cancellationToken, isFixed: true).ConfigureAwait(false)).Content;
    }

    /// <summary>Opens bytes for reading.</summary>
    /// <param name="hash">SHA-256, 64 lower-case hexadecimal digits.</param>
    /// <param name="verify">Hash the bytes while they are read, so that damage ends the reading with a <see cref="BlobStoreException"/>.</param>
    /// <param name="cancellationToken">Stops the opening.</param>
    /// <returns>The bytes; the caller disposes it.</returns>
    /// <exception cref="BlobNotFoundException">No bytes of this hash are kept.</exception>
    public async Task<BlobContent> OpenAsync(string hash, bool verify = false, CancellationToken cancellationToken = default)
    {
        var content = await store.OpenReadAsync(BlobOf(hash), default, cancellationToken).ConfigureAwait(false);
        return verify ? new BlobContent(new VerifyingStream(content.Stream, hash), content.Properties) : content;
    }

    /// <summary>Looks bytes up without reading them.</summary>
    /// <param name="hash">SHA-256, 64 lower-case hexadecimal digits.</param>
    /// <param name="cancellationToken">Stops the look-up.</param>
    /// <returns>Their size and type, or null when they are not kept.</returns>
    public async Task<ContentRef?> FindAsync(string hash, CancellationToken cancellationToken = default)
    {
        var found = await store.FindAsync(BlobOf(hash), cancellationToken).ConfigureAwait(false);
        return found is null ? null : new ContentRef(hash, found.SizeBytes, found.ContentType);
    }

    /// <summary>Finds a file on this machine that begins with the bytes of a hash; other bytes may follow.</summary>
    /// <param name="hash">SHA-256, 64 lower-case hexadecimal digits.</param>
    /// <returns>Path of the file, or null: the bytes are not kept, or elsewhere.</returns>
    public string? FindFile(string hash) => store.FindFile(BlobOf(hash));

    private string BlobOf(string hash) => folder + NameOf(hash);

    private async Task<(ContentRef Content, bool IsNew)> AddAsync(Stream content, string? contentType, Func<string, Task>? note, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        if (content.CanSeek)
        {
            return await PutSeekableAsync(content, contentType, cancellationToken, note: note).ConfigureAwait(false);
        }

        var spool = new FileStream(
            Path.Combine(Path.GetTempPath(), $"darkroom-{Guid.NewGuid():N}"),
            FileMode.CreateNew,
            FileAccess.ReadWrite,
            FileShare.None,
            bufferSize: 0,
            FileOptions.Asynchronous | FileOptions.DeleteOnClose);
        await using (spool.ConfigureAwait(false))
        {
            await content.CopyToAsync(spool, cancellationToken).ConfigureAwait(false);
            spool.Position = 0;
            return await PutSeekableAsync(spool, contentType, cancellationToken, note: note).ConfigureAwait(false);
        }
    }

    // Bytes in memory are not hashed a second time while they are written: no other process can change them meanwhile.
    private async Task<(ContentRef Content, bool IsNew)> PutSeekableAsync(
        Stream content, string? contentType, CancellationToken cancellationToken, bool isFixed = false, Func<string, Task>? note = null)
    {
        var start = content.Position;
        var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken).ConfigureAwait(false));
        if (note is not null)
        {
            await note(hash).ConfigureAwait(false);
        }

        if (await FindAsync(hash, cancellationToken).ConfigureAwait(false) is { } kept)
        {
            return (kept, false);
        }

        content.Position = start;
        var verified = isFixed ? content : new VerifyingStream(content, hash, leaveOpen: true);
        await using (verified.ConfigureAwait(false))
        {
            try
            {
                var written = await store.WriteAsync(BlobOf(hash), verified, WriteCondition.IfAbsent, contentType, cancellationToken).ConfigureAwait(false);
                return (new ContentRef(hash, written.SizeBytes, written.ContentType), true);
            }
            catch (BlobConflictException)
            {
                // Somebody else kept the same bytes meanwhile.
                return (await FindAsync(hash, cancellationToken).ConfigureAwait(false) ?? throw BlobNotFoundException.For(BlobOf(hash)), false);
            }
        }
    }
}
