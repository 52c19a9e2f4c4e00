using Darkroom.Contracts.Devices;
using Darkroom.Contracts.Runs;
using Microsoft.Extensions.Logging;

namespace Darkroom.Grains.Runs;

/// <summary>The parts of a large picture that other devices work on, while the run's own device works on the first one.</summary>
/// <remarks>
/// Each part finds its own devices and goes on from its own checkpoints; its finished tiles are in the blob store, where the device that
/// puts the result together takes them from. A part that finds no device is left to that one.
/// </remarks>
internal sealed partial class RunParts(
    string runId, RunState state, RunJournal journal, IGrainFactory grains, RunOptions options, TimeProvider time, ILogger logger, Func<string?> ownDevice)
{
    private readonly Dictionary<RunPart, Driven> driven = [];

    // The devices that were judged worth it when the picture was divided, in the order of the parts.
    private readonly Queue<string> helpers = [];

    /// <summary>Gets why the run cannot be completed, or null: a part failed for good.</summary>
    public RunError? Error { get; private set; }

    /// <summary>Gets the devices that work on parts.</summary>
    public IEnumerable<string> Devices => driven.Values.Where(part => part.Attempts.IsTaken).Select(part => part.Attempts.Device).OfType<string>();

    /// <summary>Divides the picture, if there are devices that would begin soon enough to be worth it.</summary>
    /// <param name="expected">How long one device takes for all tiles.</param>
    /// <param name="cancellationToken">Stops waiting for the directory.</param>
    /// <returns>The tiles of each part, the run's own first; one for a picture that is not divided.</returns>
    public async Task<List<TileRange>> DivideAsync(TimeSpan expected, CancellationToken cancellationToken)
    {
        var most = Math.Min(options.MaxParts, state.Tiles / options.MinTilesPerPart);
        if (most < 2)
            return [];
        var silos = await grains.GetGrain<IDirectoryGrain>(IDirectoryGrain.Key).ListAsync(cancellationToken).WaitAsync(cancellationToken);
        var model = state.Model!;
        var found =
            from silo in silos
            where !silo.IsStopping && silo.Models.Contains(model)
            from device in silo.Devices
            let key = new ModelGrainKey(silo.Silo, device.Device, model).ToString()
            let wait = device.ExpectedWork + (device.ResidentModels.Contains(model) ? TimeSpan.Zero : device.LoadTime)
            where key != ownDevice() && !device.IsHung && device.QueueDepth < device.QueueCapacity && wait <= expected / 2
            orderby wait, device.QueueDepth, key
            select key;
        foreach (var key in found.Take(most - 1))
            helpers.Enqueue(key);
        var count = helpers.Count + 1;
        return [.. Enumerable.Range(0, count).Select(i => new TileRange((int)((long)state.Tiles * i / count), (int)((long)state.Tiles * (i + 1) / count)))];
    }

    /// <summary>Begins to drive the parts that are neither done nor driven yet.</summary>
    public void Drive(CancellationToken leaving, CancellationToken cancellationToken)
    {
        foreach (var part in state.Parts.Where(part => !part.IsDone && driven.GetValueOrDefault(part) is null or { Driving.IsCompletedSuccessfully: true }))
        {
            // Linked: whatever is stopped for the run is stopped for its parts.
            var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var attempts = new RunAttempts(part.Tiles.IdOf(runId), state, journal, grains, options, time, logger, () => Taken(part));
            if (helpers.TryDequeue(out var helper))
                attempts.Prefer(helper);
            driven[part] = new Driven(attempts, stop, DriveAsync(part, attempts, leaving, stop.Token));
        }

        helpers.Clear();
    }

    /// <summary>Waits a moment for the parts.</summary>
    /// <param name="but">Parts that nobody has to wait for.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>A part that has no device, which is no longer driven; null if there is none.</returns>
    public async Task<RunPart?> WaitAsync(IReadOnlyCollection<RunPart> but, CancellationToken cancellationToken)
    {
        var working = driven.Values.Select(part => part.Driving).Where(driving => !driving.IsCompleted).ToList();
        if (working.Count > 0)
            await Task.WhenAny([.. working, Task.Delay(options.CallWait, time, cancellationToken)]);
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var ended in driven.Values.Where(part => part.Driving.IsFaulted))
            await ended.Driving;
        var waiting = state.Parts.Find(part => !part.IsDone && !but.Contains(part) && driven.GetValueOrDefault(part) is not { Attempts.IsTaken: true });
        if (waiting is not null && driven.Remove(waiting, out var idle))
            await idle.StopAsync();
        return waiting is { IsDone: false } ? waiting : null;
    }

    /// <summary>Stops the parts and waits until they are.</summary>
    /// <param name="isLeaving">Whether each ends by itself at its next step, with a checkpoint.</param>
    public async Task StopAsync(bool isLeaving)
    {
        foreach (var part in driven.Values)
            await part.StopAsync(isLeaving);
        driven.Clear();
    }

    private async Task DriveAsync(RunPart part, RunAttempts attempts, CancellationToken leaving, CancellationToken cancellationToken)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(leaving, cancellationToken);
        var error = await attempts.DriveAsync(
            state.Model,
            async (device, key) =>
            {
                var stretch = new RunStretch(runId, state, journal, attempts, options, time, leaving);
                var prepared = await stretch.PrepareAsync(device, part, waiting.Token);
                if (prepared.Outcome != DeviceOutcome.Done)
                    return prepared.Outcome;
                stretch.Note(part.Checkpoint, prepared.ModelHash, part.Tiles.First);
                var outcome = await stretch.StepAsync(device, part.Tiles.IdOf(runId), part.Tiles, part, () => false, cancellationToken);
                if (outcome == DeviceOutcome.Done)
                    _ = attempts.ReleaseAsync(device);
                return outcome;
            },
            waiting.Token);
        if (error is null)
            return;
        LogNotDone(runId, part.Tiles.First, part.Tiles.End, error.Message);
        if (error.Code != RunErrorCode.NoDevice)
            Error ??= error;
    }

    private IEnumerable<string> Taken(RunPart part) => Devices.Where(key => key != driven.GetValueOrDefault(part)?.Attempts.Device).Append(ownDevice() ?? string.Empty);

    [LoggerMessage(1106, LogLevel.Warning, "Tiles {First} to {End} of run {RunId} were not done on another device: {Reason}")]
    private partial void LogNotDone(string runId, int first, int end, string reason);

    private sealed record Driven(RunAttempts Attempts, CancellationTokenSource Stop, Task Driving)
    {
        public async Task StopAsync(bool isLeaving = false)
        {
            if (!isLeaving)
                await Stop.CancelAsync();
            await Driving.ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
            Stop.Dispose();
        }
    }
}
