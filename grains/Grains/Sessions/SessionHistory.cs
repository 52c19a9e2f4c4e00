using System.Collections.Immutable;
using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Images;
using Darkroom.Contracts.Runs;
using Darkroom.Contracts.Sessions;

namespace Darkroom.Grains.Sessions;

/// <summary>The rules of a session's history: turns, the tree of versions, and the events that tell of them.</summary>
/// <remarks>Changes the state in memory only; the grain writes it before anybody hears of the change.</remarks>
internal sealed class SessionHistory(SessionState state, SessionKey key, TimeProvider time)
{
    /// <summary>Id of the picture as it was opened.</summary>
    public const string RootId = "v0";

    /// <summary>Gets whether the session was opened.</summary>
    public bool IsOpen => state.Layout > 0;

    /// <summary>Gets the version that the next message is about.</summary>
    public SessionVersion Current => Find(state.CurrentVersionId);

    /// <summary>Gets that version's picture.</summary>
    public ImageRef CurrentImage => Current.Image!;

    /// <summary>Gets the version whose run is under way, or null.</summary>
    public SessionVersion? Pending => state.Versions.Find(version => version.State == VersionState.Pending);

    /// <summary>Gets the sequence number of the last event.</summary>
    public long LastSequence => state.Events.Count;

    /// <summary>Gets the turns that were taken.</summary>
    public int TurnCount => state.Turns.Count;

    /// <summary>Throws unless the session was opened.</summary>
    /// <exception cref="SessionNotFoundException">It was not.</exception>
    public void RequireOpen()
    {
        if (!IsOpen)
            throw new SessionNotFoundException($"There is no session '{key.Session}' of tenant '{key.Tenant}'; open it with a picture first.");
        if (state.Layout > SessionState.CurrentLayout)
            throw new SessionConflictException($"The session was written by a newer version of Darkroom (layout {state.Layout}); this one reads up to {SessionState.CurrentLayout}.");
    }

    /// <summary>Opens the session.</summary>
    public void Open(ImageRef source, string? model)
    {
        state.Layout = SessionState.CurrentLayout;
        state.Model = model;
        state.CurrentVersionId = RootId;
        state.Versions.Add(new SessionVersion(
            RootId, null, VersionState.Ready, source, null, string.Empty, null, null, new RestorationSettings(), null, null, null));
        Record(SessionEventKind.Opened, versionId: RootId);
    }

    /// <summary>Gets what the session holds.</summary>
    public SessionInfo Info() => new(
        key.Tenant, key.Session, Find(RootId).Image!, state.Model, state.CurrentVersionId, CurrentImage, state.Versions.Count, LastSequence);

    /// <summary>Lists the versions.</summary>
    public ImmutableArray<SessionVersion> Versions() => [.. state.Versions];

    /// <summary>Gets the events from a sequence number on.</summary>
    public List<SessionEvent> EventsFrom(long sequence)
    {
        var skip = (int)Math.Clamp(sequence - 1, 0, state.Events.Count);
        return state.Events.GetRange(skip, state.Events.Count - skip);
    }

    /// <summary>Finds a turn that was taken before.</summary>
    /// <exception cref="SessionConflictException">The id was used for another message.</exception>
    public SessionTurn? FindTurn(SessionMessage message)
    {
        if (!state.Turns.TryGetValue(message.TurnId, out var turn))
            return null;
        return turn.Message == message
            ? turn
            : throw new SessionConflictException($"The turn '{message.TurnId}' was used for another message; every message needs an id of its own.");
    }

    /// <summary>Records a message that was answered and started nothing.</summary>
    public TurnReply Answer(SessionMessage message, string answer, string? description)
    {
        var recorded = Record(SessionEventKind.Answered, message.Text, answer, message.TurnId);
        var reply = new TurnReply(message.TurnId, TurnOutcome.Answered, answer, description, null, null, recorded.Sequence);
        state.Turns.Add(message.TurnId, new SessionTurn(message, reply, null));
        return reply;
    }

    /// <summary>Records a message that starts a run: a new version grows from the current one.</summary>
    public TurnReply StartRun(SessionMessage message, string answer, string runId, RunRequest run)
    {
        var version = new SessionVersion(
            $"v{state.Versions.Count}", state.CurrentVersionId, VersionState.Pending, null, run.Kind, run.Words, run.Description, runId,
            message.Settings, run.Model, null, null);
        state.Versions.Add(version);
        var recorded = Record(SessionEventKind.RunStarted, message.Text, answer, message.TurnId, version.Id, runId);
        var reply = new TurnReply(message.TurnId, TurnOutcome.RunStarted, answer, run.Description, runId, version.Id, recorded.Sequence);
        state.Turns.Add(message.TurnId, new SessionTurn(message, reply, run));
        return reply;
    }

    /// <summary>Finds the request of a run that the session started.</summary>
    public RunRequest RequestOf(string runId) =>
        state.Turns.Values.First(turn => turn.Reply.RunId == runId).Run!;

    /// <summary>Records how a run ended; a run that was recorded before changes nothing.</summary>
    /// <returns>Whether anything changed.</returns>
    public bool EndRun(RunStatus status)
    {
        var index = state.Versions.FindIndex(version => version.RunId == status.RunId && version.State == VersionState.Pending);
        if (index < 0 || !status.HasEnded)
            return false;
        var version = state.Versions[index];
        var (versionState, kind) = status.Stage switch
        {
            RunStage.Completed => (VersionState.Ready, SessionEventKind.VersionReady),
            RunStage.Cancelled => (VersionState.Cancelled, SessionEventKind.RunCancelled),
            _ => (VersionState.Failed, SessionEventKind.RunFailed),
        };
        state.Versions[index] = version with
        {
            State = versionState,
            Image = status.Result,
            Description = status.Description ?? version.Description,
            Model = status.Model ?? version.Model,
            ModelHash = status.ModelHash,
            Error = status.Error,
        };

        // Whoever chose another version meanwhile keeps it.
        if (versionState == VersionState.Ready && state.CurrentVersionId == version.ParentId)
            state.CurrentVersionId = version.Id;
        Record(kind, answer: status.Error?.Message, versionId: version.Id, runId: status.RunId);
        return true;
    }

    /// <summary>Makes the parent of the current version the current one.</summary>
    /// <exception cref="InvalidRequestException">The current version is the picture as it was opened.</exception>
    public void Undo() => Checkout(Current.ParentId
        ?? throw new InvalidRequestException("There is nothing to undo: the current version is the picture as it was opened."));

    /// <summary>Makes a version the current one.</summary>
    /// <exception cref="InvalidRequestException">There is no such version, or it has no picture.</exception>
    public void Checkout(string versionId)
    {
        var version = state.Versions.Find(candidate => candidate.Id == versionId)
            ?? throw new InvalidRequestException($"There is no such version; there are {RootId} to v{state.Versions.Count - 1}.");
        if (version.State != VersionState.Ready)
            throw new InvalidRequestException($"The version {version.Id} has no picture (it is {version.State}); choose one that is ready.");
        if (state.CurrentVersionId == versionId)
            return;
        state.CurrentVersionId = versionId;
        Record(SessionEventKind.CheckedOut, versionId: versionId);
    }

    /// <summary>Gets what the user said since the last run: the dialogue that a bare refine command follows.</summary>
    public string WordsSinceLastRun()
    {
        var last = state.Events.FindLastIndex(happened => happened.Kind == SessionEventKind.RunStarted);
        return state.Events.Skip(last + 1)
            .Where(happened => happened.Kind == SessionEventKind.Answered && happened.UserText is not null)
            .Select(happened => happened.UserText!)
            .LastOrDefault(text => !Opinion.Read(text).IsUnknown && Dialogue.TopicOf(text) == ConversationTopic.Complaint) ?? string.Empty;
    }

    private SessionVersion Find(string id) => state.Versions.Find(version => version.Id == id)!;

    private SessionEvent Record(
        SessionEventKind kind, string? userText = null, string? answer = null, string? turnId = null, string? versionId = null, string? runId = null)
    {
        var happened = new SessionEvent(state.Events.Count + 1, time.GetUtcNow(), kind, userText, answer, turnId, versionId, runId);
        state.Events.Add(happened);
        return happened;
    }
}
