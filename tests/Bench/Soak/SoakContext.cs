using Darkroom.Client;
using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Images;
using Darkroom.Contracts.Runs;
using Darkroom.Tests.Cluster.Support;

namespace Darkroom.Bench.Soak;

/// <summary>What the loads of a soak share.</summary>
internal sealed class SoakContext(DarkroomTestCluster cluster, SoakLedger ledger, IReadOnlyList<ImageRef> sources)
{
    private const double Disconnects = 0.05;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(4);

    public DarkroomTestCluster Cluster => cluster;

    public SoakLedger Ledger => ledger;

    /// <summary>Gets the pictures that are restored.</summary>
    public IReadOnlyList<ImageRef> Sources => sources;

    public DarkroomClient Client(string tenant) => cluster.Client(tenant);

    /// <summary>Draws what to ask of the network.</summary>
    public static RestorationSettings Settings(Random random) => new(Seed: (ulong)random.Next(24), Steps: random.Next(4, 25));

    /// <summary>Makes a call until it is answered, as a careful client does; now and then the client goes away before the answer.</summary>
    /// <exception cref="TimeoutException">Nobody answered for minutes.</exception>
    public async Task<T> AskAsync<T>(Random random, string what, Func<CancellationToken, Task<T>> call, CancellationToken stop)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (true)
        {
            using var hangUp = CancellationTokenSource.CreateLinkedTokenSource(stop);
            if (random.NextDouble() < Disconnects)
            {
                ledger.Count("client disconnected");
                hangUp.CancelAfter(random.Next(30));
            }

            Exception failure;
            try
            {
                return await call(hangUp.Token);
            }
            catch (QuotaExceededException error)
            {
                ledger.Count("refused for now");
                await Task.Delay(error.RetryAfter < TimeSpan.FromSeconds(1) ? error.RetryAfter : TimeSpan.FromSeconds(1), stop);
                continue;
            }
            catch (Exception error) when (!stop.IsCancellationRequested && error is not DarkroomException or StorageFailedException or GrainFailedException)
            {
                ledger.Count("call made again");
                failure = error;
            }

            if (TimeProvider.System.GetElapsedTime(begun) > Longest)
                throw new TimeoutException($"{what} was not answered within {Longest}: {failure.Message}", failure);
            await Task.Delay(100, stop);
        }
    }

    /// <summary>Makes a call that answers nothing.</summary>
    public Task AskAsync(Random random, string what, Func<CancellationToken, Task> call, CancellationToken stop) => AskAsync(
        random,
        what,
        async token =>
        {
            await call(token);
            return true;
        },
        stop);

    /// <summary>Records how a run ended.</summary>
    /// <param name="kind">What the run belongs to.</param>
    /// <param name="status">How it ended.</param>
    /// <param name="source">The picture it began with.</param>
    /// <param name="seed">Its seed.</param>
    /// <param name="isCancelled">Whether it was cancelled here.</param>
    public void EndRun(string kind, RunStatus status, string source, ulong seed, bool isCancelled)
    {
        var what = $"the {kind} {status.RunId}";
        switch (status.Stage)
        {
            case RunStage.Completed:
                ledger.Picture(what, $"{source}|{status.Instruction}|{seed}|{status.Steps}|{status.Model}", status.Result?.Hash);
                break;
            case RunStage.Failed:
                ledger.Reason(what, status.Error);
                break;
            case RunStage.Cancelled when isCancelled:
                break;
            default:
                ledger.Violate($"{what} is {status.Stage}, and nobody asked for that");
                break;
        }

        ledger.End(kind, status.RunId, status.Stage.ToString());
    }
}
