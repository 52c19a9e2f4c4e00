using Darkroom.Contracts.Devices;
using Darkroom.Contracts.Errors;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Darkroom.Grains.Devices;

/// <summary>Hands calls to the device that its key names. Re-entrant: many runs wait for the device at once.</summary>
[GrainType("model")]
[ModelPlacement]
[Reentrant]
internal sealed class ModelGrain(DeviceSet devices, RunService runs, ILocalSiloDetails silo) : Grain, IModelGrain
{
    // Whoever keeps a model says so again and again; what nobody says any more ends.
    private static readonly TimeSpan MaxKeep = TimeSpan.FromHours(1);

    private DeviceExecutor device = null!;
    private string model = string.Empty;

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var key = ModelGrainKey.Parse(this.GetPrimaryKeyString());
        var here = silo.SiloAddress.ToParsableString();
        if (key.Silo != here)
            throw new DeviceUnavailableException($"The model grain '{key}' belongs on the silo {key.Silo}; this is {here}.");
        (device, model) = (devices[key.Device], key.Model);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<DescribeResult> DescribeAsync(DescribeRequest request, CancellationToken cancellationToken) =>
        runs.DescribeAsync(device, model, request, cancellationToken);

    /// <inheritdoc/>
    public Task<PrepareResult> PrepareAsync(PrepareRequest request, CancellationToken cancellationToken) =>
        runs.PrepareAsync(device, model, request, cancellationToken);

    /// <inheritdoc/>
    public Task<StepResult> StepAsync(StepRequest request, CancellationToken cancellationToken) =>
        runs.StepAsync(device, request, cancellationToken);

    /// <inheritdoc/>
    public Task<FinishResult> FinishAsync(FinishRequest request, CancellationToken cancellationToken) =>
        runs.FinishAsync(device, request, cancellationToken);

    /// <inheritdoc/>
    public Task<KeepResult> KeepAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        if (duration < TimeSpan.Zero || duration > MaxKeep)
            throw new InvalidRequestException($"A model is kept for 0 to {MaxKeep}; asked for were {duration}.");
        device.ThrowIfHung();
        return Task.FromResult(device.Kept.Keep(model, duration));
    }

    /// <inheritdoc/>
    public Task ReleaseAsync(string runId, CancellationToken cancellationToken)
    {
        runs.Release(runId);
        return Task.CompletedTask;
    }
}
