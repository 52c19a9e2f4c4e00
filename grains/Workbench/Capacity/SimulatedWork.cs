using Darkroom.Grains.Devices;

namespace Darkroom.Workbench.Capacity;

/// <summary>A piece of work in the queue of a simulated device, which is the queue of the silo's own devices.</summary>
internal sealed class SimulatedWork(SimulatedRun run, RunPhase phase)
    : DeviceWork(new WorkClass(run.Stream.Plan.Priority, run.Tenant), CancellationToken.None)
{
    /// <summary>Gets whose it is.</summary>
    public SimulatedRun Run { get; } = run;

    /// <summary>Gets what it is.</summary>
    public RunPhase Phase { get; } = phase;

    /// <inheritdoc/>
    public override BatchKey? Group => Phase == RunPhase.Step ? KeyOf(Run.Stream.Pipeline.Name) : null;

    /// <inheritdoc/>
    public override long? Cost => Phase == RunPhase.Step ? 1 : null;

    /// <summary>Gets the pipeline of a group.</summary>
    public static string PipelineOf(BatchKey key) => key.Shape;

    /// <inheritdoc/>
    public override void Cancel()
    {
        // A run that loses its device is taken up elsewhere.
    }

    // No model is loaded here: runs of a pipeline have one shape, and its name tells groups apart.
    private static BatchKey KeyOf(string pipeline) => new(null!, pipeline, default);
}
