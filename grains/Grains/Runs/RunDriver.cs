using System.Diagnostics;
using Darkroom.Contracts.Devices;
using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Runs;
using Darkroom.Grains.Devices;
using Darkroom.Grains.Tenants;
using Microsoft.Extensions.Logging;
using Orleans.Storage;

namespace Darkroom.Grains.Runs;

/// <summary>Drives one run to its end: finds a device, goes through the stages, takes it up elsewhere when something breaks.</summary>
/// <remarks>Runs on the turns of its grain and only awaits; it is the one writer of the state after the start.</remarks>
internal sealed partial class RunDriver(
    string runId, RunState state, Func<Task> write, RunFeed feed, RunAdmission admission, IGrainFactory grains, RunBlobs blobs, RunOptions options, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan MaxRetryDelay = TimeSpan.FromSeconds(5);

    // The end is worth more patience than what can be done again: with the default delay about twenty seconds.
    private const int EndTries = 10;

    private readonly RunProgressMeter meter = new(runId, state, time);
    private readonly DeviceFinder finder = new(grains, options, time);
    private CancellationToken isLeaving;
    private int failures;
    private bool isStarved;
    private double usedBefore;

    /// <summary>Drives the run until it has ended.</summary>
    /// <param name="isTakenUp">Whether somebody else began it: the first write then shuts that one out.</param>
    /// <param name="leaving">Ends driving at the next step, with a checkpoint there; the run goes on wherever it is taken up.</param>
    /// <param name="cancellationToken">Stops driving. The run is cancelled if its state says so, else it stays as it is for whoever takes it up.</param>
    /// <exception cref="InconsistentStateException">Another activation drives the run.</exception>
    public async Task DriveAsync(bool isTakenUp, CancellationToken leaving, CancellationToken cancellationToken)
    {
        isLeaving = leaving;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(leaving, cancellationToken);
        using var activity = DarkroomTelemetry.Source.StartActivity("run", ActivityKind.Internal);
        activity?.SetTag("darkroom.run.id", runId);
        try
        {
            if (isTakenUp)
                await SaveAsync(cancellationToken);
            await admission.EnterAsync(state.Request!.Priority, state.DeviceSeconds, either.Token);
            while (!state.HasEnded)
                await AttemptAsync(either.Token, cancellationToken);
        }
        catch (Exception error) when (either.IsCancellationRequested && error is not InconsistentStateException)
        {
            // Whatever a stopped run throws is of its stopping.
            if (state.IsCancelRequested)
                await EndAsync(RunStage.Cancelled, null);
        }
    }

    // Waiting ends as soon as the silo is to stop; steps and the finish go on to where nothing has to be repeated.
    private async Task AttemptAsync(CancellationToken waiting, CancellationToken cancellationToken)
    {
        IModelGrain? device = null;
        try
        {
            Tell(RunStage.Queued);
            var route = await finder.FindAsync(state.Request!.Model, waiting);
            if (route.Key is not { } key)
            {
                await EndAsync(RunStage.Failed, route.ToError(state.Request.Model, options, isStarved));
                return;
            }

            state.Model = ModelGrainKey.Parse(key).Model;
            device = grains.GetGrain<IModelGrain>(key);
            var outcome = await GoThroughAsync(device, waiting, cancellationToken);
            if (outcome == DeviceOutcome.Done)
                return;
            LogTurnedAway(runId, key, outcome);
            // Counts as not taken until a step is done: a tile that fits nowhere must not be tried for ever.
            isStarved = outcome == DeviceOutcome.OutOfMemory;
            if (outcome != DeviceOutcome.Busy)
                finder.Avoid(key);
            // Each of these means: begin again at the last checkpoint. A device that keeps losing the run counts as failing.
            if (outcome == DeviceOutcome.WorkspaceLost)
                await CountAsync(new DeviceFailedException($"The device {key} lost the run's pixels again and again."), RunErrorCode.Device);
            await DelayAsync(Math.Max(failures, 1), waiting);
        }
        catch (Exception error) when (!waiting.IsCancellationRequested && RunFailure.Of(error).Effect != FailureEffect.Fenced)
        {
            var failure = RunFailure.Of(error);
            LogFailed(error, runId, finder.Current, failure.Effect);
            if (failure.Effect == FailureEffect.Final)
            {
                await EndAsync(RunStage.Failed, new RunError(failure.Code, error.Message));
                return;
            }

            if (failure.Code != RunErrorCode.Storage)
                finder.AvoidCurrent();
            if (failure.Effect == FailureEffect.Counted)
                await CountAsync(error, failure.Code);
            else
                state.Attempt++;
            await DelayAsync(Math.Max(failures, 1), waiting);
        }
        finally
        {
            if (device is not null && (waiting.IsCancellationRequested || state.Stage == RunStage.Failed))
                _ = ReleaseAsync(device);
        }
    }

    // Nobody waits for it: a device that cannot be reached has nothing to free, or drops it when it needs the room.
    private async Task ReleaseAsync(IModelGrain device)
    {
        try
        {
            await device.ReleaseAsync(runId, CancellationToken.None);
        }
#pragma warning disable CA1031
        catch (Exception error)
#pragma warning restore CA1031
        {
            LogNotReleased(error, runId);
        }
    }

    private async Task<DeviceOutcome> GoThroughAsync(IModelGrain device, CancellationToken waiting, CancellationToken cancellationToken)
    {
        var request = state.Request!;
        usedBefore = state.DeviceSeconds;
        Tell(RunStage.Preparing);
        var prepared = await RepeatAsync(
            () => device.PrepareAsync(new PrepareRequest(runId, request, state.Checkpoint, options.CallWait), waiting),
            result => result.Outcome, waiting);
        if (prepared.Outcome != DeviceOutcome.Done)
            return prepared.Outcome;
        NoteReached();
        state.DeviceSeconds = usedBefore + prepared.DeviceSeconds;
        (state.Tiles, state.Steps, state.Description, state.Instruction, state.ModelHash) =
            (prepared.Tiles, prepared.Steps, prepared.Description, prepared.Instruction, prepared.ModelHash);
        // A checkpoint of another model file is not gone on with.
        var from = state.Checkpoint?.ModelHash == prepared.ModelHash ? state.Checkpoint : null;
        state.Note(new RunLedgerEntry(
            state.Attempt, request.Settings.Seed, finder.Current ?? string.Empty, prepared.ModelHash, from?.TilesDone ?? 0, from?.Step ?? 0, prepared.Steps, time.GetUtcNow()));

        // At strength 0 nothing of the network's work would be seen.
        var stepped = request.Settings.Strength > 0 ? await StepAsync(device, cancellationToken) : DeviceOutcome.Done;
        if (stepped != DeviceOutcome.Done)
            return stepped;

        Tell(RunStage.Finishing);
        var finished = await RepeatAsync(
            () => device.FinishAsync(new FinishRequest(runId, options.CallWait), cancellationToken), result => result.Outcome, cancellationToken);
        if (finished.Outcome != DeviceOutcome.Done)
            return finished.Outcome;
        state.Result = finished.Result;
        await EndAsync(RunStage.Completed, null);
        return DeviceOutcome.Done;
    }

    private async Task<DeviceOutcome> StepAsync(IModelGrain device, CancellationToken cancellationToken)
    {
        meter.At(state.Checkpoint?.TilesDone ?? 0, state.Checkpoint?.Step ?? 0);
        Tell(RunStage.Stepping);
        while (true)
        {
            var hasSteps = state.Steps > 1;
            var request = new StepRequest(
                runId, hasSteps ? options.CheckpointEverySteps : int.MaxValue, hasSteps || state.Tiles > 1 ? CheckpointName() : null, options.CallWait,
                isLeaving.IsCancellationRequested, options.PreviewEverySteps, hasSteps ? null : options.CheckpointPeriod);
            var result = await device.StepAsync(request, cancellationToken).WaitAsync(cancellationToken);
            if (result.Outcome is not (DeviceOutcome.Working or DeviceOutcome.Done))
                return result.Outcome;
            state.DeviceSeconds = usedBefore + result.DeviceSeconds;
            isStarved &= !meter.At(result.TilesDone, result.Step);
            meter.Preview = result.Preview;
            NoteReached();
            Tell(RunStage.Stepping);
            if (result.Checkpoint is { } checkpoint)
            {
                await KeepAsync(checkpoint, cancellationToken);
                isLeaving.ThrowIfCancellationRequested();
            }

            if (result.Outcome == DeviceOutcome.Done)
                return DeviceOutcome.Done;
        }
    }

    private async Task KeepAsync(RunCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        var previous = state.Checkpoint;
        state.Checkpoint = checkpoint;
        state.CheckpointCount++;
        await SaveAsync(cancellationToken);
        failures = 0;
        if (previous is not null && previous.BlobName != checkpoint.BlobName)
            await blobs.TryDeleteAsync(previous.BlobName);
    }

    // Unique among activations too: two of them can count alike for a moment.
    private string CheckpointName() => $"{RunBlobs.FolderOf(runId)}checkpoint-{state.CheckpointCount + 1}-{Guid.NewGuid():N}";

    private async Task<T> RepeatAsync<T>(Func<Task<T>> call, Func<T, DeviceOutcome> outcomeOf, CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await call().WaitAsync(cancellationToken);
            if (outcomeOf(result) != DeviceOutcome.Working)
                return result;
            NoteReached();
            Tell(state.Stage);
        }
    }

    private void NoteReached()
    {
        if (!isStarved)
            finder.Reached();
    }

    private async Task CountAsync(Exception error, RunErrorCode code)
    {
        state.Attempt++;
        if (++failures >= options.MaxFailures)
            await EndAsync(RunStage.Failed, new RunError(code, $"Given up after {failures} failures in a row ({RunOptions.SectionName}:{nameof(RunOptions.MaxFailures)}). The last one: {error.Message}"));
    }

    private async Task EndAsync(RunStage stage, RunError? error)
    {
        (state.Stage, state.Error, state.EndedAt, state.IsEnding) = (stage, error, time.GetUtcNow(), true);
        var isKept = true;
        try
        {
            await SaveAsync(Math.Max(EndTries, options.MaxFailures), CancellationToken.None);
        }
        catch (StorageFailedException failed)
        {
            // The end cannot be kept. Who waits hears of the failure; whoever takes the run up later drives it again.
            LogEndNotKept(failed, runId);
            (state.Stage, state.Result, state.Error) = (RunStage.Failed, null, new RunError(RunErrorCode.Storage, failed.Message));
            isKept = false;
        }

        state.IsEnding = false;
        var elapsed = state.Elapsed(time.GetUtcNow());
        RunMetrics.Ended(state, elapsed);
        LogEnded(runId, state.Stage, state.Model, elapsed.TotalMilliseconds, state.Attempt);
        Tell(state.Stage);
        // Told after what is kept: a tenant that asks hears the same.
        if (isKept)
            await admission.SettleAsync(state.Stage, state.DeviceSeconds);
        // Whoever drives it again needs them.
        if (isKept && state.Steps * state.Tiles > 1)
            await blobs.TryDeleteAllAsync(runId);
    }

    private Task SaveAsync(CancellationToken cancellationToken) => SaveAsync(options.MaxFailures, cancellationToken);

    private async Task SaveAsync(int most, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                await write();
                return;
            }
            catch (Exception error) when (error is not InconsistentStateException)
            {
                LogNotSaved(error, runId, tries);
                if (tries >= most)
                    throw new StorageFailedException($"The run's state could not be written {tries} times in a row: {error.Message}", error);
            }

            await PauseAsync(tries, cancellationToken);
        }
    }

    private void Tell(RunStage stage)
    {
        state.Stage = stage;
        feed.Publish(meter.Read());
    }

    // A run that has ended meanwhile has nothing to wait for.
    private Task DelayAsync(int tries, CancellationToken cancellationToken) => state.HasEnded ? Task.CompletedTask : PauseAsync(tries, cancellationToken);

    private Task PauseAsync(int tries, CancellationToken cancellationToken)
    {
        var delay = Math.Min(options.RetryDelay.TotalSeconds * Math.Pow(2, tries - 1), MaxRetryDelay.TotalSeconds);
        return Task.Delay(TimeSpan.FromSeconds(delay), time, cancellationToken);
    }
}
