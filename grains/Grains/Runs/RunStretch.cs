using Darkroom.Contracts.Devices;
using Darkroom.Contracts.Runs;

namespace Darkroom.Grains.Runs;

/// <summary>Takes a run, or a part of it, through its steps on one device.</summary>
/// <param name="runId">The run.</param>
/// <param name="state">Its state.</param>
/// <param name="journal">Keeps it.</param>
/// <param name="attempts">Hears that the device is at it.</param>
/// <param name="options">The limits.</param>
/// <param name="time">The clock.</param>
/// <param name="leaving">Ends it at the next step, with a checkpoint there.</param>
internal sealed class RunStretch(
    string runId, RunState state, RunJournal journal, RunAttempts attempts, RunOptions options, TimeProvider time, CancellationToken leaving)
{
    private double charged;

    /// <summary>Prepares all tiles, or a part of them, from the last checkpoint.</summary>
    /// <param name="device">The device.</param>
    /// <param name="part">The part, or null.</param>
    /// <param name="cancellationToken">Stops waiting for it.</param>
    public async Task<PrepareResult> PrepareAsync(IModelGrain device, RunPart? part, CancellationToken cancellationToken)
    {
        charged = 0;
        var request = new PrepareRequest(runId, state.Request!, part is null ? state.Checkpoint : part.Checkpoint, options.CallWait, part?.Tiles);
        var prepared = await RepeatAsync(() => device.PrepareAsync(request, cancellationToken), result => result.Outcome, cancellationToken);
        if (prepared.Outcome != DeviceOutcome.Done)
            return prepared;
        attempts.Reached();
        Charge(prepared.DeviceSeconds);
        return prepared;
    }

    /// <summary>Notes from where the device goes on.</summary>
    public void Note(RunCheckpoint? from, string modelHash, int first)
    {
        journal.Meter.At(first, (from?.TilesDone ?? first) - first, from?.Step ?? 0);
        state.Note(new RunLedgerEntry(
            state.Attempt, state.Request!.Settings.Seed, attempts.Device ?? string.Empty, modelHash, from?.TilesDone ?? first, from?.Step ?? 0, state.Steps, time.GetUtcNow()));
    }

    /// <summary>Takes all steps of some tiles.</summary>
    /// <param name="device">The device, which is prepared.</param>
    /// <param name="id">What it knows the work by: the run, or the part.</param>
    /// <param name="range">The tiles.</param>
    /// <param name="part">The part that they belong to, or null for the run's own.</param>
    /// <param name="isHopeless">Tells whether the run fails anyway.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>How the device answered; <see cref="DeviceOutcome.Done"/> once all are done, or hopeless.</returns>
    public async Task<DeviceOutcome> StepAsync(IModelGrain device, string id, TileRange range, RunPart? part, Func<bool> isHopeless, CancellationToken cancellationToken)
    {
        var first = part?.Tiles.First ?? 0;
        while (!isHopeless())
        {
            var hasSteps = state.Steps > 1;
            var request = new StepRequest(
                id, hasSteps ? options.CheckpointEverySteps : int.MaxValue, hasSteps || state.Tiles > 1 ? journal.NextName() : null, options.CallWait,
                leaving.IsCancellationRequested, id == runId ? options.PreviewEverySteps : 0, hasSteps ? null : options.CheckpointPeriod, range);
            var result = await device.StepAsync(request, cancellationToken).WaitAsync(cancellationToken);
            if (result.Outcome is not (DeviceOutcome.Working or DeviceOutcome.Done))
                return result.Outcome;
            Charge(result.DeviceSeconds);
            // A device that still turns to the range has nothing of it yet.
            if (result.TilesDone >= range.First && result.TilesDone <= range.End)
                attempts.Stepped(journal.Meter.At(first, result.TilesDone - first, result.Step));
            journal.Meter.Preview = result.Preview ?? journal.Meter.Preview;
            journal.Tell();
            if (result.Checkpoint is { } checkpoint)
            {
                await KeepAsync(part, checkpoint, cancellationToken);
                leaving.ThrowIfCancellationRequested();
            }

            if (result.Outcome == DeviceOutcome.Done)
                break;
        }

        return DeviceOutcome.Done;
    }

    /// <summary>Writes a checkpoint of a run that has taken no step.</summary>
    /// <returns>It, or how the device answered.</returns>
    public async Task<(DeviceOutcome Outcome, RunCheckpoint? Checkpoint)> WriteCheckpointAsync(IModelGrain device, CancellationToken cancellationToken)
    {
        var request = new StepRequest(runId, 0, journal.NextName(), options.CallWait);
        while (true)
        {
            var result = await device.StepAsync(request, cancellationToken).WaitAsync(cancellationToken);
            if (result.Outcome is not (DeviceOutcome.Working or DeviceOutcome.Done) || result.Checkpoint is not null)
                return (result.Outcome, result.Checkpoint);
        }
    }

    /// <summary>Calls until the device is no longer at it.</summary>
    public async Task<T> RepeatAsync<T>(Func<Task<T>> call, Func<T, DeviceOutcome> outcomeOf, CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await call().WaitAsync(cancellationToken);
            if (outcomeOf(result) != DeviceOutcome.Working)
                return result;
            attempts.Reached();
            journal.Tell();
        }
    }

    // The device counts from where it took the work; several may count at once.
    private void Charge(double deviceSeconds)
    {
        state.DeviceSeconds += Math.Max(0, deviceSeconds - charged);
        charged = deviceSeconds;
    }

    private async Task KeepAsync(RunPart? part, RunCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        RunCheckpoint? previous;
        if (part is null)
            (previous, state.Checkpoint) = (state.Checkpoint, checkpoint);
        else
            (previous, part.Checkpoint) = (part.Checkpoint, checkpoint);
        await journal.KeepAsync(previous, checkpoint, cancellationToken);
        attempts.Kept();
    }
}
