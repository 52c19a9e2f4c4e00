using Darkroom.Models.Pipelines;
using static TorchSharp.torch;

namespace Darkroom.Grains.Devices;

/// <summary>Some steps of one tile. Between two of them it waits in the queue like any other work, so others get their turn and join.</summary>
/// <remarks>
/// It goes back into the queue on the device's own thread: if its run had to ask for each step, two runs could alternate
/// for ever without meeting in a batch.
/// </remarks>
internal sealed class StepWork : DeviceWork
{
    private readonly TaskCompletionSource<Tensor> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Tensor first;
    private readonly Action<int>? stepped;
    private readonly Func<bool>? isEnough;
    private int stepsLeft;

    /// <summary>Begins.</summary>
    /// <param name="model">The model.</param>
    /// <param name="latent">The latent before the first step, [1, ...]; its owner keeps it until the work is done.</param>
    /// <param name="context">The row's context at the first step.</param>
    /// <param name="steps">How many steps to take, at least 1.</param>
    /// <param name="stepped">Hears the number of the next step after each one, on the device's thread.</param>
    /// <param name="workClass">Whose work it is.</param>
    /// <param name="cancellationToken">Stops before the next step.</param>
    /// <param name="isEnough">Asked after each step, on the device's thread: ends the work before all steps are taken.</param>
    public StepWork(
        LoadedModel model, Tensor latent, StepContext context, int steps, Action<int>? stepped, WorkClass workClass, CancellationToken cancellationToken,
        Func<bool>? isEnough = null)
        : base(workClass, cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        (Model, first, Latent, Context, stepsLeft, this.stepped, this.isEnough) = (model, latent, latent, context, steps, stepped, isEnough);
        // A forward pass costs about as much as its weights are large, times the cells that they are applied to.
        Cost = Math.Max(1, latent.numel() * Math.Max(1, model.SizeBytes >> 20));
        Group = new BatchKey(model, string.Join('x', latent.shape), latent.dtype);
    }

    /// <summary>Gets the latent after the last step; whoever waits owns it.</summary>
    public Task<Tensor> Completion => completion.Task;

    /// <summary>Gets the model.</summary>
    public LoadedModel Model { get; }

    /// <summary>Gets the latent before the next step.</summary>
    public Tensor Latent { get; private set; }

    /// <summary>Gets the row's context at the next step.</summary>
    public StepContext Context { get; private set; }

    /// <summary>Gets whether all steps are taken, or one failed.</summary>
    public bool IsOver => completion.Task.IsCompleted;

    /// <inheritdoc/>
    public override BatchKey? Group { get; }

    /// <inheritdoc/>
    public override long? Cost { get; }

    /// <summary>Takes the latent after a step.</summary>
    public void Advance(Tensor next)
    {
        DisposeLatent();
        Latent = next;
        Context = Context with { Step = Context.Step + 1 };
        stepped?.Invoke(Context.Step);
        if (--stepsLeft == 0 || isEnough?.Invoke() == true)
            completion.SetResult(Latent);
    }

    /// <summary>Ends with an error.</summary>
    public void Fail(Exception error)
    {
        DisposeLatent();
        completion.SetException(error);
    }

    /// <inheritdoc/>
    public override void Cancel()
    {
        DisposeLatent();
        completion.TrySetCanceled(CancellationToken);
    }

    private void DisposeLatent()
    {
        if (!ReferenceEquals(Latent, first))
            Latent.Dispose();
    }
}
