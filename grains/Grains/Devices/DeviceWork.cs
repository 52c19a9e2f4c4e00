using System.Diagnostics;
using Darkroom.Contracts.Runs;
using Darkroom.Models.Pipelines;
using static TorchSharp.torch;

namespace Darkroom.Grains.Devices;

/// <summary>Whose work it is and whether a person waits: what the order of a device's queue goes by.</summary>
/// <param name="Priority">Interactive work goes before batch work.</param>
/// <param name="Tenant">Within a priority, tenants have equal shares.</param>
/// <param name="Meter">What counts the device's time, or null where nobody asks for it.</param>
internal readonly record struct WorkClass(RunPriority Priority, string Tenant, DeviceMeter? Meter = null);

/// <summary>Something for a device to do.</summary>
internal abstract class DeviceWork(WorkClass workClass, CancellationToken cancellationToken)
{
    /// <summary>Gets whose work it is.</summary>
    public WorkClass Class { get; } = workClass;

    /// <summary>Gets the token that takes the work back as long as it waits.</summary>
    public CancellationToken CancellationToken { get; } = cancellationToken;

    /// <summary>Gets the trace of whoever asked for it, or none.</summary>
    public ActivityContext Trace { get; } = Activity.Current?.Context ?? default;

    /// <summary>Gets or sets how long it waited in the queue.</summary>
    public TimeSpan Wait { get; set; }

    /// <summary>Gets or sets when it was put into the queue (<see cref="TimeProvider.GetTimestamp"/>).</summary>
    public long Enqueued { get; set; }

    /// <summary>Gets what work must have in common to be done in one forward pass, or null for work that is done alone.</summary>
    public virtual BatchKey? Group => null;

    /// <summary>Gets what it counts in its tenant's share, at least 1; null for a whole turn.</summary>
    public virtual long? Cost => null;

    /// <summary>Tells whoever waits that it will not be done.</summary>
    public abstract void Cancel();
}

/// <summary>What tiles must have in common to share a forward pass.</summary>
/// <param name="Model">The model.</param>
/// <param name="Shape">Shape of the latent.</param>
/// <param name="Type">Element type of the latent.</param>
internal readonly record struct BatchKey(LoadedModel Model, string Shape, ScalarType Type);

/// <summary>Work that is done alone.</summary>
/// <param name="workClass">Whose work it is.</param>
/// <param name="allowed">How long it may take before the device counts as hanging, or null for the device's default.</param>
/// <param name="cancellationToken">Takes the work back as long as it waits.</param>
internal abstract class CallWork(WorkClass workClass, TimeSpan? allowed, CancellationToken cancellationToken) : DeviceWork(workClass, cancellationToken)
{
    /// <summary>Gets how long it may take before the device counts as hanging, or null for the device's default.</summary>
    public TimeSpan? Allowed { get; } = allowed;

    /// <summary>Does it, on the device's thread. Errors go to whoever waits.</summary>
    public abstract void Execute();
}

/// <summary>A function to run on the device's thread.</summary>
internal sealed class CallWork<T>(Func<T> function, WorkClass workClass, TimeSpan? allowed, CancellationToken cancellationToken)
    : CallWork(workClass, allowed, cancellationToken)
{
    private readonly TaskCompletionSource<T> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Gets the result.</summary>
    public Task<T> Completion => completion.Task;

    /// <inheritdoc/>
    public override void Execute()
    {
        var start = Stopwatch.GetTimestamp();
        try
        {
            using var scope = NewDisposeScope();
            var result = function();
            Class.Meter?.AddSince(start);
            completion.SetResult(result);
        }
#pragma warning disable CA1031 // Whatever is thrown belongs to whoever waits; the device's thread must go on.
        catch (Exception error)
#pragma warning restore CA1031
        {
            completion.SetException(error);
        }
    }

    /// <inheritdoc/>
    public override void Cancel() => completion.TrySetCanceled(CancellationToken);
}
