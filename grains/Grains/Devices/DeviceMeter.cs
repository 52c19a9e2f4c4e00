using System.Diagnostics;

namespace Darkroom.Grains.Devices;

/// <summary>Device time that was spent for one run. The device's thread adds to it, others read it.</summary>
internal sealed class DeviceMeter
{
    private long ticks;

    /// <summary>Gets the time so far (seconds).</summary>
    public double Seconds => TimeSpan.FromTicks(Interlocked.Read(ref ticks)).TotalSeconds;

    /// <summary>Adds the run's share of a piece of work, before whoever waits for the work hears of its end.</summary>
    /// <param name="start">When it was begun (<see cref="Stopwatch.GetTimestamp"/>).</param>
    /// <param name="rows">How many tiles it was done for.</param>
    public void AddSince(long start, int rows = 1) => Interlocked.Add(ref ticks, Stopwatch.GetElapsedTime(start).Ticks / rows);
}
