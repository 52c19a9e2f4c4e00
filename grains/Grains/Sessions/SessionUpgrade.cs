using Darkroom.Contracts.Sessions;

namespace Darkroom.Grains.Sessions;

/// <summary>Brings a session that an older version wrote up to what this one keeps.</summary>
internal static class SessionUpgrade
{
    /// <summary>From layout 1: events get the versions they tell of, and of the turns only their keys stay.</summary>
    public static void FromFirst(SessionState state, int pageSize)
    {
        for (var i = 0; i < state.Events.Count; i++)
        {
            var happened = state.Events[i];
            var isOfAVersion = happened.Kind is not (SessionEventKind.Answered or SessionEventKind.CheckedOut);
            state.Events[i] = happened with
            {
                Version = isOfAVersion ? state.Versions.Find(version => version.Id == happened.VersionId) : null,
                Description = happened.TurnId is { } turnId && state.Turns.TryGetValue(turnId, out var taken) ? taken.Reply.Description : null,
            };
        }

        foreach (var (id, turn) in state.Turns.OrderBy(pair => pair.Value.Reply.Sequence))
            state.Keys.Add(new TurnKey(id, Fingerprint.Of(turn.Message), turn.Reply.Sequence, state.Events[(int)turn.Reply.Sequence - 1].Time));
        if (state.Versions.Find(version => version.State == VersionState.Pending) is { } pending)
        {
            state.PendingRun = state.Turns.Values.First(turn => turn.Reply.RunId == pending.RunId).Run;
            state.PendingFrom = pending.ParentId;
        }

        state.Turns.Clear();
        (state.PageSize, state.Layout) = (pageSize, SessionState.CurrentLayout);
    }
}
