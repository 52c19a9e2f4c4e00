using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Runs;
using Darkroom.Contracts.Tenants;
using Microsoft.Extensions.Logging;

namespace Darkroom.Grains.Tenants;

/// <summary>A run's side of its tenant's account: asks to be let in, waits for its turn, keeps its place, and tells what it used. Lives on the run's turns.</summary>
internal sealed partial class RunAdmission(string runId, IGrainFactory grains, TenantOptions options, TimeProvider time, ILogger logger)
{
    private const int SettleTries = 3;
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan TurnWait = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(0.1);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(5);

    private bool isUnderWay;

    /// <summary>Gets how often a place is to be kept.</summary>
    public TimeSpan RenewPeriod => options.LeaseDuration / 3;

    private ITenantGrain Tenant => grains.GetGrain<ITenantGrain>(RunKey.Parse(runId).Tenant);

    /// <summary>Asks to be let in.</summary>
    /// <exception cref="QuotaExceededException">The tenant has used up what it is allowed.</exception>
    public async Task AdmitAsync(RunPriority priority, CancellationToken cancellationToken)
    {
        var place = await Tenant.AdmitAsync(new AdmitRequest(runId, priority), cancellationToken);
        isUnderWay = place.IsActive;
    }

    /// <summary>Waits for the run's turn, as long as it takes.</summary>
    public async Task EnterAsync(RunPriority priority, double deviceSeconds, CancellationToken cancellationToken)
    {
        var wait = TurnWait < RenewPeriod ? TurnWait : RenewPeriod;
        for (var tries = 1; !isUnderWay; tries++)
        {
            try
            {
                var place = await Tenant.RenewAsync(new RenewRequest(runId, priority, false, deviceSeconds, wait), cancellationToken).WaitAsync(wait + CallTimeout, time, cancellationToken);
                isUnderWay = place.IsActive;
                tries = 0;
            }
#pragma warning disable CA1031 // A silo that dies, a store that fails: the run waits on.
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                LogNotReached(error, runId);
                await Task.Delay(DelayOf(tries), time, cancellationToken);
            }
        }
    }

    /// <summary>Keeps the place of a run that has its turn. What fails is tried again at the next period.</summary>
    public async Task RenewAsync(RunPriority priority, double deviceSeconds)
    {
        // Who waits for the turn keeps the place by asking for it.
        if (!isUnderWay)
            return;
        try
        {
            await Tenant.RenewAsync(new RenewRequest(runId, priority, true, deviceSeconds, TimeSpan.Zero), CancellationToken.None).WaitAsync(CallTimeout, time);
        }
#pragma warning disable CA1031
        catch (Exception error)
#pragma warning restore CA1031
        {
            LogNotReached(error, runId);
        }
    }

    /// <summary>Gives the place back and tells what the run used. If the tenant cannot be told, it asks when the place expires.</summary>
    public async Task SettleAsync(RunStage stage, double deviceSeconds)
    {
        for (var tries = 1; tries <= SettleTries; tries++)
        {
            try
            {
                await Tenant.SettleAsync(new RunUsage(runId, stage, deviceSeconds), CancellationToken.None).WaitAsync(CallTimeout, time);
                return;
            }
#pragma warning disable CA1031
            catch (Exception error)
#pragma warning restore CA1031
            {
                LogNotReached(error, runId);
            }

            await Task.Delay(DelayOf(tries), time);
        }
    }

    private static TimeSpan DelayOf(int tries) => TimeSpan.FromSeconds(Math.Min(FirstDelay.TotalSeconds * Math.Pow(2, tries), MaxDelay.TotalSeconds));

    [LoggerMessage(1410, LogLevel.Warning, "The tenant of run {RunId} could not be asked; trying again")]
    private partial void LogNotReached(Exception error, string runId);
}
