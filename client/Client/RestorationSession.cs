using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Runs;
using Darkroom.Contracts.Sessions;

namespace Darkroom.Client;

/// <summary>A conversation about a picture.</summary>
public sealed class RestorationSession
{
    private readonly DarkroomClient client;
    private readonly RunWatcher watcher;

    internal RestorationSession(SessionKey key, ISessionGrain grain, DarkroomClient client, RunWatcher watcher)
    {
        (Key, Grain, this.client, this.watcher) = (key, grain, client, watcher);
    }

    /// <summary>Gets the tenant and the name.</summary>
    public SessionKey Key { get; }

    /// <summary>Gets the grain behind it.</summary>
    public ISessionGrain Grain { get; }

    /// <summary>Gets what the session holds.</summary>
    /// <exception cref="SessionNotFoundException">There is no such session.</exception>
    public Task<SessionInfo> GetAsync(CancellationToken cancellationToken = default) => Grain.GetAsync(cancellationToken);

    /// <summary>Says something; a run that this starts goes on after the answer (see <see cref="WaitAsync"/>).</summary>
    /// <param name="text">Plain text, or <c>&lt;restore&gt;</c> or <c>&lt;refine&gt;</c> with or without words.</param>
    /// <param name="settings">Settings for the run that it may start; the defaults if null.</param>
    /// <param name="turnId">Id of the turn; give one to say the same again safely after an error.</param>
    /// <param name="rounds">At most so many rounds on the same picture (see <see cref="IterativeRestoration"/>); the text may ask for more.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="SessionNotFoundException">There is no such session.</exception>
    /// <exception cref="InvalidRequestException">The settings or the rounds are out of range.</exception>
    /// <exception cref="QuotaExceededException">The tenant has used up what it is allowed; the exception says when to try again.</exception>
    public Task<TurnReply> SendAsync(
        string text, RestorationSettings? settings = null, string? turnId = null, int rounds = 1, CancellationToken cancellationToken = default) =>
        Grain.SendAsync(new SessionMessage(turnId ?? Guid.NewGuid().ToString("N"), text, settings ?? new RestorationSettings(), rounds), cancellationToken);

    /// <summary>Says something and waits for the run that it starts.</summary>
    /// <param name="text">A message with a command.</param>
    /// <param name="settings">Settings for the run; the defaults if null.</param>
    /// <param name="progress">Hears how far the run is, at least twice a second.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <returns>The answer, and how the run ended; that is null if the message started none.</returns>
    /// <exception cref="OperationCanceledException">The run was cancelled through <paramref name="cancellationToken"/>.</exception>
    public async Task<Restoration> RestoreAsync(
        string text = "<restore>",
        RestorationSettings? settings = null,
        IProgress<RunProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        var reply = await SendAsync(text, settings, cancellationToken: cancellationToken).ConfigureAwait(false);
        return await FinishAsync(reply, progress, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes a version once more, as a new version beside it; the run goes on after the answer (see <see cref="FinishAsync"/>).</summary>
    /// <param name="versionId">The version, or null for the current one.</param>
    /// <param name="seed">Another seed, or null for the same: then the picture is the same, as long as the model's file is.</param>
    /// <param name="settings">Other settings, or null for those of the version.</param>
    /// <param name="turnId">Id of the turn; give one to say the same again safely after an error.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="InvalidRequestException">There is no such version, it is the picture as it was opened, or the settings are out of range.</exception>
    /// <exception cref="QuotaExceededException">The tenant has used up what it is allowed; the exception says when to try again.</exception>
    public Task<TurnReply> ReplayAsync(
        string? versionId = null, ulong? seed = null, RestorationSettings? settings = null, string? turnId = null, CancellationToken cancellationToken = default) =>
        Grain.ReplayAsync(new ReplayRequest(turnId ?? Guid.NewGuid().ToString("N"), versionId, seed, settings), cancellationToken);

    /// <summary>Waits for the run that an answer tells of.</summary>
    /// <param name="reply">The answer.</param>
    /// <param name="progress">Hears how far the run is, at least twice a second.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <returns>The answer, and how the run ended; that is null if there was none.</returns>
    /// <exception cref="OperationCanceledException">The run was cancelled through <paramref name="cancellationToken"/>.</exception>
    public async Task<Restoration> FinishAsync(TurnReply reply, IProgress<RunProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        if (reply.RunId is not { } runId)
            return new Restoration(reply, null);
        try
        {
            return new Restoration(reply, await WaitAsync(runId, progress, cancellationToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await CancelAsync(runId, CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Waits for the end of a run, whatever silo dies meanwhile.</summary>
    /// <param name="runId">A run of this session.</param>
    /// <param name="progress">Hears how far the run is.</param>
    /// <param name="cancellationToken">Stops waiting; the run goes on.</param>
    /// <exception cref="RunNotFoundException">The tenant has no such run.</exception>
    public async Task<RunStatus> WaitAsync(string runId, IProgress<RunProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        await watcher.BegunAsync(Grain, Own(runId), cancellationToken).ConfigureAwait(false);
        return await watcher.WaitAsync(runId, progress, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Streams how far a run is, to its end, whatever silo dies meanwhile.</summary>
    /// <param name="runId">A run of this session.</param>
    /// <param name="cancellationToken">Ends the stream; the run goes on.</param>
    /// <exception cref="RunNotFoundException">The tenant has no such run.</exception>
    public async IAsyncEnumerable<RunProgress> WatchRunAsync(string runId, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await watcher.BegunAsync(Grain, Own(runId), cancellationToken).ConfigureAwait(false);
        await foreach (var glimpse in watcher.WatchAsync(runId, cancellationToken).ConfigureAwait(false))
            yield return glimpse;
    }

    /// <summary>Cancels a run.</summary>
    /// <exception cref="RunNotFoundException">The tenant has no such run.</exception>
    public async Task<RunStatus> CancelAsync(string runId, CancellationToken cancellationToken = default)
    {
        await watcher.BegunAsync(Grain, Own(runId), cancellationToken).ConfigureAwait(false);
        return await watcher.CancelAsync(runId, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Cancels the run under way and the rounds that would follow it.</summary>
    /// <exception cref="SessionNotFoundException">There is no such session.</exception>
    public Task CancelAsync(CancellationToken cancellationToken = default) => watcher.RetryAsync(
        async () =>
        {
            await Grain.CancelAsync(cancellationToken).ConfigureAwait(false);
            return true;
        },
        cancellationToken);

    /// <summary>Streams the session's events from a sequence number on, without a gap, until cancelled, whatever silo dies meanwhile.</summary>
    /// <param name="fromSequence">The first event wanted; 1 is the opening.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    public IAsyncEnumerable<SessionEvent> EventsAsync(long fromSequence = 1, CancellationToken cancellationToken = default) =>
        watcher.EventsAsync(Grain, fromSequence, cancellationToken);

    /// <summary>Lists the versions.</summary>
    public Task<ImmutableArray<SessionVersion>> ListVersionsAsync(CancellationToken cancellationToken = default) =>
        Grain.ListVersionsAsync(cancellationToken);

    /// <summary>Goes back to the parent of the current version.</summary>
    /// <exception cref="InvalidRequestException">The current version is the picture as it was opened.</exception>
    public Task<SessionInfo> UndoAsync(CancellationToken cancellationToken = default) => Grain.UndoAsync(cancellationToken);

    /// <summary>Makes a version the current one; what is asked next branches off from it.</summary>
    /// <exception cref="InvalidRequestException">There is no such version, or it has no picture.</exception>
    public Task<SessionInfo> CheckoutAsync(string versionId, CancellationToken cancellationToken = default) =>
        Grain.CheckoutAsync(versionId, cancellationToken);

    /// <summary>Goes back to the parent of the current version, once however often it is said under the same id.</summary>
    /// <exception cref="InvalidRequestException">The current version is the picture as it was opened.</exception>
    public Task<SessionInfo> UndoAsync(string turnId, CancellationToken cancellationToken = default) =>
        Grain.MoveAsync(new MoveRequest(turnId), cancellationToken);

    /// <summary>Makes a version the current one, once however often it is said under the same id.</summary>
    /// <exception cref="InvalidRequestException">There is no such version, or it has no picture.</exception>
    public Task<SessionInfo> CheckoutAsync(string versionId, string turnId, CancellationToken cancellationToken = default) =>
        Grain.MoveAsync(new MoveRequest(turnId, versionId), cancellationToken);

    /// <summary>Puts two versions beside each other: their pictures, and what they were made with where it differs.</summary>
    /// <exception cref="InvalidRequestException">There is no such version, or it has no picture.</exception>
    public Task<VersionComparison> CompareAsync(string beforeId, string afterId, CancellationToken cancellationToken = default) =>
        Grain.CompareAsync(beforeId, afterId, cancellationToken);

    /// <summary>Deletes the session and cancels its run. The pictures stay: others may have them too.</summary>
    public Task DeleteAsync(CancellationToken cancellationToken = default) => watcher.RetryAsync(
        async () =>
        {
            await Grain.DeleteAsync(cancellationToken).ConfigureAwait(false);
            return true;
        },
        cancellationToken);

    /// <summary>Copies the current version's file.</summary>
    /// <param name="destination">Where to; stays open.</param>
    /// <param name="cancellationToken">Stops the copy.</param>
    public async Task DownloadCurrentAsync(Stream destination, CancellationToken cancellationToken = default)
    {
        var info = await GetAsync(cancellationToken).ConfigureAwait(false);
        await client.DownloadAsync(info.CurrentImage, destination, cancellationToken).ConfigureAwait(false);
    }

    private string Own(string runId) => RunKey.Parse(runId).Tenant == Key.Tenant
        ? runId
        : throw new RunNotFoundException($"The tenant '{Key.Tenant}' has no run '{runId}'.");
}
