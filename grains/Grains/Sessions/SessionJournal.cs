using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Sessions;
using Darkroom.Storage;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Orleans.Storage;

namespace Darkroom.Grains.Sessions;

/// <summary>Writes a session down: its state after each change, and its older events to pages. Lives on the session's turns.</summary>
/// <param name="key">The session.</param>
/// <param name="storage">Its state.</param>
/// <param name="history">Its history.</param>
/// <param name="feed">Who hears of what is written.</param>
/// <param name="pages">Where the pages are.</param>
/// <param name="index">Where the tenant's sessions are noted.</param>
/// <param name="giveUp">What to do when memory and store may differ: the next activation reads the truth.</param>
/// <param name="logger">For what is tried again.</param>
internal sealed partial class SessionJournal(
    SessionKey key, IPersistentState<SessionState> storage, SessionHistory history, SessionFeed feed, SessionPages pages, TenantIndex index, Action giveUp, ILogger logger)
{
    private readonly StateWriter writer = new(() => storage.WriteStateAsync());
    private bool isTurning;

    /// <summary>Returns when everything that happened until now is written.</summary>
    /// <exception cref="StorageFailedException">It could not be written.</exception>
    public async Task SaveAsync() => await TellAsync(await KeepAsync());

    /// <summary>Writes everything that happened until now, and tells nobody yet.</summary>
    /// <returns>The last event that is written.</returns>
    /// <exception cref="StorageFailedException">It could not be written.</exception>
    public async Task<long> KeepAsync()
    {
        var upTo = history.LastSequence;
        await WriteAsync();
        return upTo;
    }

    /// <summary>Tells of what <see cref="KeepAsync"/> wrote.</summary>
    public Task TellAsync(long upTo)
    {
        feed.Publish(upTo);
        return TurnPagesAsync();
    }

    /// <summary>Notes the session for its tenant and writes it. A note without a session is harmless, a session without a note could not be found.</summary>
    /// <exception cref="StorageFailedException">It could not be written.</exception>
    public async Task OpenAsync()
    {
        try
        {
            await index.AddAsync(key.Tenant, TenantIndex.Sessions, key.Session);
        }
        catch (BlobStoreException error)
        {
            giveUp();
            throw new StorageFailedException($"The session could not be noted: {error.Message}");
        }

        await SaveAsync();
    }

    /// <summary>Takes everything of the session from the store; the first step makes it unfindable, the others may be repeated.</summary>
    /// <exception cref="StorageFailedException">The store failed; say it again.</exception>
    public async Task EraseAsync()
    {
        storage.State.IsDeleted = true;
        await WriteAsync();
        feed.Close();
        await pages.DeleteAllAsync(key);
        try
        {
            await index.RemoveAsync(key.Tenant, TenantIndex.Sessions, key.Session);
            await storage.ClearStateAsync();
        }
        catch (Exception error)
        {
            giveUp();
            throw new StorageFailedException($"What is left of the session could not be deleted: {error.Message}");
        }
    }

    private async Task WriteAsync()
    {
        try
        {
            await writer.SaveAsync();
        }
        catch (Exception error)
        {
            giveUp();
            if (error is InconsistentStateException)
                throw;
            throw new StorageFailedException($"The session could not be written: {error.Message}");
        }
    }

    // A page is written before it leaves the state, and what is on it was in a state that was written: whoever writes it
    // again, also an activation that is shut out already, writes the same bytes. If it fails, the next change tries again.
    private async Task TurnPagesAsync()
    {
        if (isTurning)
            return;
        isTurning = true;
        try
        {
            while (history.NextPage(feed.Published) is { } events)
            {
                await pages.WriteAsync(key, storage.State.EventPages, events);
                history.Turn();
                await WriteAsync();
            }
        }
        catch (Exception error) when (error is BlobStoreException or StorageFailedException)
        {
            LogNotTurned(error, key.Session);
        }
        finally
        {
            isTurning = false;
        }
    }

    [LoggerMessage(1210, LogLevel.Warning, "A page of session {Session} could not be written; trying again with its next change")]
    private partial void LogNotTurned(Exception error, string session);
}
