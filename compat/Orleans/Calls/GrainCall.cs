using System.Diagnostics;
using System.Reflection;
using Orleans.Serialization;
using Orleans.Serialization.Invocation;
using Orleans.Storage;

namespace Orleans.Runtime;

/// <summary>One call of a grain method, from the caller's copy of the arguments to the answer.</summary>
internal abstract class GrainCall : RoutedRequest, IInvokable
{
    private readonly Lock _cancellationLock = new();
    private CancellationTokenSource? _cancellation;
    private ActivationData? _runningOn;
    private object? _target;

    protected GrainCall(Node sender, ActivationData? source, GrainReference target, MethodModel method, object?[] arguments)
        : base(sender, target, method)
    {
        Source = source;
        Arguments = arguments;
    }

    public ActivationData? Source { get; }

    public object?[] Arguments { get; }

    public ActivityContext Trace { get; init; }

    public override bool IsAlwaysInterleave => Method.IsAlwaysInterleave;

    public override bool IsReadOnly => Method.IsReadOnly;

    public override IInvokable Invokable => this;

    /// <summary>Gives the callee a token of its own, which <see cref="SignalCancellation"/> cancels.</summary>
    public void UseCancellation()
    {
        _cancellation = new CancellationTokenSource();
        Arguments[Method.CancellationIndex] = _cancellation.Token;
    }

    public void SignalCancellation()
    {
        ActivationData? activation;
        lock (_cancellationLock)
            activation = _runningOn;

        // Callbacks of the token are the grain's code: they run as a turn of the grain.
        if (activation is null)
            _cancellation?.Cancel();
        else
            activation.Scheduler.QueueAction(() => _cancellation?.Cancel());
    }

    public object? GetTarget() => _target;

    public int GetArgumentCount() => Arguments.Length;

    public object? GetArgument(int index) => Arguments[index];

    public void SetArgument(int index, object? value) => Arguments[index] = value;

    public string GetMethodName() => Method.Method.Name;

    public string GetInterfaceName() => Method.Owner.Name.ToString();

    public string GetActivityName() => Method.ActivityName;

    public MethodInfo GetMethod() => Method.Method;

    public Type GetInterfaceType() => Method.Owner.Type;

    public CancellationToken GetCancellationToken() => _cancellation?.Token ?? default;

    public void Dispose()
    {
    }

    protected void BeginOn(ActivationData? activation, object target)
    {
        _target = target;
        lock (_cancellationLock)
            _runningOn = activation;
    }

    protected static Exception CopyException(Exception exception)
    {
        try
        {
            return ValueCodec.Of<Exception>().Copy(exception, new CopyContext())!;
        }
        catch (SerializerException)
        {
            // What cannot be copied must not hide what happened.
            return exception;
        }
    }

    // The state that this activation holds is not the stored one: the next call must read it afresh.
    protected static void DiscardIfInconsistent(ActivationData? activation, Exception exception)
    {
        if (activation is null || exception is not InconsistentStateException { IsSourceActivation: true } inconsistent)
            return;
        inconsistent.IsSourceActivation = false;
        activation.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationError, exception, "The state was changed by somebody else."));
    }
}
