namespace Orleans.Runtime;

/// <summary>What a grain method that returns an IAsyncEnumerable gives its caller; nothing is sent before it is enumerated.</summary>
internal sealed class RemoteEnumerable<T>(GrainReference target, MethodModel method, object?[] arguments) : IAsyncEnumerable<T>
{
    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        var source = RuntimeContext.Current;
        var node = source?.Silo.Node ?? target.Origin;
        if (node.Stopped is { } why)
            throw new SiloUnavailableException(why);
        var copies = method.CopyArguments(arguments);
        var own = method.CancellationIndex < 0 ? default : (CancellationToken)arguments[method.CancellationIndex]!;
        return new RemoteEnumerator<T>(node, target, method, ReferenceEquals(copies, arguments) ? (object?[])copies.Clone() : copies, own, cancellationToken);
    }
}

/// <summary>Asks the grain for one item after the other.</summary>
internal sealed class RemoteEnumerator<T> : IAsyncEnumerator<T>
{
    private readonly CancellationTokenSource _cancellation;
    private readonly Func<StartEnumeration<T>> _start;
    private EnumerationSession<T>? _session;
    private Task? _pending;
    private bool _isDone;

    public RemoteEnumerator(
        Node node, GrainReference target, MethodModel method, object?[] arguments, CancellationToken ofMethod, CancellationToken ofEnumeration)
    {
        _cancellation = CancellationTokenSource.CreateLinkedTokenSource(ofMethod, ofEnumeration);
        _start = () => new StartEnumeration<T>(node, target, method, arguments) { Context = CallSender.ExportContext() };
    }

    public T Current { get; private set; } = default!;

    public async ValueTask<bool> MoveNextAsync()
    {
        if (_isDone)
            return false;
        _cancellation.Token.ThrowIfCancellationRequested();
        var answer = AskAsync();
        _pending = answer;
        try
        {
            var (session, hasItem, item) = await answer.WaitAsync(_cancellation.Token);
            _session = session;
            _isDone = !hasItem;
            Current = item!;
            return hasItem;
        }
        catch (OperationCanceledException) when (_cancellation.IsCancellationRequested)
        {
            _ = answer.ContinueWith(EndLate, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            _session?.Cancel();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _isDone = true;
        _cancellation.Dispose();

        // A step that is still running was cancelled: the grain ends it when it notices, we do not wait for that.
        if (_session is not { } session)
            return;
        var end = session.End();
        if (_pending is not { IsCompleted: false })
            await end;
    }

    private Task<EnumerationStep<T>> AskAsync()
    {
        if (_session is { } session)
            return session.Next();
        var start = _start();
        start.Sender.Cluster.Dispatch(start);
        _cancellation.Token.UnsafeRegister(static s => ((StartEnumeration<T>)s!).Cancel(), start);
        return start.Answer;
    }

    // The first step was cancelled before we knew its session.
    private static void EndLate(Task<EnumerationStep<T>> answer)
    {
        if (answer.IsCompletedSuccessfully)
            _ = answer.GetAwaiter().GetResult().Session.End();
        else
            _ = answer.Exception;
    }
}

/// <summary>The answer to one step: the session that gave it, whether there is an item, and the item.</summary>
internal readonly record struct EnumerationStep<T>(EnumerationSession<T> Session, bool HasItem, T? Item);
