using static TorchSharp.torch;

namespace Darkroom.Models.Schedulers;

/// <summary>Everything that a run must keep between two steps; with it the run goes on in another process as if nothing had happened.</summary>
/// <remarks>
/// Immutable. It owns its tensors: they live until <see cref="Dispose"/>, whatever dispose scope is open. To store it, write the
/// step and the tensors in their order, or the one tensor of <see cref="Scheduler.Pack"/>; to go on, make the scheduler from
/// the same configuration and number of steps and call <see cref="Scheduler.Resume"/> or <see cref="Scheduler.Unpack"/>.
/// </remarks>
public sealed class SchedulerState : IDisposable
{
    private readonly Tensor[] history;

    /// <summary>Takes copies of the handles; the tensors themselves are shared and must not be changed in place.</summary>
    internal SchedulerState(int step, Tensor sample, IEnumerable<Tensor> history)
    {
        Step = step;
        Sample = Own(sample);
        this.history = [.. history.Select(Own)];
    }

    /// <summary>Gets the index of the step that comes next; the scheduler's <see cref="Scheduler.StepCount"/> when the run is done.</summary>
    public int Step { get; }

    /// <summary>Gets the sample as it stands, [B, ...] float32.</summary>
    public Tensor Sample { get; }

    /// <summary>Gets what a multistep solver remembers, each shaped as the sample, in the order that the scheduler documents.</summary>
    public IReadOnlyList<Tensor> History => history;

    /// <summary>The same state with another sample, for methods that noise the sample anew between steps.</summary>
    /// <param name="sample">Shaped as <see cref="Sample"/>.</param>
    /// <returns>A state that the caller disposes; this one stays as it is.</returns>
    public SchedulerState With(Tensor sample)
    {
        Shapes.Require(sample, Sample.shape, "The sample");
        return new SchedulerState(Step, sample, history);
    }

    /// <summary>Disposes the tensors.</summary>
    public void Dispose()
    {
        Sample.Dispose();
        foreach (var tensor in history)
            tensor.Dispose();
    }

    // An alias has its own handle, so that states which share a tensor can be disposed in any order.
    private static Tensor Own(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.to(ScalarType.Float32).alias().DetachFromDisposeScope();
    }
}
