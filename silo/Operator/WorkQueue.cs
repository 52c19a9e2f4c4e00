namespace Darkroom.Silo.Operator;

/// <summary>What is to be done, each thing once however often it is said, and never by two workers at once.</summary>
/// <typeparam name="T">Names a thing.</typeparam>
/// <param name="time">The clock.</param>
internal sealed class WorkQueue<T>(TimeProvider time)
    where T : notnull
{
    private readonly Lock gate = new();
    private readonly LinkedList<T> ready = [];
    private readonly Dictionary<T, Entry> entries = [];
    private readonly PriorityQueue<T, long> later = new();
    private TaskCompletionSource changed = NewSignal();

    /// <summary>Gets how many things are there: ready, under way, or for later.</summary>
    public int Count
    {
        get
        {
            lock (gate)
                return entries.Count;
        }
    }

    /// <summary>Adds a thing; one that is under way is done again afterwards.</summary>
    public void Add(T thing)
    {
        lock (gate)
        {
            var entry = Of(thing);
            entry.DueAt = null;
            if (entry.IsWorking)
                entry.IsWanted = true;
            else
                MakeReady(thing, entry);
        }
    }

    /// <summary>Adds a thing for later; what is due sooner already stays so.</summary>
    public void AddAfter(T thing, TimeSpan delay)
    {
        lock (gate)
        {
            var due = time.GetTimestamp() + (long)(delay.TotalSeconds * time.TimestampFrequency);
            var entry = Of(thing);
            if (entry.IsReady || entry.IsWanted || entry.DueAt <= due)
                return;
            entry.DueAt = due;
            later.Enqueue(thing, due);
            Signal();
        }
    }

    /// <summary>Takes the next thing; nobody else gets it before <see cref="Done"/>.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<T> TakeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task signal;
            TimeSpan wait;
            lock (gate)
            {
                Advance();
                if (ready.First is { } first)
                {
                    ready.RemoveFirst();
                    var entry = entries[first.Value];
                    (entry.IsReady, entry.IsWorking) = (false, true);
                    return first.Value;
                }

                signal = changed.Task;
                wait = later.TryPeek(out _, out var due) ? time.GetElapsedTime(time.GetTimestamp(), due) : Timeout.InfiniteTimeSpan;
            }

            await WaitAsync(signal, wait, cancellationToken);
        }
    }

    /// <summary>Says that a thing that was taken is done.</summary>
    public void Done(T thing)
    {
        lock (gate)
        {
            var entry = entries[thing];
            entry.IsWorking = false;
            if (entry.IsWanted)
                MakeReady(thing, entry);
            else if (entry.DueAt is null)
                entries.Remove(thing);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task WaitAsync(Task signal, TimeSpan wait, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // The clock of a wait is a little coarser than the timestamp.
        var delay = Task.Delay(wait == Timeout.InfiniteTimeSpan ? wait : TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling(wait.TotalMilliseconds))), time, over.Token);
        await Task.WhenAny(signal, delay);
        await over.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }

    private Entry Of(T thing)
    {
        if (!entries.TryGetValue(thing, out var entry))
            entries.Add(thing, entry = new Entry());
        return entry;
    }

    private void MakeReady(T thing, Entry entry)
    {
        entry.IsWanted = false;
        if (entry.IsReady)
            return;
        entry.IsReady = true;
        ready.AddLast(thing);
        Signal();
    }

    // An entry that became due sooner, or was taken meanwhile, has left its old place in the order of times behind.
    private void Advance()
    {
        var now = time.GetTimestamp();
        while (later.TryPeek(out var thing, out var due) && due <= now)
        {
            later.Dequeue();
            if (!entries.TryGetValue(thing, out var entry) || entry.DueAt != due)
                continue;
            entry.DueAt = null;
            if (entry.IsWorking)
                entry.IsWanted = true;
            else
                MakeReady(thing, entry);
        }
    }

    private void Signal()
    {
        var signal = changed;
        changed = NewSignal();
        signal.SetResult();
    }

    private sealed class Entry
    {
        public bool IsReady { get; set; }

        public bool IsWorking { get; set; }

        public bool IsWanted { get; set; }

        public long? DueAt { get; set; }
    }
}
