namespace Orleans.Runtime;

// The queue: one request at a time, unless it may interleave.
internal sealed partial class ActivationData
{
    private readonly LinkedList<ActivationRequest> _waiting = [];
    private readonly HashSet<ActivationRequest> _running = [];

    // The request that keeps those out which may not interleave.
    private ActivationRequest? _blocking;
    private long _lastUse;
    private long _keepAliveUntil = long.MinValue;

    public int Load
    {
        get
        {
            lock (_lock)
                return _waiting.Count + _running.Count;
        }
    }

    /// <summary>Takes a request; false when the activation is gone and the request must go elsewhere.</summary>
    public bool TryEnqueue(ActivationRequest request)
    {
        lock (_lock)
        {
            if (_state == ActivationState.Invalid)
                return false;

            // Those that wait already could not start before, and nothing has changed for them.
            if (_state == ActivationState.Valid && MayStart(request))
                Start(request);
            else
                _waiting.AddLast(request);
        }

        return true;
    }

    public void DelayDeactivation(TimeSpan delay)
    {
        lock (_lock)
        {
            _keepAliveUntil = delay == Timeout.InfiniteTimeSpan || delay == TimeSpan.MaxValue
                ? long.MaxValue
                : delay <= TimeSpan.Zero ? long.MinValue : Silo.Time.GetTimestamp() + (long)(delay.TotalSeconds * Silo.Time.TimestampFrequency);
        }
    }

    public void MarkUsed()
    {
        lock (_lock)
            _lastUse = Silo.Time.GetTimestamp();
    }

    public bool IsIdleFor(TimeSpan age)
    {
        lock (_lock)
        {
            return _state == ActivationState.Valid
                && _running.Count == 0
                && _waiting.Count == 0
                && Silo.Time.GetTimestamp() >= _keepAliveUntil
                && Silo.Time.GetElapsedTime(_lastUse) >= age;
        }
    }

    // Under the lock: after the end of a request, or (all) when the activation becomes valid.
    private void Pump(bool all = false)
    {
        if (_state != ActivationState.Valid)
            return;
        for (var node = _waiting.First; node is not null;)
        {
            var (request, next) = (node.Value, node.Next);
            if (request.IsAbandoned || MayStart(request))
            {
                _waiting.Remove(node);
                if (!request.IsAbandoned)
                    Start(request);
            }

            // Once valid, what always interleaves does not wait: behind a request that lets none in, none can start.
            if (!all && _blocking is { IsReadOnly: false } && !Class.IsReentrant && Class.MayInterleave is null)
                return;
            node = next;
        }
    }

    // Under the lock.
    private void Start(ActivationRequest request)
    {
        _running.Add(request);
        if (_blocking is null && !request.IsAlwaysInterleave)
            _blocking = request;
        Scheduler.QueueAction(() => Begin(request));
    }

    private bool MayStart(ActivationRequest request)
    {
        if (_blocking is null || request.IsAlwaysInterleave || Class.IsReentrant)
            return true;
        if (_blocking.IsReadOnly && request.IsReadOnly)
            return true;
        return Class.MayInterleave is { } mayInterleave && request.Invokable is { } invokable && mayInterleave(GrainInstance!, invokable);
    }

    private async void Begin(ActivationRequest request)
    {
        try
        {
            await request.RunAsync(this);
        }
        catch (Exception exception)
        {
            // A request answers its caller itself; what arrives here is a fault of this runtime.
            Silo.Logger.LogRequestFailed(exception, GrainId);
            request.Fail(exception);
        }

        OnRequestDone(request);
    }

    private void OnRequestDone(ActivationRequest request)
    {
        lock (_lock)
        {
            _running.Remove(request);
            if (ReferenceEquals(_blocking, request))
                _blocking = _running.FirstOrDefault(r => !r.IsAlwaysInterleave);
            if (request.CountsAsUse)
                _lastUse = Silo.Time.GetTimestamp();
            Pump();
            BeginDeactivationIfQuiet();
        }
    }
}
