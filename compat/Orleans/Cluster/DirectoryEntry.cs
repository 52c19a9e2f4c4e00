namespace Orleans.Runtime;

/// <summary>Keeps track of an activation; learns when it is gone.</summary>
internal interface IActivationOwner
{
    void Forget(ActivationData activation);

    /// <summary>The activation moves: its successor is made on the target and gets what it took along.</summary>
    void Replace(ActivationData activation, SiloRuntime target, RehydrationContext luggage);
}

/// <summary>The one activation of a grain in the cluster, or the requests that wait until its silo is chosen.</summary>
internal sealed class DirectoryEntry(ClusterRuntime cluster, GrainClass grainClass, GrainId grainId) : IActivationOwner
{
    private readonly Lock _lock = new();
    private readonly List<RoutedRequest> _waiting = [];
    private bool _isPlacing;
    private bool _isRemoved;

    public GrainId GrainId => grainId;

    public ActivationData? Activation { get; private set; }

    /// <summary>Takes a request; false when the entry has been removed and another must be looked up.</summary>
    public bool TrySubmit(RoutedRequest request)
    {
        lock (_lock)
        {
            if (_isRemoved)
                return false;
            if (Activation is { } activation)
            {
                if (activation.TryEnqueue(request))
                    return true;
                Activation = null;
            }

            _waiting.Add(request);
            if (_isPlacing)
                return true;
            _isPlacing = true;
        }

        // Directors are the application's: they see nothing of the caller's thread.
        ThreadPool.UnsafeQueueUserWorkItem(_ => _ = PlaceAsync(request), null);
        return true;
    }

    public void Forget(ActivationData activation)
    {
        lock (_lock)
        {
            if (Activation != activation)
                return;
            Activation = null;
            if (_isPlacing)
                return;
            _isRemoved = true;
        }

        cluster.Remove(this);
    }

    public void Replace(ActivationData activation, SiloRuntime target, RehydrationContext luggage)
    {
        lock (_lock)
        {
            if (Activation != activation)
                return;
            _isPlacing = true;
            Activation = null;
        }

        Settle(() => target.CreateActivation(grainClass, grainId, this), luggage);
    }

    private async Task PlaceAsync(RoutedRequest request)
    {
        try
        {
            var sender = request.Sender.Silo is { Status: SiloStatus.Active } own ? own : cluster.Gateway();
            var silo = await sender.Placement.ChooseAsync(grainClass, grainId, request.Method.Owner.Name, request.Context);
            Settle(() => silo.CreateActivation(grainClass, grainId, this), null);
        }
        catch (Exception exception)
        {
            Settle(() => throw exception, null);
        }
    }

    private void Settle(Func<ActivationData> create, RehydrationContext? luggage)
    {
        Exception? failure = null;
        ActivationData? activation = null;
        RoutedRequest[] waiting;
        try
        {
            activation = create();
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        lock (_lock)
        {
            _isPlacing = false;
            waiting = [.. _waiting];
            _waiting.Clear();
            Activation = activation;
            if (activation is null)
                _isRemoved = true;
            else
                waiting = [.. waiting.Where(r => !activation.TryEnqueue(r))];
        }

        if (activation is null)
            cluster.Remove(this);
        else
            activation.Start(luggage);
        foreach (var request in waiting)
        {
            if (failure is null)
                request.Reroute("The activation ended before it began.");
            else
                request.Fail(failure);
        }
    }
}
