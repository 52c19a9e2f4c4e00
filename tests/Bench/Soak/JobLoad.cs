using Darkroom.Client;
using Darkroom.Contracts.Jobs;
using Darkroom.Contracts.Runs;

namespace Darkroom.Bench.Soak;

/// <summary>A tenant that starts jobs, pauses and cancels some, and reads what became of each picture.</summary>
internal sealed class JobLoad(SoakContext soak, string tenant, Random random)
{
    private static readonly string Missing = new('0', 64);

    public async Task RunAsync(CancellationToken ending, CancellationToken stop)
    {
        for (var i = 0; !ending.IsCancellationRequested; i++)
            await OneAsync($"job-{i}", stop);
    }

    private async Task OneAsync(string name, CancellationToken stop)
    {
        var client = soak.Client(tenant);
        var count = random.Next(10, 61);
        var settings = SoakContext.Settings(random);
        JobItem[] items = [.. Enumerable.Range(0, count).Select(i => new JobItem($"photo-{i}.png", random.Next(20) == 0 ? Missing : soak.Sources[random.Next(soak.Sources.Count)].Hash))];
        var request = new JobRequest(null, null, RunKind.Refine, "brighter", settings, null, random.Next(3) == 0 ? 4 : null);
        var job = await soak.AskAsync(random, $"the start of {name}", token => client.StartJobAsync(items, request, name, token), stop);
        soak.Ledger.Acknowledge("job", $"{tenant}/{name}");
        soak.Ledger.Count("item acknowledged", count);

        var isCancelled = random.Next(5) == 0;
        await DisturbAsync(job, isCancelled, stop);
        var status = await soak.AskAsync(random, $"the end of {name}", token => job.WaitAsync(cancellationToken: token), stop);
        soak.Ledger.End("job", $"{tenant}/{name}", status.Stage.ToString());
        if (status.Stage != (isCancelled ? JobStage.Cancelled : JobStage.Completed) && !(isCancelled && status.Stage == JobStage.Completed))
        {
            soak.Ledger.Violate($"the job {tenant}/{name} is {status.Stage}: {status.Error?.Message ?? "no reason"}");
            return;
        }

        var results = await soak.AskAsync(random, $"the results of {name}", token => ReadAsync(job, token), stop);
        Check($"{tenant}/{name}", items, results, status, settings, isCancelled);
    }

    private async Task DisturbAsync(RestorationJob job, bool isCancelled, CancellationToken stop)
    {
        if (random.Next(3) == 0)
        {
            await soak.AskAsync(random, $"the pause of {job.Key}", job.PauseAsync, stop);
            await Task.Delay(random.Next(500), stop);
            await soak.AskAsync(random, $"the end of the pause of {job.Key}", job.ResumeAsync, stop);
        }

        if (isCancelled)
        {
            await Task.Delay(random.Next(3000), stop);
            await soak.AskAsync(random, $"the cancellation of {job.Key}", job.CancelAsync, stop);
        }
    }

    private void Check(string job, JobItem[] items, List<JobItemResult> results, JobStatus status, RestorationSettings settings, bool isCancelled)
    {
        var ledger = soak.Ledger;
        foreach (var twice in results.GroupBy(result => result.Index).Where(group => group.Count() > 1))
            ledger.Violate($"picture {twice.Key} of {job} is {twice.Count()} times in the results");
        foreach (var lost in Enumerable.Range(0, items.Length).Except(results.Select(result => result.Index)))
            ledger.Violate($"picture {lost} of {job} is lost");
        if (results.Count != items.Length || status.Settled != items.Length)
            ledger.Violate($"of {items.Length} pictures of {job} there are {results.Count} results and {status.Settled} counted");
        foreach (var result in results.Where(result => result.Index >= 0 && result.Index < items.Length))
        {
            var what = $"picture {result.Index} of {job}";
            ledger.Count($"item {result.Outcome}");
            if (result.Outcome == JobItemOutcome.Quarantined)
                ledger.Reason(what, result.Error);
            else if (result.Outcome == JobItemOutcome.Completed && items[result.Index].Hash == Missing)
                ledger.Violate($"{what} does not exist and was restored");
            else if (result.Outcome == JobItemOutcome.Completed)
                ledger.Picture(what, $"{items[result.Index].Hash}|{settings.Seed}|{settings.Steps}|of a job", result.Result?.Hash);
            else if (!isCancelled)
                ledger.Violate($"{what} was cancelled, and nobody asked for that");
        }
    }

    private static async Task<List<JobItemResult>> ReadAsync(RestorationJob job, CancellationToken cancellationToken)
    {
        var results = new List<JobItemResult>();
        await foreach (var result in job.ResultsAsync(cancellationToken))
            results.Add(result);
        return results;
    }
}
