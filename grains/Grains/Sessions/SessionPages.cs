using System.Globalization;
using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Sessions;
using Darkroom.Storage;

namespace Darkroom.Grains.Sessions;

/// <summary>The pages of a long history in the blob store. A page never changes: whoever writes it again writes the same.</summary>
internal sealed class SessionPages(IBlobStore blobs)
{
    // A page has a few hundred events, each a message and an answer at most; it never comes near this.
    private const int MaxPageBytes = 64 << 20;

    /// <summary>Gets the folder of a session.</summary>
    public static string FolderOf(SessionKey key) => $"sessions/{key}/";

    /// <summary>Writes a page.</summary>
    /// <exception cref="BlobStoreException">The store failed.</exception>
    public async Task WriteAsync(SessionKey key, int page, IEnumerable<SessionEvent> events)
    {
        using var buffer = new MemoryStream();
        await JsonLines.WriteAsync(buffer, events);
        buffer.Position = 0;
        await blobs.WriteAsync(NameOf(key, page), buffer, contentType: JsonLines.ContentType);
    }

    /// <summary>Reads a page.</summary>
    /// <exception cref="StorageFailedException">The store failed, or the page is gone.</exception>
    public async Task<IReadOnlyList<SessionEvent>> ReadAsync(SessionKey key, int page, CancellationToken cancellationToken)
    {
        var name = NameOf(key, page);
        try
        {
            var read = await blobs.TryReadBytesAsync(name, MaxPageBytes, cancellationToken) ?? throw new StorageFailedException($"The session's page '{name}' is gone.");
            using var buffer = new MemoryStream(read.Bytes, writable: false);
            var events = new List<SessionEvent>();
            await foreach (var happened in JsonLines.ReadAsync<SessionEvent>(buffer, cancellationToken))
                events.Add(happened!);
            return events;
        }
        catch (BlobStoreException error)
        {
            throw new StorageFailedException($"The session's page '{name}' could not be read: {error.Message}");
        }
    }

    /// <summary>Deletes all pages of a session.</summary>
    /// <exception cref="StorageFailedException">The store failed; say it again.</exception>
    public async Task DeleteAllAsync(SessionKey key)
    {
        try
        {
            var names = new List<string>();
            await foreach (var blob in blobs.ListAsync(FolderOf(key)))
                names.Add(blob.Name);
            foreach (var name in names)
                await blobs.DeleteAsync(name);
        }
        catch (BlobStoreException error)
        {
            throw new StorageFailedException($"The pages of the session '{key}' could not be deleted: {error.Message}");
        }
    }

    private static string NameOf(SessionKey key, int page) => string.Create(CultureInfo.InvariantCulture, $"{FolderOf(key)}events-{page:D6}.jsonl");
}
