using System.Collections.Immutable;
using Darkroom.Contracts.Devices;
using Darkroom.Contracts.Runs;

namespace Darkroom.Grains.Runs;

/// <summary>Asks the directory for a device until there is one, and remembers which ones failed.</summary>
internal sealed class DeviceFinder(IGrainFactory grains, RunOptions options, TimeProvider time)
{
    private const int RememberedFailures = 16;

    private readonly List<string> avoided = [];
    private long lastReached = time.GetTimestamp();

    /// <summary>Gets the key of the device that was found last.</summary>
    public string? Current { get; private set; }

    /// <summary>Notes that a device took the run.</summary>
    public void Reached() => lastReached = time.GetTimestamp();

    /// <summary>Notes that a device failed: it is taken again only if there is no other.</summary>
    public void Avoid(string key)
    {
        avoided.Remove(key);
        avoided.Add(key);
        if (avoided.Count > RememberedFailures)
            avoided.RemoveAt(0);
    }

    /// <summary>Notes that the device that was found last failed.</summary>
    public void AvoidCurrent()
    {
        if (Current is { } key)
            Avoid(key);
    }

    /// <summary>Finds a device; waits for one as long as the options allow since the last one took the run.</summary>
    /// <param name="model">The checkpoint, or null for the default.</param>
    /// <param name="taken">Devices that work on other tiles of the picture.</param>
    /// <param name="preferred">The device to take without asking, or null.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The route; its key is null if no silo has the model or no device took the run in time.</returns>
    public async Task<FoundDevice> FindAsync(string? model, ImmutableArray<string> taken, string? preferred, CancellationToken cancellationToken)
    {
        if (preferred is not null)
        {
            Current = preferred;
            return new FoundDevice(preferred, RouteOutcome.Found, []);
        }

        while (true)
        {
            if (time.GetElapsedTime(lastReached) > options.DeviceTimeout)
                return new FoundDevice(null, RouteOutcome.NoDevices, []);
            var directory = grains.GetGrain<IDirectoryGrain>(IDirectoryGrain.Key);
            var route = await directory.PickAsync(new PickRequest(model, [.. avoided], taken), cancellationToken).WaitAsync(cancellationToken);
            if (route.Outcome != RouteOutcome.NoDevices)
            {
                Current = route.Key;
                return new FoundDevice(route.Key, route.Outcome, route.KnownModels);
            }

            await Task.Delay(options.RetryDelay, time, cancellationToken);
        }
    }
}

/// <summary>What the directory answered.</summary>
/// <param name="Key">The model grain's key, or null.</param>
/// <param name="Outcome">Why there is none.</param>
/// <param name="KnownModels">The models that the silos have.</param>
internal sealed record FoundDevice(string? Key, RouteOutcome Outcome, IReadOnlyList<string> KnownModels)
{
    /// <summary>Says why there is no device.</summary>
    public RunError ToError(string? model, RunOptions options, bool isStarved = false) => Outcome == RouteOutcome.NoModel
        ? new RunError(
            RunErrorCode.ModelNotFound,
            $"No silo has the model {(model is null ? "that is the default" : $"'{model}'")} (Model:WeightsFolder); there are: {string.Join(", ", KnownModels.DefaultIfEmpty("none"))}.")
        : new RunError(
            RunErrorCode.NoDevice,
            $"No device {(isStarved ? "had the memory for one tile of" : "took")} the run within {options.DeviceTimeout.TotalSeconds:0.#} s ({RunOptions.SectionName}:{nameof(RunOptions.DeviceTimeout)}).");
}
