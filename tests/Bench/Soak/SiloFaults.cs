using Darkroom.Tests.Cluster.Support;

namespace Darkroom.Bench.Soak;

/// <summary>Silos that are killed, told to stop and started again.</summary>
internal sealed class SiloFaults(DarkroomTestCluster cluster, SoakLedger ledger, Random random)
{
    private const int LeastSilos = 2;

    /// <summary>Goes on until told to end; leaves as many silos as there were.</summary>
    public async Task RunAsync(CancellationToken ending)
    {
        var wanted = cluster.Silos.Count;
        while (!ending.IsCancellationRequested)
        {
            await PauseAsync(random.Next(3_000, 12_000), ending);
            if (ending.IsCancellationRequested)
                break;
            var name = cluster.Silos[random.Next(cluster.Silos.Count)].Name;
            var comesBefore = random.Next(2) == 0;
            if (comesBefore)
                await StartAsync();
            if (cluster.Silos.Count > LeastSilos || comesBefore)
                await EndAsync(name);
            await PauseAsync(random.Next(2_000), ending);
            while (cluster.Silos.Count < wanted)
                await StartAsync();
        }

        while (cluster.Silos.Count < wanted)
            await StartAsync();
    }

    private async Task EndAsync(string name)
    {
        if (random.Next(3) == 0)
        {
            ledger.Count("fault: silo stopped");
            await cluster.StopAsync(name);
        }
        else
        {
            ledger.Count("fault: silo killed");
            await cluster.KillAsync(name);
        }
    }

    private async Task StartAsync()
    {
        try
        {
            await cluster.StartSiloAsync();
        }
#pragma warning disable CA1031 // Whatever keeps a silo from starting is a finding.
        catch (Exception error)
#pragma warning restore CA1031
        {
            ledger.Violate($"a silo did not start: {error.GetType().Name}: {error.Message}");
            await Task.Delay(1000);
        }
    }

    private static async Task PauseAsync(int milliseconds, CancellationToken ending) =>
        await Task.Delay(milliseconds, ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
