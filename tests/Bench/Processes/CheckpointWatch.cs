using System.Collections.Concurrent;
using System.Diagnostics;
using Darkroom.Storage;

namespace Darkroom.Bench.Processes;

/// <summary>Sees in the blob store how runs get on, without a word to them: a question would wake a run that nobody drives.</summary>
internal sealed class CheckpointWatch(IBlobStore blobs) : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(20);

    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentDictionary<string, ConcurrentQueue<(string Blob, long At)>> seen = new(StringComparer.Ordinal);
    private Task watching = Task.CompletedTask;

    /// <summary>Begins to watch runs.</summary>
    public void Watch(IEnumerable<string> runIds)
    {
        foreach (var id in runIds)
            seen.TryAdd(id, new());
        watching = Task.Run(LoopAsync);
    }

    /// <summary>Tells how many checkpoints a run has written.</summary>
    public int CountOf(string runId) => seen[runId].Count;

    /// <summary>Tells when a run wrote its first checkpoint after a moment, or null.</summary>
    public TimeSpan? FirstAfter(string runId, long moment) => seen[runId]
        .Where(entry => entry.At > moment).Select(entry => (TimeSpan?)Stopwatch.GetElapsedTime(moment, entry.At)).FirstOrDefault();

    /// <summary>Tells the longest time between two checkpoints of a run before a moment.</summary>
    public TimeSpan LongestBefore(string runId, long moment)
    {
        var times = seen[runId].Where(entry => entry.At <= moment).Select(entry => entry.At).ToList();
        return times.Zip(times.Skip(1), Stopwatch.GetElapsedTime).DefaultIfEmpty().Max();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await watching;
        stop.Dispose();
    }

    private async Task LoopAsync()
    {
        try
        {
            while (true)
            {
                foreach (var (id, entries) in seen)
                {
                    await foreach (var blob in blobs.ListAsync($"runs/{id}/checkpoint-", stop.Token))
                    {
                        if (entries.All(entry => entry.Blob != blob.Name))
                            entries.Enqueue((blob.Name, Stopwatch.GetTimestamp()));
                    }
                }

                await Task.Delay(Period, stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody watches any more.
        }
    }
}
