using System.Runtime.InteropServices;
using Darkroom.Models.Pipelines;
using Darkroom.Storage;
using Darkroom.Tests.Cluster.Support;

namespace Darkroom.Bench.Soak;

/// <summary>Stores, devices and clocks that misbehave, one after the other, each for a few seconds.</summary>
internal sealed class WorkFaults(DarkroomTestCluster cluster, JumpingTime time, SoakLedger ledger, Random random)
{
    /// <summary>How long a device may take for one pass here; a device that hangs takes longer.</summary>
    public static readonly TimeSpan HangTimeout = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan MaxWallOffset = TimeSpan.FromHours(6);
    private static readonly string[] States = ["state/run/", "state/job/", "state/session/", "state/tenant/", "state/key/"];

    private readonly Lock gate = new();
    private TimeSpan wallOffset;
    private volatile Action<string, IReadOnlyList<StepContext>>? onPass;

    /// <summary>Goes on until told to end.</summary>
    public async Task RunAsync(CancellationToken ending)
    {
        cluster.Log.OnStep = (silo, rows) =>
        {
            // Passes take long enough to be hit by something.
            Thread.Sleep(Draw(6));
            onPass?.Invoke(silo, rows);
        };
        (string Name, Func<CancellationToken, Task> Cause)[] faults =
        [
            ("blob errors", BlobErrorsAsync), ("blob outage", BlobOutageAsync), ("blob latency of 2 s", BlobLatencyAsync),
            ("acknowledgements lost", LostAcknowledgementsAsync), ("ETag conflicts", ConflictsAsync),
            ("device throws", token => DeviceAsync(Throw, token)), ("device hangs", token => DeviceAsync(HangOnce(), token)),
            ("device out of memory", token => DeviceAsync(RunOut, token)), ("NaN now and then", token => NanAsync(_ => Draw(40) == 0, token)),
            ("NaN of one seed", NanOfOneSeedAsync), ("clock jumps", JumpAsync), ("wall clock is set", SetClockAsync),
        ];
        while (!ending.IsCancellationRequested)
        {
            var (name, cause) = faults[Draw(faults.Length)];
            ledger.Count($"fault: {name}");
            await cause(ending);
            await PauseAsync(Draw(3_000), ending);
        }
    }

    private Task BlobErrorsAsync(CancellationToken ending)
    {
        cluster.Blobs.Before = (_, name) =>
        {
            if (Draw(4) == 0)
                throw cluster.Blobs.Fail(name);
        };
        return HealAsync(500 + Draw(3_000), () => cluster.Blobs.Before = null, ending);
    }

    private Task BlobOutageAsync(CancellationToken ending)
    {
        cluster.Blobs.Before = (_, name) => throw cluster.Blobs.Fail(name);
        return HealAsync(200 + Draw(1_500), () => cluster.Blobs.Before = null, ending);
    }

    private Task BlobLatencyAsync(CancellationToken ending)
    {
        cluster.Blobs.Latency = TimeSpan.FromSeconds(2);
        return HealAsync(3_000 + Draw(3_000), () => cluster.Blobs.Latency = TimeSpan.Zero, ending);
    }

    private Task LostAcknowledgementsAsync(CancellationToken ending)
    {
        cluster.Blobs.LosesAcknowledgement = _ => Draw(5) == 0;
        return HealAsync(500 + Draw(3_000), () => cluster.Blobs.LosesAcknowledgement = null, ending);
    }

    // As if another activation had written the same: whoever holds the old ETag has to stand back.
    private async Task ConflictsAsync(CancellationToken ending)
    {
        // None of it takes long: it is not broken off.
        var prefix = States[Draw(States.Length)];
        var names = new List<string>();
        await foreach (var blob in cluster.Blobs.ListAsync(prefix, CancellationToken.None))
            names.Add(blob.Name);
        foreach (var name in names.TakeLast(40).Where(_ => Draw(3) == 0))
        {
            try
            {
                if (await cluster.Blobs.TryReadBytesAsync(name, cancellationToken: CancellationToken.None) is { } found)
                    await cluster.Blobs.WriteBytesAsync(name, found.Bytes, WriteCondition.IfMatch(found.Properties.ETag), cancellationToken: CancellationToken.None);
            }
            catch (BlobStoreException)
            {
                // Its owner was faster.
            }
        }
    }

    private Task DeviceAsync(Action<IReadOnlyList<StepContext>> fault, CancellationToken ending)
    {
        var names = cluster.Silos.Select(silo => silo.Name).ToList();
        var broken = names[Draw(names.Count)];
        onPass = (silo, rows) =>
        {
            if (silo == broken)
                fault(rows);
        };
        return HealAsync(500 + Draw(3_000), () => onPass = null, ending);
    }

#pragma warning disable CA2201 // This is what libtorch's binding throws.
    private void Throw(IReadOnlyList<StepContext> rows)
    {
        if (Draw(3) == 0)
            throw new ExternalException("CUDA error: an illegal memory access was encountered");
    }

    private void RunOut(IReadOnlyList<StepContext> rows)
    {
        if (rows.Count > 1 || Draw(4) == 0)
            throw new ExternalException("CUDA out of memory. Tried to allocate 2.00 GiB");
    }
#pragma warning restore CA2201

    private Action<IReadOnlyList<StepContext>> HangOnce()
    {
        var isOver = 0;
        return _ =>
        {
            if (Interlocked.Exchange(ref isOver, 1) == 0)
                Thread.Sleep(HangTimeout * 2);
        };
    }

    private Task NanOfOneSeedAsync(CancellationToken ending)
    {
        var seed = (ulong)Draw(24);
        return NanAsync(context => context.Seed == seed && context.Step == 3, ending);
    }

    private Task NanAsync(Func<StepContext, bool> gives, CancellationToken ending)
    {
        cluster.Log.GivesNan = gives;
        return HealAsync(500 + Draw(2_000), () => cluster.Log.GivesNan = null, ending);
    }

    // The machine slept: longer than leases and pulses last, shorter than a run waits for a device.
    private Task JumpAsync(CancellationToken ending)
    {
        time.Jump(TimeSpan.FromSeconds(1 + Draw(60)));
        return Task.CompletedTask;
    }

    private Task SetClockAsync(CancellationToken ending)
    {
        var by = TimeSpan.FromMinutes(Draw(240) - 120);
        if ((wallOffset + by).Duration() > MaxWallOffset)
            by = -by;
        wallOffset += by;
        time.JumpWall(by);
        return Task.CompletedTask;
    }

    private static async Task HealAsync(int milliseconds, Action heal, CancellationToken ending)
    {
        await PauseAsync(milliseconds, ending);
        heal();
    }

    private static async Task PauseAsync(int milliseconds, CancellationToken ending) =>
        await Task.Delay(milliseconds, ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    // Devices and stores draw too, from many threads.
    private int Draw(int bound)
    {
        lock (gate)
            return random.Next(bound);
    }
}
