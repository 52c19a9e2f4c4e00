using Darkroom.Contracts.Runs;
using Darkroom.Contracts.Sessions;

namespace Darkroom.Grains.Sessions;

/// <summary>Rounds in a session's history.</summary>
internal sealed partial class SessionHistory
{
    /// <summary>Gets the rounds that are under way, or null.</summary>
    public RoundSeries? Rounds => IsOpen ? state.Rounds : null;

    /// <summary>Gets the rounds whose next one is to begin, or null: there are none, or one is being made.</summary>
    public RoundSeries? Waiting => Rounds is { Done: > 0 } series && Pending is null ? series : null;

    /// <summary>Gets whether a run is under way or is about to begin.</summary>
    public bool IsBusy => Pending is not null || Rounds is not null;

    /// <summary>Makes the request of the next round: the same picture, by what was seen in the last result, by the same model.</summary>
    public RunRequest NextRound(RoundSeries series, string seen)
    {
        var last = tree.Require(series.LastId);
        return new RunRequest(
            tree.Require(series.OriginId).Image!, RunKind.Refine, seen, null, last.Settings, last.Model ?? state.Model, Pipeline: last.Model is null ? state.Pipeline : null);
    }

    /// <summary>Records that the next round begins.</summary>
    public void StartRound(RoundSeries series, string runId, RunRequest run)
    {
        var round = new VersionRound(series.Done + 1, series.Count);
        var route = tree.Require(series.LastId).Route;
        state.Rounds = series with { Before = run.Words, LastId = tree.NextId };
        RecordRun(series.TurnId, null, Dialogue.Round(round.Number, round.Count, run.Words), series.OriginId, runId, run, route, round);
    }

    /// <summary>Records that rounds have ended.</summary>
    public void EndRounds(SessionEventKind kind, string answer)
    {
        var series = state.Rounds!;
        state.Rounds = null;
        Record(kind, answer: answer, turnId: series.TurnId, versionId: series.LastId);
    }

    private void EndRound(RunStatus status)
    {
        if (state.Rounds is not { } series)
            return;
        if (status.Stage != RunStage.Completed)
        {
            EndRounds(SessionEventKind.RoundsEnded, status.Error?.Message ?? "The run was cancelled.");
            return;
        }

        state.Rounds = series with { Done = series.Done + 1, Before = series.Before ?? status.Instruction?.Trim() };
        if (state.Rounds.Done == series.Count)
            EndRounds(SessionEventKind.RoundsEnded, Dialogue.RoundsDone(series.Count));
    }
}
