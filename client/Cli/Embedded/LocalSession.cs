using Darkroom.Cli.Clusters;
using Darkroom.Client;
using Darkroom.Contracts.Runs;
using Darkroom.Contracts.Sessions;

namespace Darkroom.Cli.Embedded;

/// <summary>A session of the cluster in this process.</summary>
internal sealed class LocalSession(RestorationSession session) : ISession
{
    /// <inheritdoc/>
    public string Name => session.Key.Session;

    /// <inheritdoc/>
    public Task<SessionInfo> GetAsync(CancellationToken cancellationToken) => session.GetAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SessionVersion>> ListVersionsAsync(CancellationToken cancellationToken) => await session.ListVersionsAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<TurnReply> SendAsync(string text, RestorationSettings? settings, int rounds, CancellationToken cancellationToken) =>
        session.SendAsync(text, settings, rounds: rounds, cancellationToken: cancellationToken);

    /// <inheritdoc/>
    public Task<TurnReply> ReplayAsync(string? versionId, ulong? seed, CancellationToken cancellationToken) =>
        session.ReplayAsync(versionId, seed, cancellationToken: cancellationToken);

    /// <inheritdoc/>
    public Task<IterativeRestoration> FollowAsync(TurnReply reply, string message, IProgress<RunProgress> progress, CancellationToken cancellationToken) =>
        IterativeRestoration.FollowAsync(session, reply, message, _ => progress, cancellationToken);

    /// <inheritdoc/>
    public Task<RunStatus> WaitAsync(string runId, IProgress<RunProgress> progress, CancellationToken cancellationToken) =>
        session.WaitAsync(runId, progress, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<SessionEvent> EventsAsync(long fromSequence, CancellationToken cancellationToken) => session.EventsAsync(fromSequence, cancellationToken);

    /// <inheritdoc/>
    public Task<SessionInfo> UndoAsync(CancellationToken cancellationToken) => session.UndoAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<SessionInfo> CheckoutAsync(string versionId, CancellationToken cancellationToken) => session.CheckoutAsync(versionId, cancellationToken);

    /// <inheritdoc/>
    public Task<VersionComparison> CompareAsync(string beforeId, string afterId, CancellationToken cancellationToken) =>
        session.CompareAsync(beforeId, afterId, cancellationToken);

    /// <inheritdoc/>
    public Task DeleteAsync(CancellationToken cancellationToken) => session.DeleteAsync(cancellationToken);
}
