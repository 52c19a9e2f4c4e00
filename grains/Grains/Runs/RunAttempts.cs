using Darkroom.Contracts.Devices;
using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Runs;
using Microsoft.Extensions.Logging;

namespace Darkroom.Grains.Runs;

/// <summary>Finds a device for a run or a part of it, and another one each time something breaks, until the work is done or hopeless.</summary>
/// <param name="id">What devices know the work by: the run, or a part of it.</param>
/// <param name="state">The run.</param>
/// <param name="journal">Keeps the run.</param>
/// <param name="grains">Finds grains.</param>
/// <param name="options">The limits.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Hears of what breaks.</param>
/// <param name="taken">Tells which devices work on other tiles of the picture.</param>
internal sealed partial class RunAttempts(
    string id, RunState state, RunJournal journal, IGrainFactory grains, RunOptions options, TimeProvider time, ILogger logger, Func<IEnumerable<string>> taken)
{
    private readonly DeviceFinder finder = new(grains, options, time);
    private string? preferred;
    private int failures;
    private bool isStarved;

    /// <summary>Gets the key of the device that was found last.</summary>
    public string? Device => finder.Current;

    /// <summary>Gets whether a device was found and nothing broke since.</summary>
    public bool IsTaken { get; private set; }

    /// <summary>Begins with a device, without asking the directory for one.</summary>
    public void Prefer(string key) => preferred = key;

    /// <summary>Notes that the device took the work, or is still at it.</summary>
    public void Reached()
    {
        if (!isStarved)
            finder.Reached();
    }

    /// <summary>Notes steps.</summary>
    /// <param name="isFurther">Whether the work got further by them.</param>
    public void Stepped(bool isFurther)
    {
        isStarved &= !isFurther;
        Reached();
    }

    /// <summary>Notes that a checkpoint was kept: failures before it do not count any more.</summary>
    public void Kept() => failures = 0;

    /// <summary>Goes through the work on one device after another.</summary>
    /// <param name="model">The checkpoint to use, or null for the default.</param>
    /// <param name="work">The work; all but <see cref="DeviceOutcome.Done"/> means: begin again at the last checkpoint.</param>
    /// <param name="waiting">Stops it as soon as nothing has to be repeated for it.</param>
    /// <returns>Null when it is done, else why it cannot be.</returns>
    public async Task<RunError?> DriveAsync(string? model, Func<IModelGrain, string, Task<DeviceOutcome>> work, CancellationToken waiting)
    {
        IModelGrain? device = null;
        var isDone = false;
        try
        {
            while (true)
            {
                RunError? error;
                try
                {
                    (isDone, error) = await AttemptAsync();
                }
                catch (Exception failed) when (!waiting.IsCancellationRequested && RunFailure.Of(failed).Effect != FailureEffect.Fenced)
                {
                    error = Sort(failed);
                }
                finally
                {
                    IsTaken = false;
                }

                if (isDone || error is not null)
                    return error;
                await journal.DelayAsync(Math.Max(failures, 1), waiting);
            }
        }
        finally
        {
            // However it ended: a call that is stopped may fail before this one knows that it is stopped.
            if (device is not null && !isDone && !journal.IsFenced)
                _ = ReleaseAsync(device);
        }

        async Task<(bool IsDone, RunError? Error)> AttemptAsync()
        {
            var route = await finder.FindAsync(model, [.. taken()], Interlocked.Exchange(ref preferred, null), waiting);
            if (route.Key is not { } key)
                return (false, route.ToError(model, options, isStarved));
            IsTaken = true;
            device = grains.GetGrain<IModelGrain>(key);
            var outcome = await work(device, key);
            return outcome == DeviceOutcome.Done ? (true, null) : (false, Sort(outcome, key));
        }
    }

    /// <summary>Tells a device that the work is over. Nobody waits for it: one that cannot be reached has nothing to free, or drops it when it needs the room.</summary>
    public async Task ReleaseAsync(IModelGrain device)
    {
        try
        {
            await device.ReleaseAsync(id, CancellationToken.None);
        }
#pragma warning disable CA1031
        catch (Exception error)
#pragma warning restore CA1031
        {
            LogNotReleased(error, id);
        }
    }

    private RunError? Sort(DeviceOutcome outcome, string key)
    {
        LogTurnedAway(id, key, outcome);
        // Counts as not taken until a step is done: a tile that fits nowhere must not be tried for ever.
        isStarved = outcome == DeviceOutcome.OutOfMemory;
        if (outcome != DeviceOutcome.Busy)
            finder.Avoid(key);
        // A device that keeps losing the run counts as failing.
        return outcome == DeviceOutcome.WorkspaceLost
            ? Count(new DeviceFailedException($"The device {key} lost the run's pixels again and again."), RunErrorCode.Device)
            : null;
    }

    private RunError? Sort(Exception error)
    {
        var failure = RunFailure.Of(error);
        LogFailed(error, id, finder.Current, failure.Effect);
        if (failure.Effect == FailureEffect.Final)
            return new RunError(failure.Code, error.Message);
        if (failure.Code != RunErrorCode.Storage)
            finder.AvoidCurrent();
        if (failure.Effect == FailureEffect.Counted)
            return Count(error, failure.Code);
        state.Attempt++;
        return null;
    }

    private RunError? Count(Exception error, RunErrorCode code)
    {
        state.Attempt++;
        return ++failures >= options.MaxFailures
            ? new RunError(code, $"Given up after {failures} failures in a row ({RunOptions.SectionName}:{nameof(RunOptions.MaxFailures)}). The last one: {error.Message}")
            : null;
    }

    [LoggerMessage(1101, LogLevel.Warning, "Run {RunId} failed on {Device}: {Effect}")]
    private partial void LogFailed(Exception error, string runId, string? device, FailureEffect effect);

    [LoggerMessage(1102, LogLevel.Information, "Run {RunId} was turned away by {Device}: {Outcome}")]
    private partial void LogTurnedAway(string runId, string device, DeviceOutcome outcome);

    [LoggerMessage(1105, LogLevel.Debug, "The device could not be told that run {RunId} is over")]
    private partial void LogNotReleased(Exception error, string runId);
}
