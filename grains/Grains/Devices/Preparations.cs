using Darkroom.Contracts.Devices;

namespace Darkroom.Grains.Devices;

/// <summary>The preparations under way in a silo, one for each run: who asks twice waits for the same one.</summary>
internal sealed class Preparations(TimeProvider time)
{
    // An outcome that nobody comes for (its run moved on) is forgotten after this.
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(5);

    private readonly Lock gate = new();
    private readonly Dictionary<string, Entry> entries = new(StringComparer.Ordinal);

    /// <summary>Begins a preparation, unless the run has one on that device that nobody heard the outcome of. One on another device is stopped.</summary>
    public Task<PrepareResult> Begin(string runId, string device, Func<CancellationToken, Task<PrepareResult>> prepare)
    {
        lock (gate)
        {
            foreach (var (stale, _) in entries.Where(pair => pair.Value.Work.IsCompleted && time.GetElapsedTime(pair.Value.Begun) > Kept).ToList())
                Remove(stale);
            if (entries.TryGetValue(runId, out var entry) && entry.Device != device)
            {
                entry.Cancellation.Cancel();
                entries.Remove(runId);
                entry = null;
            }

            if (entry is null)
            {
                var stop = new CancellationTokenSource();
                var token = stop.Token;
                entries.Add(runId, entry = new Entry(Task.Run(() => prepare(token), token).MayGoUnheard(), device, stop, time.GetTimestamp()));
            }

            return entry.Work;
        }
    }

    /// <summary>Forgets a preparation whose outcome was heard.</summary>
    public void End(string runId, Task<PrepareResult> heard)
    {
        lock (gate)
        {
            if (entries.TryGetValue(runId, out var entry) && entry.Work == heard)
                Remove(runId);
        }
    }

    /// <summary>Stops a run's preparation.</summary>
    public void Stop(string runId)
    {
        lock (gate)
        {
            if (entries.TryGetValue(runId, out var entry))
            {
                entry.Cancellation.Cancel();
                Remove(runId);
            }
        }
    }

    private void Remove(string runId)
    {
        // Not disposed: the work may still hold the token, and a source without a timer holds nothing that needs it.
        entries.Remove(runId);
    }

    private sealed record Entry(Task<PrepareResult> Work, string Device, CancellationTokenSource Cancellation, long Begun);
}
