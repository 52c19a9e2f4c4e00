using System.Runtime.CompilerServices;
using Darkroom.Contracts.Errors;
using Darkroom.Storage;
using Microsoft.Extensions.Logging;

namespace Darkroom.Grains.Supervision;

/// <summary>What kind of work is unfinished.</summary>
internal enum WorkKind
{
    /// <summary>A run; the key is its id.</summary>
    Run,

    /// <summary>A job; the key is its id.</summary>
    Job,

    /// <summary>A session with rounds under way; the key is its own.</summary>
    Session,
}

/// <summary>A run, a job or rounds of a session that have begun and not ended.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Key">Its grain's key.</param>
/// <param name="BlobName">Its entry in the register.</param>
internal readonly record struct UnfinishedWork(WorkKind Kind, string Key, string BlobName);

/// <summary>Remembers in the blob store which runs, jobs and rounds have begun and not ended: an empty blob for each.</summary>
/// <remarks>
/// An entry is written before the start is acknowledged and deleted after the end was kept. One that a crash left behind is
/// deleted by its own grain when the supervisor asks it; nobody else may, since the run could be starting just then.
/// </remarks>
internal sealed partial class UnfinishedRegister(IBlobStore blobs, ILogger<UnfinishedRegister> logger)
{
    private const string Folder = "unfinished/";
    private const string RunFolder = Folder + "run/";
    private const string JobFolder = Folder + "job/";
    private const string SessionFolder = Folder + "session/";
    private const string ContentType = "application/x-darkroom-entry";

    /// <summary>Enters work; entering it again changes nothing.</summary>
    /// <exception cref="StorageFailedException">The store failed.</exception>
    public async Task AddAsync(WorkKind kind, string key, CancellationToken cancellationToken)
    {
        try
        {
            await blobs.WriteBytesAsync(NameOf(kind, key), [], default, ContentType, cancellationToken);
        }
        catch (BlobStoreException error)
        {
            throw new StorageFailedException($"The {kind.ToString().ToLowerInvariant()} '{key}' could not be entered as unfinished: {error.Message}");
        }
    }

    /// <summary>Enters work that goes on anyway; a store that fails costs only that nobody takes it up by itself.</summary>
    public async Task TryAddAsync(WorkKind kind, string key)
    {
        try
        {
            await AddAsync(kind, key, CancellationToken.None);
        }
#pragma warning disable CA1031 // Whatever the store throws, the work itself goes on.
        catch (Exception error)
#pragma warning restore CA1031
        {
            LogNotEntered(error, kind, key);
        }
    }

    /// <summary>Deletes an entry; a store that fails leaves it to the next round of the supervisor.</summary>
    public async Task TryRemoveAsync(WorkKind kind, string key)
    {
        try
        {
            await blobs.DeleteAsync(NameOf(kind, key));
        }
#pragma warning disable CA1031 // As it says.
        catch (Exception error)
#pragma warning restore CA1031
        {
            LogNotRemoved(error, kind, key);
        }
    }

    /// <summary>Lists the entries in the order of their names.</summary>
    /// <param name="after">Only entries whose blob name comes after this one; empty lists all.</param>
    /// <param name="cancellationToken">Stops the listing.</param>
    public async IAsyncEnumerable<UnfinishedWork> ListAsync(string after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var entry in blobs.ListAsync(Folder, cancellationToken))
        {
            if (string.CompareOrdinal(entry.Name, after) > 0 && Parse(entry.Name) is { } work)
                yield return work;
        }
    }

    private static string NameOf(WorkKind kind, string key) => FolderOf(kind) + Uri.EscapeDataString(key);

    private static string FolderOf(WorkKind kind) => kind switch
    {
        WorkKind.Run => RunFolder,
        WorkKind.Job => JobFolder,
        _ => SessionFolder,
    };

    // What somebody else put there is nobody's work.
    private static UnfinishedWork? Parse(string name)
    {
        foreach (var kind in Enum.GetValues<WorkKind>())
        {
            if (name.StartsWith(FolderOf(kind), StringComparison.Ordinal))
                return new UnfinishedWork(kind, Uri.UnescapeDataString(name[FolderOf(kind).Length..]), name);
        }

        return null;
    }

    [LoggerMessage(1410, LogLevel.Warning, "{Kind} {Key} could not be entered as unfinished: if its silo dies, it goes on only when somebody asks for it")]
    private partial void LogNotEntered(Exception error, WorkKind kind, string key);

    [LoggerMessage(1411, LogLevel.Warning, "{Kind} {Key} could not be taken off the unfinished ones")]
    private partial void LogNotRemoved(Exception error, WorkKind kind, string key);
}
