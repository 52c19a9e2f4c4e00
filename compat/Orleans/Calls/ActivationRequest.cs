namespace Orleans.Runtime;

/// <summary>Something an activation does between two awaits or more: a call, a timer tick, a step of an enumeration.</summary>
internal abstract class ActivationRequest
{
    public virtual bool IsAlwaysInterleave => false;

    public virtual bool IsReadOnly => false;

    /// <summary>Gets a value indicating whether nobody waits for it any more.</summary>
    public virtual bool IsAbandoned => false;

    /// <summary>Gets a value indicating whether it keeps an idle activation alive.</summary>
    public virtual bool CountsAsUse => true;

    public virtual Serialization.Invocation.IInvokable? Invokable => null;

    /// <summary>Runs on the scheduler of the activation. Never throws.</summary>
    public abstract Task RunAsync(ActivationData activation);

    public abstract void Fail(Exception exception);

    /// <summary>The activation is gone before the request began: send it to the next one, or fail.</summary>
    public abstract void Reroute(string reason);
}
