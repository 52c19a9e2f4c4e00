using Darkroom.Contracts.Jobs;
using Darkroom.Contracts.Runs;
using Darkroom.Contracts.Sessions;
using Darkroom.Contracts.Supervision;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace Darkroom.Grains.Supervision;

/// <summary>Asks unfinished runs, jobs and rounds whether they are under way: asking brings one whose silo died back to life.</summary>
/// <remarks>It makes a round every few seconds, and at every pulse for a while after a silo was lost.</remarks>
[GrainType("supervisor")]
internal sealed partial class SupervisorGrain(
    UnfinishedRegister register, IOptions<SupervisorOptions> options, TimeProvider time, ILogger<SupervisorGrain> logger) : Grain, ISupervisorGrain
{
    private readonly SupervisorOptions options = options.Value;
    private readonly SiloPulses pulses = new(options.Value, time);
    private string cursor = string.Empty;
    private int found;
    private int unfinished;
    private long rounds;
    private long? lastRound;

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        this.RegisterGrainTimer(
            TickAsync, new GrainTimerCreationOptions { DueTime = TimeSpan.Zero, Period = options.PulsePeriod, Interleave = true });
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task PulseAsync(SiloPulse pulse, CancellationToken cancellationToken)
    {
        if (pulses.Add(pulse))
            LogLeaving(pulse.Silo);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<SupervisorStatus> GetStatusAsync(CancellationToken cancellationToken) =>
        Task.FromResult(new SupervisorStatus(pulses.Silos, unfinished, rounds));

    private async Task TickAsync(CancellationToken cancellationToken)
    {
        foreach (var silo in pulses.Forget())
            LogLost(silo);
        var isDue = cursor.Length > 0 || pulses.IsUnsettled || lastRound is not { } last || time.GetElapsedTime(last) >= options.RoundPeriod;
        if (!isDue)
            return;
        try
        {
            await GoRoundAsync(cancellationToken);
        }
#pragma warning disable CA1031 // A store that fails is asked again at the next tick.
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogRoundFailed(error);
        }
    }

    private async Task GoRoundAsync(CancellationToken cancellationToken)
    {
        if (cursor.Length == 0)
            (lastRound, found) = (time.GetTimestamp(), 0);
        var taken = new List<UnfinishedWork>();
        await foreach (var work in register.ListAsync(cursor, cancellationToken))
        {
            taken.Add(work);
            if (taken.Count == options.MaxPerRound)
                break;
        }

        foreach (var group in taken.Chunk(options.Concurrency))
            found += (await Task.WhenAll(group.Select(work => AskAsync(work, cancellationToken)))).Count(isUnfinished => isUnfinished);
        if (taken.Count == options.MaxPerRound)
        {
            cursor = taken[^1].BlobName;
            return;
        }

        cursor = string.Empty;
        (unfinished, rounds) = (found, rounds + 1);
    }

    private async Task<bool> AskAsync(UnfinishedWork work, CancellationToken cancellationToken)
    {
        try
        {
            var asking = work.Kind switch
            {
                WorkKind.Run => GrainFactory.GetGrain<IRunGrain>(work.Key).ResumeAsync(cancellationToken),
                WorkKind.Job => GrainFactory.GetGrain<IJobGrain>(work.Key).ResumeUnfinishedAsync(cancellationToken),
                _ => GrainFactory.GetGrain<ISessionGrain>(work.Key).ResumeAsync(cancellationToken),
            };
            return await asking.WaitAsync(options.AskTimeout, time, cancellationToken);
        }
#pragma warning disable CA1031 // Its silo may be dead and not yet given up by the others; it is asked again.
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogNotAsked(error, work.Kind, work.Key);
            return true;
        }
    }

    [LoggerMessage(1400, LogLevel.Warning, "The silo {Silo} is silent: what it had under way is taken up elsewhere")]
    private partial void LogLost(string silo);

    [LoggerMessage(1401, LogLevel.Information, "The silo {Silo} leaves: what it had under way goes on elsewhere")]
    private partial void LogLeaving(string silo);

    [LoggerMessage(1402, LogLevel.Debug, "{Kind} {Key} did not answer; it is asked again")]
    private partial void LogNotAsked(Exception error, WorkKind kind, string key);

    [LoggerMessage(1403, LogLevel.Warning, "Unfinished work could not be looked through; trying again")]
    private partial void LogRoundFailed(Exception error);
}
