using Darkroom.Client;
using Darkroom.Contracts.Runs;
using Darkroom.Contracts.Sessions;

namespace Darkroom.Cli.Clusters;

/// <summary>A conversation about a picture, wherever it is kept.</summary>
internal interface ISession
{
    /// <summary>Gets its name.</summary>
    string Name { get; }

    /// <summary>Gets what it holds.</summary>
    Task<SessionInfo> GetAsync(CancellationToken cancellationToken);

    /// <summary>Lists the versions in the order in which they were started.</summary>
    Task<IReadOnlyList<SessionVersion>> ListVersionsAsync(CancellationToken cancellationToken);

    /// <summary>Says something; a run that this starts goes on after the answer.</summary>
    Task<TurnReply> SendAsync(string text, RestorationSettings? settings, int rounds, CancellationToken cancellationToken);

    /// <summary>Makes a version once more, as a new version beside it.</summary>
    Task<TurnReply> ReplayAsync(string? versionId, ulong? seed, CancellationToken cancellationToken);

    /// <summary>Follows what a message started, a run or rounds, to its end.</summary>
    /// <param name="reply">The answer to the message.</param>
    /// <param name="message">The message.</param>
    /// <param name="progress">Hears how far the run or the rounds are.</param>
    /// <param name="cancellationToken">Cancels the run under way, and the rounds after it.</param>
    Task<IterativeRestoration> FollowAsync(TurnReply reply, string message, IProgress<RunProgress> progress, CancellationToken cancellationToken);

    /// <summary>Waits for the end of a run.</summary>
    Task<RunStatus> WaitAsync(string runId, IProgress<RunProgress> progress, CancellationToken cancellationToken);

    /// <summary>Streams what happened and happens, from a sequence number on.</summary>
    IAsyncEnumerable<SessionEvent> EventsAsync(long fromSequence, CancellationToken cancellationToken);

    /// <summary>Goes back to the parent of the current version.</summary>
    Task<SessionInfo> UndoAsync(CancellationToken cancellationToken);

    /// <summary>Makes a version the current one; what is asked next branches off from it.</summary>
    Task<SessionInfo> CheckoutAsync(string versionId, CancellationToken cancellationToken);

    /// <summary>Puts two versions beside each other.</summary>
    Task<VersionComparison> CompareAsync(string beforeId, string afterId, CancellationToken cancellationToken);

    /// <summary>Deletes it and cancels its run.</summary>
    Task DeleteAsync(CancellationToken cancellationToken);
}
