using System.Diagnostics;

namespace Darkroom.Bench.Cluster.Scheduling;

/// <summary>A forward pass as the pipeline saw it.</summary>
/// <param name="Begun">When it was called (<see cref="Stopwatch.GetTimestamp"/>).</param>
/// <param name="Ended">When it returned.</param>
/// <param name="Rows">Seed and step of each row.</param>
internal sealed record TracedPass(long Begun, long Ended, IReadOnlyList<(ulong Seed, int Step)> Rows)
{
    /// <summary>Gets how long it took (s).</summary>
    public double Seconds => Stopwatch.GetElapsedTime(Begun, Ended).TotalSeconds;
}

/// <summary>The forward passes of a benchmark's pipeline, in order.</summary>
internal sealed class PassTrace
{
    private readonly Lock gate = new();
    private readonly List<TracedPass> passes = [];
    private readonly Dictionary<ulong, long> encoded = [];

    /// <summary>Gets the passes since the last reset.</summary>
    public IReadOnlyList<TracedPass> Passes
    {
        get
        {
            lock (gate)
                return [.. passes];
        }
    }

    /// <summary>Notes a pass.</summary>
    public void Add(TracedPass pass)
    {
        lock (gate)
            passes.Add(pass);
    }

    /// <summary>Notes that a run is ready for its first step.</summary>
    public void Encoded(ulong seed)
    {
        lock (gate)
            encoded[seed] = Stopwatch.GetTimestamp();
    }

    /// <summary>Tells how long a run waited for its first step once it was ready for it (s).</summary>
    public double WaitOf(ulong seed)
    {
        lock (gate)
            return Stopwatch.GetElapsedTime(encoded[seed], passes.First(pass => pass.Rows.Any(row => row.Seed == seed)).Begun).TotalSeconds;
    }

    /// <summary>Begins anew.</summary>
    public void Reset()
    {
        lock (gate)
        {
            passes.Clear();
            encoded.Clear();
        }
    }
}
