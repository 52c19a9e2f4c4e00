using Orleans.Serialization;

namespace Orleans.Runtime;

/// <summary>An enumeration as the activation knows it.</summary>
internal abstract class EnumerationSession
{
    public abstract void Abort();
}

/// <summary>An enumeration that runs in a grain; its steps are turns of the grain and interleave with its other requests.</summary>
internal sealed class EnumerationSession<T>(ActivationData activation) : EnumerationSession
{
    private readonly TaskCompletionSource _aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IAsyncEnumerator<T>? _enumerator;
    private Task<bool>? _step;
    private bool _hasEnded;

    public CancellationTokenSource Cancellation { get; } = new();

    public void Begin(IAsyncEnumerable<T> items) => _enumerator = items.GetAsyncEnumerator(Cancellation.Token);

    public void Cancel() => activation.Scheduler.QueueAction(() => Cancellation.Cancel());

    public Task<EnumerationStep<T>> Next()
    {
        var request = new EnumerationRequest<T>(this, StepAsync);
        return activation.TryEnqueue(request) ? request.Answer : Task.FromException<EnumerationStep<T>>(Gone());
    }

    public async Task End()
    {
        var request = new EnumerationRequest<T>(this, EndAsync);
        if (!activation.TryEnqueue(request))
            return;
        try
        {
            await request.Answer;
        }
        catch (EnumerationAbortedException)
        {
            // The activation went meanwhile, and the enumeration with it.
        }
    }

    public async Task<EnumerationStep<T>> StepAsync()
    {
        if (_hasEnded)
            throw Gone();
        _step = _enumerator!.MoveNextAsync().AsTask();
        await Task.WhenAny(_step, _aborted.Task);
        if (!_step.IsCompleted)
            throw Gone();
        if (!await _step)
        {
            await EndAsync();
            return new(this, false, default);
        }

        // Ended between the step and this turn: a disposed iterator has no current item any more.
        if (_hasEnded)
            throw Gone();
        var codec = ValueCodec.Of<T>();
        var item = _enumerator.Current;
        return new(this, true, codec.IsShallow ? item : codec.Copy(item, new CopyContext()));
    }

    public override void Abort()
    {
        _aborted.TrySetResult();
        activation.Scheduler.QueueAction(() => _ = EndAsync());
    }

    private async Task<EnumerationStep<T>> EndAsync()
    {
        if (_hasEnded)
            return default;
        _hasEnded = true;
        activation.Enumerations.Remove(this);
        await Cancellation.CancelAsync();
        if (_step is { IsCompleted: false } running)
            await ((Task)running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        // There is none where the method itself threw.
        if (_enumerator is not null)
            await _enumerator.DisposeAsync();
        return default;
    }

    private EnumerationAbortedException Gone() =>
        new($"Enumeration aborted: the activation of grain {activation.GrainId} that enumerated is gone.");
}

/// <summary>The enumerations of one activation.</summary>
internal sealed class EnumerationTable(ActivationData activation)
{
    private readonly Lock _lock = new();
    private readonly HashSet<EnumerationSession> _sessions = [];

    public EnumerationSession<T> Add<T>()
    {
        var session = new EnumerationSession<T>(activation);
        lock (_lock)
            _sessions.Add(session);
        return session;
    }

    public void Remove(EnumerationSession session)
    {
        lock (_lock)
            _sessions.Remove(session);
    }

    public void AbortAll()
    {
        foreach (var session in Take())
            session.Abort();
    }

    public void Clear() => Take();

    private EnumerationSession[] Take()
    {
        lock (_lock)
        {
            EnumerationSession[] all = [.. _sessions];
            _sessions.Clear();
            return all;
        }
    }
}

/// <summary>The call of the method and the first step.</summary>
internal sealed class StartEnumeration<T>(Node sender, GrainReference target, MethodModel method, object?[] arguments)
    : RoutedRequest(sender, target, method)
{
    private readonly TaskCompletionSource<EnumerationStep<T>> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private EnumerationSession<T>? _session;
    private bool _isCancelled;

    public Task<EnumerationStep<T>> Answer => _answer.Task;

    public override bool IsAlwaysInterleave => true;

    public override bool IsAbandoned => _answer.Task.IsCompleted;

    public void Cancel()
    {
        lock (_lock)
            _isCancelled = true;
        if (_session is null)
            _answer.TrySetCanceled();
        else
            _session.Cancel();
    }

    public override async Task RunAsync(ActivationData activation)
    {
        RequestContext.Import(Context);
        EnumerationSession<T>? session = null;
        try
        {
            session = activation.Enumerations.Add<T>();
            lock (_lock)
            {
                _session = session;
                if (_isCancelled)
                    session.Cancellation.Cancel();
            }

            if (Method.CancellationIndex >= 0)
                arguments[Method.CancellationIndex] = session.Cancellation.Token;
            session.Begin((IAsyncEnumerable<T>)Method.Invoker(activation.GrainInstance!, arguments)!);
            _answer.TrySetResult(await session.StepAsync());
        }
        catch (Exception exception)
        {
            if (session is not null)
                activation.Enumerations.Remove(session);
            Fail(exception);
        }
    }

    public override void Fail(Exception exception) => _answer.TrySetException(exception);
}

/// <summary>A later step, or the end.</summary>
internal sealed class EnumerationRequest<T>(EnumerationSession<T> session, Func<Task<EnumerationStep<T>>> run) : ActivationRequest
{
    private readonly TaskCompletionSource<EnumerationStep<T>> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<EnumerationStep<T>> Answer => _answer.Task;

    public override bool IsAlwaysInterleave => true;

    public override async Task RunAsync(ActivationData activation)
    {
        try
        {
            _answer.TrySetResult(await run());
        }
        catch (Exception exception)
        {
            Fail(exception);
        }
    }

    public override void Fail(Exception exception) => _answer.TrySetException(exception);

    public override void Reroute(string reason) => Fail(new EnumerationAbortedException($"Enumeration {session.GetHashCode()} aborted: {reason}"));
}
