using Darkroom.Client;
using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Runs;
using Darkroom.Contracts.Sessions;

namespace Darkroom.Bench.Soak;

/// <summary>A tenant that talks: restores, refines, asks, undoes, replays, cancels; in the end it reads the whole history and deletes the session.</summary>
internal sealed class SessionLoad(SoakContext soak, string tenant, int number, Random random)
{
    private const int MostBetween = 2_000;

    private static readonly string[] Messages =
        ["<restore>", "<restore>", "<refine> brighter", "<refine> much brighter, please", "Describe the image", "It is too dark.", "hello"];

    private readonly Dictionary<string, (RunStatus Status, bool IsCancelled)> runs = new(StringComparer.Ordinal);
    private readonly HashSet<string> turns = new(StringComparer.Ordinal);

    public async Task RunAsync(CancellationToken ending, CancellationToken stop)
    {
        for (var i = 0; !ending.IsCancellationRequested; i++)
            await OneAsync($"talk-{number}-{i}", stop);
    }

    private async Task OneAsync(string name, CancellationToken stop)
    {
        runs.Clear();
        turns.Clear();
        var client = soak.Client(tenant);
        var source = soak.Sources[random.Next(soak.Sources.Count)];
        var session = await soak.AskAsync(random, $"the opening of {name}", token => client.OpenSessionAsync(source.Hash, name, cancellationToken: token), stop);
        var count = random.Next(3, 9);
        for (var i = 0; i < count; i++)
        {
            await TurnAsync(session, $"turn-{i}", stop);
            await Task.Delay(random.Next(MostBetween), stop);
        }

        await CheckAsync(session, stop);
        await DeleteAsync(session, stop);
    }

    private async Task TurnAsync(RestorationSession session, string turnId, CancellationToken stop)
    {
        var what = $"{turnId} of {session.Key}";
        if (random.Next(6) == 0)
        {
            await UndoAsync(session, stop);
            return;
        }

        var settings = SoakContext.Settings(random);
        var message = new SessionMessage(turnId, Messages[random.Next(Messages.Length)], settings);
        var replay = new ReplayRequest(turnId, null, settings.Seed, null);
        var replays = random.Next(8) == 0;
        TurnReply reply;
        try
        {
            reply = await soak.AskAsync(random, what, token => replays ? session.Grain.ReplayAsync(replay, token) : session.Grain.SendAsync(message, token), stop);
        }
        catch (InvalidRequestException) when (replays)
        {
            return;   // nothing was made yet that could be made again
        }

        if (reply.Outcome == TurnOutcome.Refused)
        {
            soak.Ledger.Count("message refused");
            return;
        }

        soak.Ledger.Acknowledge("message", what);
        turns.Add(turnId);
        if (reply.RunId is { } runId)
            await FollowAsync(session, runId, stop);
    }

    private async Task FollowAsync(RestorationSession session, string runId, CancellationToken stop)
    {
        soak.Ledger.Acknowledge("session run", runId);
        var isCancelled = random.Next(8) == 0;
        if (isCancelled)
        {
            await Task.Delay(random.Next(300), stop);
            await soak.AskAsync(random, $"the cancellation of run {runId}", token => session.CancelAsync(runId, token), stop);
        }

        runs[runId] = (await soak.AskAsync(random, $"the end of run {runId}", token => session.WaitAsync(runId, cancellationToken: token), stop), isCancelled);
    }

    private async Task UndoAsync(RestorationSession session, CancellationToken stop)
    {
        try
        {
            await soak.AskAsync(random, $"the undoing in {session.Key}", session.UndoAsync, stop);
            soak.Ledger.Count("undone");
        }
        catch (InvalidRequestException)
        {
            // The picture as it was opened: there is nothing to undo.
        }
    }

    private async Task CheckAsync(RestorationSession session, CancellationToken stop)
    {
        var ledger = soak.Ledger;
        var info = await soak.AskAsync(random, $"the state of {session.Key}", session.GetAsync, stop);
        var versions = (await soak.AskAsync(random, $"the versions of {session.Key}", token => session.ListVersionsAsync(token), stop)).ToDictionary(version => version.Id);
        var events = await soak.AskAsync(random, $"the events of {session.Key}", token => ReadAsync(session, info.LastSequence, token), stop);

        if (!events.Select(happened => happened.Sequence).SequenceEqual(Enumerable.Range(1, events.Count).Select(i => (long)i)))
            ledger.Violate($"the events of {session.Key} are not 1 to {info.LastSequence}, each once");
        foreach (var turn in turns)
        {
            var times = events.Count(happened => happened.TurnId == turn && happened.Kind is SessionEventKind.Answered or SessionEventKind.RunStarted && happened.TurnId == turn);
            if (times != 1)
                ledger.Violate($"{turn} of {session.Key} is {times} times in its history");
            ledger.End("message", $"{turn} of {session.Key}", "answered");
        }

        foreach (var (runId, (status, isCancelled)) in runs)
        {
            var ends = events.Where(happened => happened.RunId == runId && happened.Kind is SessionEventKind.VersionReady or SessionEventKind.RunFailed or SessionEventKind.RunCancelled && happened.RunId == runId).ToList();
            if (ends.Count != 1)
                ledger.Violate($"run {runId} ended {ends.Count} times in {session.Key}");
            var version = versions.Values.FirstOrDefault(candidate => candidate.RunId == runId);
            if (version is null || version.Image != status.Result || version.State != StateOf(status.Stage))
                ledger.Violate($"run {runId} is {status.Stage}, its version in {session.Key} {version?.State.ToString() ?? "missing"}");
            var parent = version?.ParentId is { } id ? versions[id].Image?.Hash : null;
            soak.EndRun("session run", status, parent ?? "?", version?.Settings.Seed ?? 0, isCancelled);
        }
    }

    private async Task DeleteAsync(RestorationSession session, CancellationToken stop)
    {
        await soak.AskAsync(random, $"the deletion of {session.Key}", session.DeleteAsync, stop);
        soak.Ledger.Count("session deleted");
        try
        {
            await soak.AskAsync(random, $"the state of the deleted {session.Key}", session.GetAsync, stop);
            soak.Ledger.Violate($"the session {session.Key} was deleted and is still there");
        }
        catch (SessionNotFoundException)
        {
            // As it should be.
        }
    }

    private static VersionState StateOf(RunStage stage) => stage switch
    {
        RunStage.Completed => VersionState.Ready,
        RunStage.Cancelled => VersionState.Cancelled,
        _ => VersionState.Failed,
    };

    private static async Task<List<SessionEvent>> ReadAsync(RestorationSession session, long last, CancellationToken cancellationToken)
    {
        var events = new List<SessionEvent>();
        await foreach (var happened in session.EventsAsync(1, cancellationToken))
        {
            events.Add(happened);
            if (happened.Sequence >= last)
                break;
        }

        return events;
    }
}
