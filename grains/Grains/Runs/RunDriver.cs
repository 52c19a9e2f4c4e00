using Darkroom.Contracts.Devices;
using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Runs;
using Darkroom.Grains.Devices;
using Darkroom.Grains.Routing;
using Darkroom.Grains.Tenants;
using Microsoft.Extensions.Logging;
using Orleans.Storage;

namespace Darkroom.Grains.Runs;

/// <summary>Drives one run to its end: goes through the stages on a device, divides a large picture among several, takes it up elsewhere when something breaks.</summary>
/// <remarks>Runs on the turns of its grain and only awaits; it is the one writer of the state after the start.</remarks>
internal sealed partial class RunDriver
{
    // The end is worth more patience than what can be done again: with the default delay about twenty seconds.
    private const int EndTries = 10;

    private readonly string runId;
    private readonly RunState state;
    private readonly string tenantClass;
    private readonly RunAdmission admission;
    private readonly RunRouter router;
    private readonly RunBlobs blobs;
    private readonly RunOptions options;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly RunJournal journal;
    private readonly RunAttempts attempts;
    private readonly RunParts parts;
    private CancellationToken isLeaving;

    public RunDriver(
        string runId, RunState state, string tenantClass, Func<Task> write, RunFeed feed, RunAdmission admission, RunRouter router, IGrainFactory grains, RunBlobs blobs, RunOptions options, TimeProvider time,
        ILogger logger)
    {
        (this.runId, this.state, this.tenantClass, this.admission, this.router) = (runId, state, tenantClass, admission, router);
        (this.blobs, this.options, this.time, this.logger) = (blobs, options, time, logger);
        journal = new RunJournal(runId, state, write, feed, blobs, options, time, logger);
        attempts = new RunAttempts(runId, state, journal, grains, options, time, logger, () => parts!.Devices);
        parts = new RunParts(runId, state, journal, grains, options, time, logger, () => attempts.Device);
    }

    /// <summary>Gets whether blobs of the run are left that could not be deleted after its end.</summary>
    public bool HasLeftovers { get; private set; }

    /// <summary>Drives the run until it has ended.</summary>
    /// <param name="isTakenUp">Whether somebody else began it: the first write then shuts that one out.</param>
    /// <param name="leaving">Ends driving at the next step, with a checkpoint there; the run goes on wherever it is taken up.</param>
    /// <param name="cancellationToken">Stops driving. The run is cancelled if its state says so, else it stays as it is for whoever takes it up.</param>
    /// <exception cref="InconsistentStateException">Another activation drives the run.</exception>
    public async Task DriveAsync(bool isTakenUp, CancellationToken leaving, CancellationToken cancellationToken)
    {
        isLeaving = leaving;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(leaving, cancellationToken);
        using var span = RunTrace.Begin(runId, state, isTakenUp);
        RunError? error = null;
        try
        {
            if (isTakenUp)
                await journal.SaveAsync(cancellationToken);
            await admission.EnterAsync(state.Request!.Priority, state.DeviceSeconds, either.Token);
            error = await RouteAsync(either.Token)
                ?? await attempts.DriveAsync(state.Request.Model ?? state.Route?.Model, (device, key) => GoThroughAsync(device, key, either.Token, cancellationToken), either.Token);
        }
        catch (Exception stopped) when (either.IsCancellationRequested && stopped is not InconsistentStateException)
        {
            // Whatever a stopped run throws is of its stopping.
            await parts.StopAsync(isLeaving: !cancellationToken.IsCancellationRequested);
            if (state.IsCancelRequested)
                await EndAsync(RunStage.Cancelled, null);
            return;
        }
        finally
        {
            await parts.StopAsync(isLeaving: false);
        }

        error ??= parts.Error;
        await EndAsync(error is null ? RunStage.Completed : RunStage.Failed, error);
    }

    // Chosen once a run: whoever takes it up stays with it.
    private async Task<RunError?> RouteAsync(CancellationToken waiting)
    {
        if (state.Route is not null || !RunRouter.IsFor(state.Request!))
            return null;
        journal.Tell(RunStage.Queued);
        var answer = await router.RouteAsync(state.Request!, RunKey.Parse(runId).Tenant, waiting);
        if (answer.Route is { } route)
            LogRouted(runId, route.Pipeline, route.Reason);
        state.Route = answer.Route;
        return answer.Error;
    }

    // Waiting ends as soon as the silo is to stop; steps and the finish go on to where nothing has to be repeated.
    private async Task<DeviceOutcome> GoThroughAsync(IModelGrain device, string key, CancellationToken waiting, CancellationToken cancellationToken)
    {
        state.Model = ModelGrainKey.Parse(key).Model;
        var stretch = new RunStretch(runId, state, journal, attempts, options, time, isLeaving);
        journal.Tell(RunStage.Preparing);
        var prepared = await stretch.PrepareAsync(device, null, waiting);
        if (prepared.Outcome != DeviceOutcome.Done)
            return prepared.Outcome;
        (state.Tiles, state.Steps, state.Description, state.Instruction, state.ModelHash, state.Pipeline) =
            (prepared.Tiles, prepared.Steps, prepared.Description, prepared.Instruction, prepared.ModelHash, prepared.Pipeline);
        // A checkpoint of another model file is not gone on with.
        var from = state.Checkpoint?.ModelHash == prepared.ModelHash ? state.Checkpoint : null;
        if (from is null && state.Parts.Count > 0)
            await ForgetPartsAsync();
        stretch.Note(from, prepared.ModelHash, 0);

        // At strength 0 nothing of the network's work would be seen.
        if (state.Request!.Settings.Strength > 0)
        {
            var stepped = await StepAsync(stretch, device, prepared.Expected, waiting, cancellationToken);
            if (parts.Error is not null)
                _ = attempts.ReleaseAsync(device);
            if (stepped != DeviceOutcome.Done || parts.Error is not null)
                return stepped;
        }

        journal.Tell(RunStage.Finishing);
        var finished = await stretch.RepeatAsync(
            () => device.FinishAsync(new FinishRequest(runId, options.CallWait), cancellationToken), result => result.Outcome, cancellationToken);
        if (finished.Outcome == DeviceOutcome.Done)
            state.Result = finished.Result;
        return finished.Outcome;
    }

    private async Task<DeviceOutcome> StepAsync(RunStretch stretch, IModelGrain device, TimeSpan expected, CancellationToken waiting, CancellationToken cancellationToken)
    {
        journal.Tell(RunStage.Stepping);
        RunMetrics.Kept(state, time);
        if (state.Checkpoint is null && await DivideAsync(stretch, device, expected, cancellationToken) is var divided and not DeviceOutcome.Done)
            return divided;
        parts.Drive(isLeaving, cancellationToken);
        var (range, current) = (state.OwnTiles, (RunPart?)null);
        var outcome = await stretch.StepAsync(device, runId, range, current, HasFailed, cancellationToken);
        // What this device does of others' tiles lies in its memory, whatever the checkpoints say.
        var takenOver = new HashSet<RunPart>();
        while (outcome == DeviceOutcome.Done && !HasFailed() && state.Parts.Exists(part => !part.IsDone && !takenOver.Contains(part)))
        {
            if (await parts.WaitAsync(takenOver, waiting) is { } part)
            {
                LogTakenOver(runId, part.Left.First, part.Left.End);
                takenOver.Add(part);
                (range, current) = (part.Left, part);
            }

            // Also asked where nothing is to be done: what a run has on a device is kept only as long as it asks for it.
            outcome = await stretch.StepAsync(device, runId, range, current, HasFailed, cancellationToken);
        }

        bool HasFailed() => parts.Error is not null;

        return outcome;
    }

    private async Task<DeviceOutcome> DivideAsync(RunStretch stretch, IModelGrain device, TimeSpan expected, CancellationToken cancellationToken)
    {
        var ranges = await parts.DivideAsync(expected, cancellationToken);
        if (ranges.Count < 2)
            return DeviceOutcome.Done;
        // What steers the network is the same for all parts, and made once.
        var (outcome, checkpoint) = await stretch.WriteCheckpointAsync(device, cancellationToken);
        if (checkpoint is null)
            return outcome;
        LogDivided(runId, state.Tiles, ranges.Count);
        (state.PartsBlob, state.Checkpoint) = (checkpoint.BlobName, checkpoint);
        state.Parts = [.. ranges.Skip(1).Select(range => new RunPart { Tiles = range, Checkpoint = checkpoint with { TilesDone = range.First } })];
        await journal.KeepAsync(null, checkpoint, cancellationToken);
        return DeviceOutcome.Done;
    }

    private async Task ForgetPartsAsync()
    {
        await parts.StopAsync(isLeaving: false);
        (state.Parts, state.PartsBlob, state.Checkpoint) = ([], null, null);
        journal.Meter.Clear();
    }

    private async Task EndAsync(RunStage stage, RunError? error)
    {
        (state.Stage, state.Error, state.EndedAt, state.IsEnding) = (stage, error, time.GetUtcNow(), true);
        var isKept = true;
        try
        {
            await journal.SaveAsync(CancellationToken.None, Math.Max(EndTries, options.MaxFailures));
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
        RunMetrics.Ended(state, tenantClass, elapsed);
        LogEnded(runId, state.Stage, state.Model, elapsed.TotalMilliseconds, state.Attempt);
        journal.Tell();
        // Told after what is kept: a tenant that asks hears the same.
        if (isKept)
            await admission.SettleAsync(state.Stage, state.DeviceSeconds);
        // Whoever drives it again needs them.
        if (isKept && state.Steps * state.Tiles > 1)
            HasLeftovers = !await blobs.TryDeleteAllAsync(runId);
    }
}
