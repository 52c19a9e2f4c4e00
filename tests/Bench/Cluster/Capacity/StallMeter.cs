using System.Diagnostics;

namespace Darkroom.Bench.Cluster.Capacity;

/// <summary>Notices when the whole process stood still: a machine that is shared, or somebody who stops it for a while.</summary>
internal sealed class StallMeter : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    private readonly CancellationTokenSource stop = new();
    private readonly Thread thread;
    private double longest;

    /// <summary>Begins to watch.</summary>
    public StallMeter()
    {
        thread = new Thread(Watch) { IsBackground = true };
        thread.Start();
    }

    /// <summary>Gets the longest time for which this thread, which does nothing, did not come to its turn (s).</summary>
    public double Longest => Volatile.Read(ref longest);

    /// <inheritdoc/>
    public void Dispose()
    {
        stop.Cancel();
        thread.Join();
        stop.Dispose();
    }

    private void Watch()
    {
        for (var last = Stopwatch.GetTimestamp(); !stop.IsCancellationRequested;)
        {
            Thread.Sleep(Tick);
            var now = Stopwatch.GetTimestamp();
            Volatile.Write(ref longest, Math.Max(longest, Stopwatch.GetElapsedTime(last, now).TotalSeconds - Tick.TotalSeconds));
            last = now;
        }
    }
}
