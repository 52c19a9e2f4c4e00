using Darkroom.Contracts.Devices;
using Darkroom.Contracts.Errors;
using Darkroom.Storage;

namespace Darkroom.Grains.Devices;

/// <summary>Serves the calls of the model grains: begins work off the grain's turn, waits for it as long as the caller allows, and says how it went.</summary>
/// <remarks>Work that is not done in time goes on; the same call again waits for the same work.</remarks>
internal sealed class RunService(RunPreparer preparer, RunStepper stepper, RunFinisher finisher, WorkspaceStore workspaces, TimeProvider time)
{
    // A driver asks at least so often; one that does not is gone, and what it left here is of no use.
    private static readonly TimeSpan MaxIdle = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan DrainPoll = TimeSpan.FromMilliseconds(20);

    private readonly Preparations preparations = new(time);
    private volatile bool isDraining;

    /// <summary>Describes a picture.</summary>
    public async Task<DescribeResult> DescribeAsync(DeviceExecutor device, string model, DescribeRequest request, CancellationToken cancellationToken)
    {
        try
        {
            device.ThrowIfHung();
            var looking = Task.Run(() => preparer.DescribeAsync(device, model, request, cancellationToken), cancellationToken);
            await EndsWithinAsync(looking, device, Timeout.InfiniteTimeSpan, cancellationToken);
            var seen = await looking;
            return new DescribeResult(DeviceOutcome.Done, seen is null
                ? null
                : new PictureDescription(seen.NoiseSigma, seen.RainProbability, seen.DarknessProbability, seen.Lighting, seen.Rain, seen.Noise, seen.Note));
        }
        catch (Exception error) when (OutcomeOf(error) is { } outcome && !cancellationToken.IsCancellationRequested)
        {
            return new DescribeResult(outcome, null);
        }
        catch (Exception error) when (Translate(error) is { } translated)
        {
            throw translated;
        }
    }

    /// <summary>Begins a run, or takes it up from its checkpoint.</summary>
    public async Task<PrepareResult> PrepareAsync(DeviceExecutor device, string model, PrepareRequest request, CancellationToken cancellationToken)
    {
        device.ThrowIfHung();
        if (isDraining)
        {
            Release(IdOf(request));
            return new PrepareResult(DeviceOutcome.Stopping);
        }

        var work = preparations.Begin(IdOf(request), device.Name, stop => PrepareNowAsync(device, model, request, stop));
        try
        {
            if (!await EndsWithinAsync(work, device, request.MaxWait, cancellationToken))
                return new PrepareResult(DeviceOutcome.Working);
            preparations.End(IdOf(request), work);
            return await work;
        }
        catch (DeviceUnavailableException)
        {
            preparations.Stop(IdOf(request));
            throw;
        }
        catch (Exception error) when (OutcomeOf(error) is { } outcome && !cancellationToken.IsCancellationRequested)
        {
            return new PrepareResult(outcome);
        }
        catch (Exception error) when (Translate(error) is { } translated && !cancellationToken.IsCancellationRequested)
        {
            throw translated;
        }
    }

    /// <summary>Advances a run.</summary>
    public async Task<StepResult> StepAsync(DeviceExecutor device, StepRequest request, CancellationToken cancellationToken)
    {
        device.ThrowIfHung();
        if (workspaces.Find(request.RunId) is not { } workspace)
            return new StepResult(DeviceOutcome.WorkspaceLost);
        if (request.IsLeaving || isDraining)
            workspace.Yield();
        if (isDraining && request.CheckpointName is not null && !workspace.IsAdvancing)
        {
            // Its driver has kept all that was done here.
            workspaces.Drop(request.RunId);
            return new StepResult(DeviceOutcome.Stopping);
        }

        var advance = workspace.BeginAdvance(
            stop => stepper.AdvanceAsync(device, workspace, request, stop));
        try
        {
            if (!await EndsWithinAsync(advance, device, request.MaxWait, cancellationToken))
                return new StepResult(DeviceOutcome.Working, workspace.TilesDone, workspace.Step, null, workspace.Meter.Seconds, workspace.Preview);
            workspace.EndAdvance(advance);
            var done = await advance;
            return new StepResult(workspace.IsDone ? DeviceOutcome.Done : DeviceOutcome.Working, workspace.TilesDone, workspace.Step, done.Checkpoint, workspace.Meter.Seconds, workspace.Preview);
        }
        catch (Exception error) when (OutcomeOf(error) is { } outcome && !cancellationToken.IsCancellationRequested)
        {
            if (outcome == DeviceOutcome.OutOfMemory)
                workspaces.Drop(workspace);
            return new StepResult(outcome);
        }
        catch (DeviceUnavailableException)
        {
            // What the device holds is freed when it comes back, if ever.
            workspaces.Drop(workspace);
            throw;
        }
        catch (Exception error) when (Translate(error) is { } translated && !cancellationToken.IsCancellationRequested)
        {
            // A step that failed half-way may have left anything behind: the run begins again at its checkpoint.
            workspaces.Drop(request.RunId);
            throw translated;
        }
    }

    /// <summary>Finishes a run.</summary>
    public async Task<FinishResult> FinishAsync(DeviceExecutor device, FinishRequest request, CancellationToken cancellationToken)
    {
        device.ThrowIfHung();
        if (workspaces.Find(request.RunId) is not { } workspace)
            return new FinishResult(DeviceOutcome.WorkspaceLost);
        var finish = workspace.BeginFinish(stop => finisher.FinishAsync(device, workspace, stop));
        if (!await EndsWithinAsync(finish, device, request.MaxWait, cancellationToken))
            return new FinishResult(DeviceOutcome.Working);
        workspaces.Drop(request.RunId);
        try
        {
            return new FinishResult(DeviceOutcome.Done, await finish);
        }
        catch (Exception error) when (OutcomeOf(error) is { } outcome)
        {
            return new FinishResult(outcome);
        }
        catch (Exception error) when (Translate(error) is { } translated)
        {
            throw translated;
        }
    }

    /// <summary>Stops whatever is done for a run and frees what it has.</summary>
    /// <param name="id">The run, or a part of it.</param>
    public void Release(string id)
    {
        preparations.Stop(id);
        workspaces.Drop(id);
    }

    /// <summary>Sends every run away: each stops at its next step, writes a checkpoint and hears that the silo is stopping.</summary>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>Ends when no run is left here.</returns>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        isDraining = true;
        while (workspaces.Yield(MaxIdle) > 0)
            await Task.Delay(DrainPoll, time, cancellationToken);
    }

    private async Task<PrepareResult> PrepareNowAsync(DeviceExecutor device, string model, PrepareRequest request, CancellationToken stop)
    {
        if (await preparer.PrepareAsync(device, model, request, stop) is not { } workspace)
            return new PrepareResult(DeviceOutcome.Busy);
        if (stop.IsCancellationRequested)
            workspaces.Drop(workspace);
        return new PrepareResult(
            DeviceOutcome.Done, workspace.Plan.Tiles.Count, workspace.Prepared.StepCount, workspace.Prepared.Description,
            workspace.Prepared.Instruction, workspace.Model.Pipeline.Profile.ModelHash, workspace.Meter.Seconds,
            device.Load.Expect(workspace.Model.Pipeline.Profile.Model, workspace.StepsLeft), workspace.Model.Pipeline.Profile.Name);
    }

    private static string IdOf(PrepareRequest request) => request.Part?.IdOf(request.RunId) ?? request.RunId;

    private static async Task<bool> EndsWithinAsync(Task work, DeviceExecutor device, TimeSpan maxWait, CancellationToken cancellationToken)
    {
        if (work.IsCompleted)
            return true;
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var first = await Task.WhenAny(work, Task.Delay(maxWait, timer.Token), device.Hung);
        await timer.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
        if (!work.IsCompleted)
            device.ThrowIfHung();
        return first == work;
    }

    private static DeviceOutcome? OutcomeOf(Exception error) => error switch
    {
        DeviceBusyException => DeviceOutcome.Busy,
        DeviceStoppingException => DeviceOutcome.Stopping,
        OperationCanceledException => DeviceOutcome.WorkspaceLost,
        _ when MemoryExhaustion.Is(error) => DeviceOutcome.OutOfMemory,
        _ => null,
    };

    // What crosses a grain call is our own; anything else is told in words, with its kind.
    private static DarkroomException? Translate(Exception error) => error switch
    {
        DarkroomException => null,
        BlobStoreException or IOException => new StorageFailedException(error.Message),
        _ => new DeviceFailedException($"{error.GetType().Name}: {error.Message}"),
    };
}
