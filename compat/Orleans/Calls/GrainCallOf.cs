using System.Diagnostics;
using Orleans.Serialization;

namespace Orleans.Runtime;

/// <inheritdoc cref="GrainCall"/>
internal sealed class GrainCall<T>(Node sender, ActivationData? source, GrainReference target, MethodModel method, object?[] arguments)
    : GrainCall(sender, source, target, method, arguments), IObserverCall
{
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Timer? _timer;
    private CancellationTokenRegistration _callerCancellation;

    public Task<T> Answer => _answer.Task;

    public override bool IsAbandoned => _answer.Task.IsCompleted;

    public void LimitTime(TimeSpan timeout)
    {
        if (timeout == Timeout.InfiniteTimeSpan)
            return;
        _timer = new Timer(static call => ((GrainCall<T>)call!).TimeOut(), this, timeout, Timeout.InfiniteTimeSpan);
        if (_answer.Task.IsCompleted)
            _timer.Dispose();
    }

    public void CancelWith(CancellationToken token)
    {
        _callerCancellation = token.UnsafeRegister(
            static (call, token) =>
            {
                var self = (GrainCall<T>)call!;
                if (self._answer.TrySetCanceled(token))
                    self.SignalCancellation();
            },
            this);
        if (_answer.Task.IsCompleted)
            _callerCancellation.Dispose();
    }

    public override async Task RunAsync(ActivationData activation)
    {
        RequestContext.Import(Context);
        BeginOn(activation, activation.GrainInstance!);
        await AnswerAsync(activation, activation.GrainInstance!, activation.IncomingFilters);
    }

    /// <summary>Runs on an observer, which is no activation.</summary>
    public Task RunOnObserverAsync(object observer)
    {
        RequestContext.Import(Context);
        BeginOn(null, observer);
        return AnswerAsync(null, observer, []);
    }

    public override void Fail(Exception exception)
    {
        Release();
        _answer.TrySetException(exception);
        if (Method.IsOneWay)
            _ = _answer.Task.Exception;
    }

    private async Task AnswerAsync(ActivationData? activation, object target, IIncomingGrainCallFilter[] filters)
    {
        // Continuations of the grain must come back to its scheduler: no ConfigureAwait(false) from here on.
        var activity = activation?.Silo.Node.Tracing is not null ? CallTracing.StartServer(Method, Trace) : null;
        try
        {
            var result = filters.Length == 0
                ? await InvokeAsync(target)
                : await new IncomingCall<T>(this, activation!, filters, () => InvokeAsync(target)).RunAsync();
            if (_answer.Task.IsCompleted)
                return;
            var copy = ResultCodec.Value is { IsShallow: false } codec ? codec.Copy(result, new CopyContext()) : result;
            Release();
            _answer.TrySetResult(copy!);
        }
        catch (Exception exception)
        {
            activity?.SetStatus(ActivityStatusCode.Error, exception.Message);
            if (Method.IsOneWay)
                activation?.Silo.Logger.LogOneWayFailed(exception, Method.ActivityName, Target.GrainId);
            DiscardIfInconsistent(activation, exception);
            Fail(CopyException(exception));
        }
        finally
        {
            activity?.Dispose();
        }
    }

    private async Task<T> InvokeAsync(object target)
    {
        var pending = Method.Invoker(target, Arguments);
        switch (Method.Kind)
        {
            case ReturnKind.TaskOf:
                return await ((Task<T>?)pending ?? throw NullTask());
            case ReturnKind.ValueTaskOf:
                return await (ValueTask<T>)pending!;
            case ReturnKind.Task:
                await ((Task?)pending ?? throw NullTask());
                return default!;
            case ReturnKind.ValueTask:
                await (ValueTask)pending!;
                return default!;
            default:
                return default!;
        }
    }

    private InvalidOperationException NullTask() => new($"{Method.ActivityName} returned null instead of a task.");

    private void TimeOut()
    {
        var timeout = Method.Timeout ?? Sender.ResponseTimeout;
        var exception = new TimeoutException(
            $"Response did not arrive on time in {timeout} for a call of {Method.ActivityName} on grain {Target.GrainId}"
            + (Source is null ? "." : $" from grain {Source.GrainId}.")
            + " The limit is ResponseTimeout of SiloMessagingOptions or ClientMessagingOptions, or [ResponseTimeout] of the method.");
        _callerCancellation.Dispose();
        if (_answer.TrySetException(exception))
            SignalCancellation();
        _timer?.Dispose();
    }

    private void Release()
    {
        _timer?.Dispose();
        _callerCancellation.Dispose();
    }

    private static class ResultCodec
    {
        private static ValueCodec<T>? s_value;

        // Looked up at the first answer: what a method returns must have a codec as well.
        public static ValueCodec<T>? Value => typeof(T) == typeof(Nothing) ? null : s_value ??= ValueCodec.Of<T>();
    }
}
