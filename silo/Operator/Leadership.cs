using Darkroom.Contracts.Leases;
using Microsoft.Extensions.Logging;

namespace Darkroom.Silo.Operator;

/// <summary>Has this silo do something as long as it holds the lease, and not a moment longer.</summary>
internal sealed partial class Leadership(IGrainFactory grains, string me, OperatorOptions options, TimeProvider time, ILogger logger)
{
    /// <summary>The lease's name.</summary>
    public const string LeaseName = "operator";

    // Asked so often, one lost answer costs nothing.
    private const int AsksPerLease = 4;

    // Each life of a silo is another holder, also where a silo has the address of one before.
    private readonly string holder = $"{me}/{Guid.NewGuid():N}";

    private volatile bool isLeading;

    /// <summary>Gets whether this silo leads now.</summary>
    public bool IsLeading => isLeading;

    /// <summary>Asks for the lease until it is stopped; gives it back then.</summary>
    /// <param name="lead">What to do while it is held; stopped when it is lost.</param>
    /// <param name="gone">Cancelled when the silo ends at once: the lease then ends by itself.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task RunAsync(Func<CancellationToken, Task> lead, CancellationToken gone, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var start = time.GetTimestamp();
                if (await AskAsync(cancellationToken))
                    await LeadAsync(lead, start, cancellationToken);
                await Task.Delay(options.LeaseDuration / AsksPerLease, time, cancellationToken);
            }
        }
        finally
        {
            if (!gone.IsCancellationRequested)
                await ReleaseAsync();
        }
    }

    private async Task LeadAsync(Func<CancellationToken, Task> lead, long start, CancellationToken cancellationToken)
    {
        LogLeads(me);
        using var lost = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        isLeading = true;
        OperatorMetrics.Begun();
        var leading = Task.Run(() => lead(lost.Token), CancellationToken.None);
        try
        {
            // It is given up while it surely is still held: the holder's time began before the question, the grain's after it.
            var safe = options.LeaseDuration * (AsksPerLease - 1) / AsksPerLease;
            while (time.GetElapsedTime(start) < safe && !leading.IsCompleted)
            {
                await Task.WhenAny(leading, Task.Delay(options.LeaseDuration / AsksPerLease, time, cancellationToken));
                cancellationToken.ThrowIfCancellationRequested();
                var asked = time.GetTimestamp();
                if (await AskAsync(cancellationToken))
                    start = asked;
            }
        }
        finally
        {
            await lost.CancelAsync();
            isLeading = false;
            OperatorMetrics.Ended();
            LogLeadsNoMore(me);
            await EndAsync(leading);
        }
    }

    private async Task EndAsync(Task leading)
    {
        try
        {
            await leading;
        }
        catch (OperationCanceledException)
        {
            // It was told to stop.
        }
#pragma warning disable CA1031 // Nobody foresaw it; the lease is asked for again, here or elsewhere.
        catch (Exception error)
#pragma warning restore CA1031
        {
            LogFailed(error);
        }
    }

    private async Task<bool> AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            var grant = await Lease.AcquireAsync(holder, options.LeaseDuration, cancellationToken)
                .WaitAsync(options.LeaseDuration / AsksPerLease, time, cancellationToken);
            return grant.IsHeld;
        }
#pragma warning disable CA1031 // The lease's silo may have died: it is asked for again, and given up when nobody answers in time.
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogNotAsked(error);
            return false;
        }
    }

    private async Task ReleaseAsync()
    {
        try
        {
            await Lease.ReleaseAsync(holder, CancellationToken.None).WaitAsync(options.LeaseDuration / AsksPerLease, time);
        }
#pragma warning disable CA1031 // It ends by itself.
        catch (Exception error)
#pragma warning restore CA1031
        {
            LogNotAsked(error);
        }
    }

    private ILeaseGrain Lease => grains.GetGrain<ILeaseGrain>(LeaseName);

    [LoggerMessage(1630, LogLevel.Information, "The silo {Silo} looks after the resources from now on")]
    private partial void LogLeads(string silo);

    [LoggerMessage(1631, LogLevel.Information, "The silo {Silo} looks after the resources no more")]
    private partial void LogLeadsNoMore(string silo);

    [LoggerMessage(1632, LogLevel.Debug, "The operator's lease did not answer")]
    private partial void LogNotAsked(Exception error);

    [LoggerMessage(1633, LogLevel.Error, "The operator ended by an error")]
    private partial void LogFailed(Exception error);
}
