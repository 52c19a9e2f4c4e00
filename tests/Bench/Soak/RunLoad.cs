using Darkroom.Client;
using Darkroom.Contracts.Runs;

namespace Darkroom.Bench.Soak;

/// <summary>A tenant that starts single runs under idempotency keys, watches them with interruptions, cancels some and says some twice.</summary>
internal sealed class RunLoad(SoakContext soak, string tenant, int number, Random random)
{
    private const int MostBetween = 2_000;

    public async Task RunAsync(CancellationToken ending, CancellationToken stop)
    {
        for (var i = 0; !ending.IsCancellationRequested; i++)
        {
            await OneAsync($"{tenant}-{number}-{i}", stop);
            // Jobs go after people, and must get a turn.
            await Task.Delay(random.Next(MostBetween), stop);
        }
    }

    private async Task OneAsync(string key, CancellationToken stop)
    {
        var client = soak.Client(tenant);
        var source = soak.Sources[random.Next(soak.Sources.Count)];
        var settings = SoakContext.Settings(random);
        var request = new RunRequest(source, RunKind.Refine, "brighter", null, settings, random.Next(4) == 0 ? "other" : null);
        var run = await soak.AskAsync(random, $"the start of run {key}", token => client.StartRunAsync(request, key, token), stop);
        soak.Ledger.Acknowledge("run", run.Id);

        var isCancelled = random.Next(8) == 0;
        if (isCancelled)
        {
            await Task.Delay(random.Next(400), stop);
            await soak.AskAsync(random, $"the cancellation of run {run.Id}", run.CancelAsync, stop);
        }

        var status = await EndAsync(soak, random, run, stop);
        soak.EndRun("run", status, source.Hash, settings.Seed, isCancelled);
        if (random.Next(4) != 0)
            return;
        // Said again, it is the same run with the same end.
        var again = await soak.AskAsync(random, $"the second start of run {key}", token => client.StartRunAsync(request, key, token), stop);
        if (again.Id != run.Id)
            soak.Ledger.Violate($"the key {key} stands for {run.Id} and for {again.Id}");
        var second = await EndAsync(soak, random, again, stop);
        if ((second.Stage, second.Result) != (status.Stage, status.Result))
            soak.Ledger.Violate($"the run {run.Id} ended as {status.Stage}, and later as {second.Stage}");
        soak.Ledger.Count("run said again");
    }

    /// <summary>Waits for the end of a run; the watcher goes away and comes back now and then.</summary>
    public static Task<RunStatus> EndAsync(SoakContext soak, Random random, RestorationRun run, CancellationToken stop) =>
        soak.AskAsync(random, $"the end of run {run.Id}", token => run.WaitAsync(cancellationToken: token), stop);
}
