using System.Collections.Immutable;
using Darkroom.Contracts.Errors;

namespace Darkroom.Contracts.Sessions;

/// <summary>One conversation about one picture. The key is <c>{tenant}/{session}</c>, see <see cref="SessionKey"/>.</summary>
/// <remarks>
/// Whatever is asked about the picture concerns the current version: at first the picture as it was opened, then the
/// result of the last run that finished, or the version that <see cref="CheckoutAsync"/> or <see cref="UndoAsync"/> chose.
/// </remarks>
[Alias("Darkroom.ISessionGrain")]
public interface ISessionGrain : IGrainWithStringKey
{
    /// <summary>Opens the session with a picture that is already in the content store; saying it twice does it once.</summary>
    /// <exception cref="InvalidImageException">The picture is missing, not a picture, or larger than allowed.</exception>
    /// <exception cref="SessionConflictException">The session is open with another picture.</exception>
    [Alias("OpenAsync")]
    Task<SessionInfo> OpenAsync(OpenSessionRequest request, CancellationToken cancellationToken);

    /// <summary>Gets what the session holds.</summary>
    /// <exception cref="SessionNotFoundException">There is no such session.</exception>
    [Alias("GetAsync")]
    Task<SessionInfo> GetAsync(CancellationToken cancellationToken);

    /// <summary>Says something: plain text is conversation, <c>&lt;restore&gt;</c> and <c>&lt;refine&gt;</c> start a run.</summary>
    /// <returns>The answer. A run that was started goes on after it: follow it by its id.</returns>
    /// <exception cref="SessionNotFoundException">There is no such session.</exception>
    /// <exception cref="InvalidRequestException">The settings are out of range.</exception>
    /// <exception cref="SessionConflictException">The turn's id was used for another message.</exception>
    /// <exception cref="QuotaExceededException">The message would start a run, and the tenant has used up what it is allowed; the turn was not taken.</exception>
    [Alias("SendAsync")]
    Task<TurnReply> SendAsync(SessionMessage message, CancellationToken cancellationToken);

    /// <summary>Lists the versions in the order they were started; each names its parent, so they form a tree.</summary>
    /// <exception cref="SessionNotFoundException">There is no such session.</exception>
    [Alias("ListVersionsAsync")]
    Task<ImmutableArray<SessionVersion>> ListVersionsAsync(CancellationToken cancellationToken);

    /// <summary>Goes back to the parent of the current version; nothing is deleted.</summary>
    /// <exception cref="SessionNotFoundException">There is no such session.</exception>
    /// <exception cref="InvalidRequestException">The current version is the picture as it was opened.</exception>
    [Alias("UndoAsync")]
    Task<SessionInfo> UndoAsync(CancellationToken cancellationToken);

    /// <summary>Makes a version the current one; what is asked next branches off from it.</summary>
    /// <exception cref="SessionNotFoundException">There is no such session.</exception>
    /// <exception cref="InvalidRequestException">There is no such version, or it has no picture.</exception>
    [Alias("CheckoutAsync")]
    Task<SessionInfo> CheckoutAsync(string versionId, CancellationToken cancellationToken);

    /// <summary>As <see cref="UndoAsync"/> and <see cref="CheckoutAsync"/>, with an id: saying it twice does it once.</summary>
    /// <exception cref="SessionNotFoundException">There is no such session.</exception>
    /// <exception cref="InvalidRequestException">There is no such version, it has no picture, or there is nothing to undo.</exception>
    /// <exception cref="SessionConflictException">The turn's id was used for something else.</exception>
    [Alias("MoveAsync")]
    Task<SessionInfo> MoveAsync(MoveRequest request, CancellationToken cancellationToken);

    /// <summary>Puts two versions beside each other.</summary>
    /// <exception cref="SessionNotFoundException">There is no such session.</exception>
    /// <exception cref="InvalidRequestException">There is no such version, or it has no picture.</exception>
    [Alias("CompareAsync")]
    Task<VersionComparison> CompareAsync(string beforeId, string afterId, CancellationToken cancellationToken);

    /// <summary>Makes a version once more, with another seed or other settings: a new version beside it.</summary>
    /// <returns>The answer. A run that was started goes on after it: follow it by its id.</returns>
    /// <exception cref="SessionNotFoundException">There is no such session.</exception>
    /// <exception cref="InvalidRequestException">There is no such version, it is the picture as it was opened, or the settings are out of range.</exception>
    /// <exception cref="SessionConflictException">The turn's id was used for something else.</exception>
    /// <exception cref="QuotaExceededException">The tenant has used up what it is allowed; the turn was not taken.</exception>
    [Alias("ReplayAsync")]
    Task<TurnReply> ReplayAsync(ReplayRequest request, CancellationToken cancellationToken);

    /// <summary>Cancels the run that is under way and the rounds that would follow it; without one nothing happens.</summary>
    /// <exception cref="SessionNotFoundException">There is no such session.</exception>
    [Alias("CancelAsync")]
    Task CancelAsync(CancellationToken cancellationToken);

    /// <summary>Goes on with rounds whose silo died.</summary>
    /// <returns>Whether rounds are under way.</returns>
    [Alias("ResumeAsync")]
    Task<bool> ResumeAsync(CancellationToken cancellationToken);

    /// <summary>Deletes the session: its dialogue, its versions and its events, and cancels its run. Pictures stay, others may have them too. Saying it twice does it once.</summary>
    /// <exception cref="StorageFailedException">Something is left; say it again.</exception>
    [Alias("DeleteAsync")]
    Task DeleteAsync(CancellationToken cancellationToken);

    /// <summary>Streams what happens in the session, from a sequence number on, without a gap; ends only when cancelled.</summary>
    /// <param name="fromSequence">The first event wanted; 1 is the opening. One more than the last one seen misses nothing.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <exception cref="SessionNotFoundException">There is no such session.</exception>
    [Alias("WatchAsync")]
    IAsyncEnumerable<SessionEvent> WatchAsync(long fromSequence, CancellationToken cancellationToken);
}
