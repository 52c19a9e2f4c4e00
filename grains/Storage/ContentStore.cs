using System.Security.Cryptography;

namespace Darkroom.Storage;

/// <summary>Keeps bytes under their own SHA-256: equal bytes are kept once, and what a hash names never changes.</summary>
/// <param name="store">Where the bytes are kept, as <c>content/ab/abcdef...</c></param>
/// <param name="time">Clock; the system's if null.</param>
public sealed class ContentStore(IBlobStore store, TimeProvider? time = null)
{
    private const string Prefix = "content/";

    // Who added bytes may take them back this long by its own clock, and whoever adds the same bytes writes them anew this
    // long by the store's: between the two is room for clocks that differ.
    private static readonly TimeSpan MayTakeBack = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan MayBeTakenBack = TimeSpan.FromMinutes(15);

    private readonly TimeProvider time = time ?? TimeProvider.System;

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
    public ContentStore In(string folder) => new(store, time) { folder = folder };

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

    /// <summary>As <see cref="PutAsync(Stream, string?, CancellationToken)"/>, and gives who added new bytes the means to take them back.</summary>
    /// <returns>The hash and size of the bytes, and a receipt (see <see cref="TakeBackAsync"/>) or null when they were kept already.</returns>
    public Task<(ContentRef Content, ContentReceipt? Receipt)> AddAsync(Stream content, string? contentType = null, CancellationToken cancellationToken = default) =>
        AddAsync(content, contentType, null, cancellationToken);

    /// <summary>As <see cref="PutAsync(Stream, string?, CancellationToken)"/>, and has the hash noted before the bytes are kept: wherever it breaks off, no bytes are kept of which nobody knows.</summary>
    /// <param name="content">Read from its current position to its end. One that cannot seek is kept in a temporary file while it is hashed.</param>
    /// <param name="contentType">Media type; the first writer of the same bytes decides.</param>
    /// <param name="note">Notes the hash; when it fails, nothing is kept.</param>
    /// <param name="cancellationToken">Stops the write.</param>
    /// <returns>The hash and size of the bytes.</returns>
    public async Task<ContentRef> PutNotedAsync(Stream content, string? contentType, Func<string, Task> note, CancellationToken cancellationToken = default) =>
        (await AddAsync(content, contentType, note, cancellationToken).ConfigureAwait(false)).Content;

    /// <summary>Takes back bytes that turned out to be of no use, unless somebody else has kept the same ones since, or it is too late.</summary>
    /// <remarks>Whoever keeps bytes that are new in the store writes them again, and a receipt is good for its own write only: nobody's bytes are lost.</remarks>
    /// <param name="receipt">What <see cref="AddAsync(Stream, string?, CancellationToken)"/> gave for them.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>Whether they are gone.</returns>
    public async Task<bool> TakeBackAsync(ContentReceipt receipt, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        if (time.GetElapsedTime(receipt.WrittenAt) >= MayTakeBack)
        {
            return false;
        }

        try
        {
            return await store.DeleteAsync(BlobOf(receipt.Hash), receipt.ETag, cancellationToken).ConfigureAwait(false);
        }
        catch (BlobConflictException)
        {
            return false;
        }
    }

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

    private async Task<(ContentRef Content, ContentReceipt? Receipt)> AddAsync(Stream content, string? contentType, Func<string, Task>? note, CancellationToken cancellationToken)
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
    private async Task<(ContentRef Content, ContentReceipt? Receipt)> PutSeekableAsync(
        Stream content, string? contentType, CancellationToken cancellationToken, bool isFixed = false, Func<string, Task>? note = null)
    {
        var start = content.Position;
        var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken).ConfigureAwait(false));
        if (note is not null)
        {
            await note(hash).ConfigureAwait(false);
        }

        // Taken before the write, so that what others see of it is younger.
        var now = time.GetTimestamp();
        var kept = await store.FindAsync(BlobOf(hash), cancellationToken).ConfigureAwait(false);
        if (kept is null && await TryWriteAsync(WriteCondition.IfAbsent).ConfigureAwait(false) is { } added)
        {
            return (RefOf(added), new ContentReceipt(hash, added.ETag, now));
        }

        // Or somebody else kept the same bytes meanwhile.
        kept ??= await store.FindAsync(BlobOf(hash), cancellationToken).ConfigureAwait(false);
        if (kept is null || IsYoung(kept))
        {
            kept = await TryWriteAsync(WriteCondition.None).ConfigureAwait(false) ?? throw BlobNotFoundException.For(BlobOf(hash));
        }

        return (RefOf(kept), null);

        ContentRef RefOf(BlobProperties blob) => new(hash, blob.SizeBytes, blob.ContentType);

        async Task<BlobProperties?> TryWriteAsync(WriteCondition condition)
        {
            content.Position = start;
            using var verified = isFixed ? null : new VerifyingStream(content, hash, leaveOpen: true);
            try
            {
                return await store.WriteAsync(BlobOf(hash), verified ?? content, condition, kept?.ContentType ?? contentType, cancellationToken).ConfigureAwait(false);
            }
            catch (BlobConflictException)
            {
                return null;
            }
        }
    }

    // In a folder of its own nobody takes bytes back from others.
    private bool IsYoung(BlobProperties blob) => folder.Length == 0 && time.GetUtcNow() - blob.LastModified < MayBeTakenBack;
}
