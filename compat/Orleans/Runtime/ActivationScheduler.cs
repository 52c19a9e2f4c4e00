namespace Orleans.Runtime;

/// <summary>Runs the turns of one activation, one after the other, on threads of the pool.</summary>
internal sealed class ActivationScheduler(ActivationData activation) : TaskScheduler, IWorkItemScheduler, IThreadPoolWorkItem
{
    // A busy activation gives its thread back after so many turns, so that others come to theirs.
    private const int TurnsInARow = 64;

    private readonly Lock _lock = new();
    private readonly Queue<Task> _turns = new();
    private bool _isScheduled;
    private bool _isStopped;

    /// <summary>No turn begins from now on: the silo is dead.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            _isStopped = true;
            _turns.Clear();
        }
    }

    public void QueueAction(Action action)
    {
        // The turn has nothing of its caller: no ambient values of the caller's flow.
        if (ExecutionContext.IsFlowSuppressed())
        {
            new Task(action).Start(this);
            return;
        }

        using (ExecutionContext.SuppressFlow())
            new Task(action).Start(this);
    }

    void IWorkItemScheduler.QueueTask(Task task) => task.Start(this);

    public void Execute()
    {
        var before = RuntimeContext.Exchange(activation);
        try
        {
            for (var i = 0; i < TurnsInARow; i++)
            {
                Task? turn;
                lock (_lock)
                {
                    if (!_turns.TryDequeue(out turn))
                    {
                        _isScheduled = false;
                        return;
                    }
                }

                TryExecuteTask(turn);
            }
        }
        finally
        {
            RuntimeContext.Exchange(before);
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    protected override void QueueTask(Task task)
    {
        lock (_lock)
        {
            if (_isStopped)
                return;
            _turns.Enqueue(task);
            if (_isScheduled)
                return;
            _isScheduled = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && RuntimeContext.Current == activation && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_lock)
            return _turns.ToArray();
    }
}
