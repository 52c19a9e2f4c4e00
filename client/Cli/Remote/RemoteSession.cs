using Darkroom.Cli.Clusters;
using Darkroom.Client;
using Darkroom.Client.Http;
using Darkroom.Contracts.Runs;
using Darkroom.Contracts.Sessions;

namespace Darkroom.Cli.Remote;

/// <summary>A session of a server's cluster.</summary>
internal sealed class RemoteSession(DarkroomHttpClient client, string name) : ISession
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public async Task<SessionInfo> GetAsync(CancellationToken cancellationToken) => InfoOf(await client.Sessions.GetAsync(name, cancellationToken));

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SessionVersion>> ListVersionsAsync(CancellationToken cancellationToken) =>
        (await client.Sessions.ListVersionsAsync(name, cancellationToken)).Versions;

    // What a message starts must be known, or nobody could cancel it: the answer is waited for, and Ctrl-C heard after it.
    /// <inheritdoc/>
    public Task<TurnReply> SendAsync(string text, RestorationSettings? settings, int rounds, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return client.Sessions.SendAsync(name, new MessageOrder(text, settings, rounds), cancellationToken: CancellationToken.None);
    }

    /// <inheritdoc/>
    public Task<TurnReply> ReplayAsync(string? versionId, ulong? seed, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return client.Sessions.ReplayAsync(name, versionId, seed, cancellationToken: CancellationToken.None);
    }

    /// <inheritdoc/>
    public Task<IterativeRestoration> FollowAsync(TurnReply reply, string message, IProgress<RunProgress> progress, CancellationToken cancellationToken) =>
        IterativeRestoration.FollowAsync(new RoundCalls(EventsAsync, client.Runs.WaitAsync, client.Runs.CancelAsync), reply, message, _ => progress, cancellationToken);

    /// <inheritdoc/>
    public Task<RunStatus> WaitAsync(string runId, IProgress<RunProgress> progress, CancellationToken cancellationToken) =>
        client.Runs.WaitAsync(runId, progress, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<SessionEvent> EventsAsync(long fromSequence, CancellationToken cancellationToken) =>
        client.Sessions.EventsAsync(name, fromSequence, cancellationToken);

    /// <inheritdoc/>
    public async Task<SessionInfo> UndoAsync(CancellationToken cancellationToken) => InfoOf(await client.Sessions.UndoAsync(name, cancellationToken: cancellationToken));

    /// <inheritdoc/>
    public async Task<SessionInfo> CheckoutAsync(string versionId, CancellationToken cancellationToken) =>
        InfoOf(await client.Sessions.CheckoutAsync(name, versionId, cancellationToken: cancellationToken));

    /// <inheritdoc/>
    public Task<VersionComparison> CompareAsync(string beforeId, string afterId, CancellationToken cancellationToken) =>
        client.Sessions.CompareAsync(name, beforeId, afterId, cancellationToken);

    /// <inheritdoc/>
    public Task DeleteAsync(CancellationToken cancellationToken) => client.Sessions.DeleteAsync(name, cancellationToken);

    private static SessionInfo InfoOf(SessionStatus status) => new(
        string.Empty, status.Session, status.Source, status.Model, status.CurrentVersionId, status.CurrentImage, status.VersionCount, status.LastSequence, status.Pipeline);
}
