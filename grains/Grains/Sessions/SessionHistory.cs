using System.Collections.Immutable;
using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Images;
using Darkroom.Contracts.Runs;
using Darkroom.Contracts.Sessions;

namespace Darkroom.Grains.Sessions;

/// <summary>The rules of a session's history: turns and the events that tell of them. What the events amount to is the tree's business.</summary>
/// <remarks>Changes the state in memory only; the grain writes it before anybody hears of the change.</remarks>
internal sealed partial class SessionHistory(SessionState state, SessionKey key, TimeProvider time)
{
    private readonly SessionTree tree = new(state);

    /// <summary>Gets the versions.</summary>
    public SessionTree Tree => tree;

    /// <summary>Gets whether the session was opened.</summary>
    public bool IsOpen => state.Layout > 0 && !state.IsDeleted;

    /// <summary>Gets the version that the next message is about.</summary>
    public SessionVersion Current => tree.Current;

    /// <summary>Gets that version's picture.</summary>
    public ImageRef CurrentImage => Current.Image!;

    /// <summary>Gets the version whose run is under way, or null.</summary>
    public SessionVersion? Pending => tree.Pending;

    /// <summary>Gets what the run under way is to do.</summary>
    public RunRequest PendingRun => state.PendingRun!;

    /// <summary>Gets the sequence number of the last event.</summary>
    public long LastSequence => FirstInMemory - 1 + state.Events.Count;

    /// <summary>Gets the sequence number of the first event that is not on a page.</summary>
    public long FirstInMemory => ((long)state.EventPages * state.PageSize) + 1;

    /// <summary>Gets how many turns are remembered.</summary>
    public int TurnCount => state.Keys.Count;

    /// <summary>Gets the number of versions.</summary>
    public int VersionCount => state.Versions.Count;

    /// <summary>Throws unless the session was opened.</summary>
    /// <exception cref="SessionNotFoundException">It was not.</exception>
    public void RequireOpen()
    {
        if (!IsOpen)
            throw new SessionNotFoundException($"There is no session '{key.Session}' of tenant '{key.Tenant}'; open it with a picture first.");
        RequireReadable();
    }

    /// <summary>Throws if a newer version wrote the session.</summary>
    /// <exception cref="SessionConflictException">It did.</exception>
    public void RequireReadable()
    {
        if (state.Layout > SessionState.CurrentLayout)
            throw new SessionConflictException($"The session was written by a newer version of Darkroom (layout {state.Layout}); this one reads up to {SessionState.CurrentLayout}.");
    }

    /// <summary>Opens the session.</summary>
    public void Open(ImageRef source, string? model, int pageSize, string? pipeline = null)
    {
        (state.Layout, state.Model, state.PageSize, state.Pipeline) = (SessionState.CurrentLayout, model, pageSize, pipeline);
        var root = new SessionVersion(
            SessionTree.RootId, null, VersionState.Ready, source, null, string.Empty, null, null, new RestorationSettings(), null, null, null);
        Record(SessionEventKind.Opened, version: root);
    }

    /// <summary>Gets what the session holds.</summary>
    public SessionInfo Info() => new(
        key.Tenant, key.Session, tree.Find(SessionTree.RootId)!.Image!, state.Model, state.CurrentVersionId, CurrentImage, state.Versions.Count, LastSequence, state.Pipeline);

    /// <summary>Lists the versions.</summary>
    public ImmutableArray<SessionVersion> Versions() => [.. state.Versions];

    /// <summary>Gets the events from a sequence number on that are not on a page.</summary>
    public List<SessionEvent> EventsFrom(long sequence)
    {
        var skip = (int)Math.Clamp(sequence - FirstInMemory, 0, state.Events.Count);
        return state.Events.GetRange(skip, state.Events.Count - skip);
    }

    /// <summary>Gets the next full page of events, if there is one that can leave the memory.</summary>
    /// <param name="writtenUpTo">The last event that is safely written.</param>
    public IReadOnlyList<SessionEvent>? NextPage(long writtenUpTo) =>
        // A page stays behind in memory, for whoever follows what happens now.
        state.Events.Count >= 2 * state.PageSize && FirstInMemory - 1 + state.PageSize <= writtenUpTo ? state.Events.GetRange(0, state.PageSize) : null;

    /// <summary>Notes that the next page is written.</summary>
    public void Turn()
    {
        state.Events.RemoveRange(0, state.PageSize);
        state.EventPages++;
    }

    /// <summary>Forgets the turns that were taken longer ago than a time.</summary>
    public void ForgetTurns(TimeSpan lifetime)
    {
        var now = time.GetUtcNow();
        state.Keys.RemoveAll(turn => (now - turn.At).Duration() >= lifetime);
    }

    /// <summary>Finds a turn that was taken before.</summary>
    /// <exception cref="SessionConflictException">The id was used for another message.</exception>
    public TurnKey? FindTurn<T>(string turnId, T message)
    {
        if (state.Keys.Find(turn => turn.Id == turnId) is not { } taken)
            return null;
        return taken.Fingerprint == Fingerprint.Of(message)
            ? taken
            : throw new SessionConflictException($"The turn '{turnId}' was used for another message; every message needs an id of its own.");
    }

    /// <summary>Tells what was answered to a turn.</summary>
    public static TurnReply ReplyOf(SessionEvent turn) => new(
        turn.TurnId!, turn.Kind == SessionEventKind.RunStarted ? TurnOutcome.RunStarted : TurnOutcome.Answered, turn.Answer!,
        turn.Description ?? turn.Version?.Description, turn.RunId, turn.VersionId, turn.Sequence, turn.Version?.Round?.Count ?? 1);

    /// <summary>Records a message that was answered and started nothing.</summary>
    public TurnReply Answer(SessionMessage message, string answer, string? description)
    {
        var recorded = Record(SessionEventKind.Answered, message.Text, answer, message.TurnId, description: description);
        Remember(message.TurnId, message, recorded);
        return ReplyOf(recorded);
    }

    /// <summary>Records a turn that starts a run: a new version grows from an old one.</summary>
    /// <param name="turnId">The turn's id.</param>
    /// <param name="message">All that was asked for.</param>
    /// <param name="text">What the user said, or null if not in words.</param>
    /// <param name="answer">What the assistant says.</param>
    /// <param name="parentId">The version whose picture the run starts from.</param>
    /// <param name="runId">The run.</param>
    /// <param name="run">What it is to do.</param>
    /// <param name="rounds">How many rounds it is the first of, at most.</param>
    /// <param name="route">Why it goes to that pipeline, where that was chosen before.</param>
    public TurnReply StartRun<T>(string turnId, T message, string? text, string answer, string parentId, string runId, RunRequest run, int rounds = 1, RunRoute? route = null)
    {
        if (rounds > 1)
            state.Rounds = new RoundSeries(turnId, parentId, rounds, 0, null, tree.NextId);
        var recorded = RecordRun(turnId, text, answer, parentId, runId, run, route, rounds > 1 ? new VersionRound(1, rounds) : null);
        Remember(turnId, message, recorded);
        return ReplyOf(recorded);
    }

    private SessionEvent RecordRun(string turnId, string? text, string answer, string parentId, string runId, RunRequest run, RunRoute? route, VersionRound? round)
    {
        state.PendingRun = run;
        return Record(SessionEventKind.RunStarted, text, answer, turnId, new SessionVersion(
            tree.NextId, parentId, VersionState.Pending, null, run.Kind, run.Words, run.Description, runId, run.Settings, run.Model, null, null, route, round));
    }

    /// <summary>Records how a run ended; a run that was recorded before changes nothing.</summary>
    /// <returns>Whether anything changed.</returns>
    public bool EndRun(RunStatus status)
    {
        if (!IsOpen || Pending is not { } version || version.RunId != status.RunId || !status.HasEnded)
            return false;
        var (versionState, kind) = status.Stage switch
        {
            RunStage.Completed => (VersionState.Ready, SessionEventKind.VersionReady),
            RunStage.Cancelled => (VersionState.Cancelled, SessionEventKind.RunCancelled),
            _ => (VersionState.Failed, SessionEventKind.RunFailed),
        };
        state.PendingRun = null;
        Record(kind, answer: status.Error?.Message, version: version with
        {
            State = versionState,
            Image = status.Result,
            Description = status.Description ?? version.Description,
            Model = status.Model ?? version.Model,
            ModelHash = status.ModelHash,
            Error = status.Error,
            Route = status.Route ?? version.Route,
        });
        EndRound(status);
        return true;
    }

    /// <summary>Makes the parent of the current version the current one.</summary>
    /// <exception cref="InvalidRequestException">The current version is the picture as it was opened.</exception>
    public void Undo() => Checkout(Current.ParentId
        ?? throw new InvalidRequestException("There is nothing to undo: the current version is the picture as it was opened."));

    /// <summary>Makes a version the current one, and remembers that it was asked for.</summary>
    /// <exception cref="InvalidRequestException">There is no such version, it has no picture, or there is nothing to undo.</exception>
    public void Move(MoveRequest request)
    {
        if (request.VersionId is { } versionId)
            Checkout(versionId);
        else
            Undo();
        state.Keys.Add(new TurnKey(request.TurnId, Fingerprint.Of(request), LastSequence, time.GetUtcNow()));
    }

    /// <summary>Makes a version the current one.</summary>
    /// <exception cref="InvalidRequestException">There is no such version, or it has no picture.</exception>
    public void Checkout(string versionId)
    {
        if (tree.Require(versionId).Id != state.CurrentVersionId)
            Record(SessionEventKind.CheckedOut, versionId: versionId);
    }

    /// <summary>Gets what the user said since the last run, as far as it is in memory: the dialogue that a bare refine command follows.</summary>
    public string WordsSinceLastRun()
    {
        var last = state.Events.FindLastIndex(happened => happened.Kind == SessionEventKind.RunStarted);
        return state.Events.Skip(last + 1)
            .Where(happened => happened.Kind == SessionEventKind.Answered && happened.UserText is not null)
            .Select(happened => happened.UserText!)
            .LastOrDefault(text => !Opinion.Read(text).IsUnknown && Dialogue.TopicOf(text) == ConversationTopic.Complaint) ?? string.Empty;
    }

    private void Remember<T>(string turnId, T message, SessionEvent recorded) =>
        state.Keys.Add(new TurnKey(turnId, Fingerprint.Of(message), recorded.Sequence, recorded.Time));

    private SessionEvent Record(
        SessionEventKind kind, string? userText = null, string? answer = null, string? turnId = null, SessionVersion? version = null, string? versionId = null, string? description = null)
    {
        var happened = new SessionEvent(
            LastSequence + 1, time.GetUtcNow(), kind, userText, answer, turnId, version?.Id ?? versionId, version?.RunId, version, description);
        state.Events.Add(happened);
        tree.Apply(happened);
        return happened;
    }
}
