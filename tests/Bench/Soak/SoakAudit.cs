using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Runs;
using Darkroom.Tests.Cluster.Support;

namespace Darkroom.Bench.Soak;

/// <summary>Looks at what is left when all work has ended: nothing unfinished, no place taken, every run counted once.</summary>
internal sealed class SoakAudit(DarkroomTestCluster cluster, SoakLedger ledger, IReadOnlyList<string> tenants)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        var left = await SettledAsync(() => CountAsync("unfinished/", limit.Token), limit.Token);
        if (left > 0)
            ledger.Violate($"{left} runs and jobs are still unfinished {Patience} after the last fault");
        foreach (var tenant in tenants)
        {
            var places = await SettledAsync(() => PlacesAsync(tenant, limit.Token), limit.Token);
            if (places > 0)
                ledger.Violate($"the tenant {tenant} still has {places} places taken");
            await CheckUsageAsync(tenant, cancellationToken);
        }

        // A session or job that somebody has is not left behind by one that was deleted or has ended.
        ledger.Count("blobs of jobs and checkpoints left", await CountAsync("jobs/", cancellationToken) + await CountAsync("runs/", cancellationToken));
    }

    private async Task CheckUsageAsync(string tenant, CancellationToken cancellationToken)
    {
        var (ended, completed) = (0L, 0L);
        await foreach (var blob in cluster.Blobs.ListAsync("state/run/", cancellationToken))
        {
            var id = Uri.UnescapeDataString(blob.Name[(blob.Name.LastIndexOf('/') + 1)..]);
            if (!id.StartsWith(tenant + "/", StringComparison.Ordinal))
                continue;
            try
            {
                var status = await cluster.Grains.GetGrain<IRunGrain>(id).GetStatusAsync(cancellationToken);
                ended++;
                completed += status.Stage == RunStage.Completed ? 1 : 0;
                if (!status.HasEnded)
                    ledger.Violate($"the run {id} is {status.Stage} when all have ended");
            }
            catch (RunNotFoundException)
            {
                // Its start was not acknowledged.
            }
        }

        var days = await cluster.Client(tenant).ListUsageAsync(cancellationToken);
        var (runs, images) = (days.Sum(day => day.Runs), days.Sum(day => day.Images));
        ledger.Count("runs in the tenants' accounts", runs);
        if ((runs, images) != (ended, completed))
            ledger.Violate($"the account of {tenant} has {runs} runs and {images} pictures; there were {ended} and {completed}");
    }

    private async Task<long> PlacesAsync(string tenant, CancellationToken cancellationToken)
    {
        var status = await cluster.Client(tenant).GetTenantAsync(cancellationToken);
        return status.ActiveRuns + status.QueuedRuns;
    }

    private async Task<long> CountAsync(string prefix, CancellationToken cancellationToken)
    {
        var count = 0L;
        await foreach (var _ in cluster.Blobs.ListAsync(prefix, cancellationToken))
            count++;
        return count;
    }

    private static async Task<long> SettledAsync(Func<Task<long>> count, CancellationToken limit)
    {
        var left = long.MaxValue;
        while (left > 0 && !limit.IsCancellationRequested)
        {
            try
            {
                left = await count();
                await Task.Delay(left > 0 ? 200 : 0, limit);
            }
            catch (OperationCanceledException) when (limit.IsCancellationRequested)
            {
                break;
            }
        }

        return left;
    }
}
