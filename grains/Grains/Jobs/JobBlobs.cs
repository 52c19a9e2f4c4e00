using System.Globalization;
using Darkroom.Contracts.Jobs;
using Darkroom.Storage;
using Microsoft.Extensions.Logging;

namespace Darkroom.Grains.Jobs;

/// <summary>What a job keeps in the blob store: pages of its manifest and of its results, and in the end the results as one blob.</summary>
internal sealed partial class JobBlobs(IBlobStore blobs, ContentStore contents, ILogger<JobBlobs> logger)
{
    // A line is at most a name and two hashes; a page never comes near it.
    private const int MaxPageBytes = 64 << 20;

    /// <summary>Gets the folder of a job.</summary>
    public static string FolderOf(JobKey key) => $"jobs/{key}/";

    /// <summary>Gets the name of a page of the manifest.</summary>
    public static string ManifestPage(string folder, int page) => Name(folder, "manifest", page);

    /// <summary>Gets the name of a page of the results.</summary>
    public static string ResultsPage(string folder, int page) => Name(folder, "results", page);

    /// <summary>Writes a page.</summary>
    public async Task WriteAsync<T>(string name, IEnumerable<T> lines, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        await JsonLines.WriteAsync(buffer, lines, cancellationToken);
        buffer.Position = 0;
        await blobs.WriteAsync(name, buffer, contentType: JsonLines.ContentType, cancellationToken: cancellationToken);
    }

    /// <summary>Reads a page of the manifest.</summary>
    /// <exception cref="BlobNotFoundException">There is no such page.</exception>
    public async Task<IReadOnlyList<JobItem>> ReadManifestAsync(string folder, int page, CancellationToken cancellationToken)
    {
        var name = ManifestPage(folder, page);
        var read = await blobs.TryReadBytesAsync(name, MaxPageBytes, cancellationToken) ?? throw new BlobNotFoundException($"The job's page '{name}' is gone.");
        using var buffer = new MemoryStream(read.Bytes, writable: false);
        var items = new List<JobItem>();
        await foreach (var item in JsonLines.ReadAsync<JobItem>(buffer, cancellationToken))
            items.Add(item!);
        return items;
    }

    /// <summary>Puts the results together: the pages, what fills no page yet, and a line for each picture that was never begun.</summary>
    /// <returns>Their hash in the content store; the same state gives the same.</returns>
    public async Task<string> JoinAsync(JobState state, CancellationToken cancellationToken)
    {
        // A file, since the results of a long job do not belong into memory.
        var path = Path.Combine(Path.GetTempPath(), $"darkroom-{Guid.NewGuid():N}.jsonl");
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.Asynchronous | FileOptions.DeleteOnClose);
        for (var page = 0; page < state.ResultPages; page++)
        {
            await using var content = await blobs.OpenReadAsync(ResultsPage(state.Folder, page), default, cancellationToken);
            await content.Stream.CopyToAsync(file, cancellationToken);
        }

        await JsonLines.WriteAsync(file, state.Recent, cancellationToken);
        for (var index = state.Next; index < state.Total;)
        {
            var page = await ReadManifestAsync(state.Folder, index / state.PageSize, cancellationToken);
            var rest = page.Skip(index % state.PageSize).ToList();
            var first = index;
            await JsonLines.WriteAsync(file, rest.Select((item, i) => new JobItemResult(first + i, item.Name, JobItemOutcome.Cancelled, null, null, null, null, 0)), cancellationToken);
            index += rest.Count;
        }

        file.Position = 0;
        return (await contents.PutAsync(file, JsonLines.ContentType, cancellationToken)).Hash;
    }

    /// <summary>Deletes all pages of a job that has ended.</summary>
    /// <returns>Whether nothing is left; what could not be deleted now is harmless.</returns>
    public async Task<bool> TryDeleteAllAsync(JobKey key)
    {
        try
        {
            await foreach (var blob in blobs.ListAsync(FolderOf(key)))
                await blobs.DeleteAsync(blob.Name);
            return true;
        }
        catch (BlobStoreException error)
        {
            LogNotDeleted(error, FolderOf(key));
            return false;
        }
    }

    private static string Name(string folder, string what, int page) => string.Create(CultureInfo.InvariantCulture, $"{folder}{what}-{page:D6}.jsonl");

    [LoggerMessage(1330, LogLevel.Warning, "The pages in {Folder} could not be deleted")]
    private partial void LogNotDeleted(Exception error, string folder);
}
