namespace Darkroom.Workbench.Capacity;

/// <summary>How times are spread.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="Mean">Their mean (s).</param>
/// <param name="P50">Half of them are at most that (s).</param>
/// <param name="P95">95 of 100 are at most that (s).</param>
/// <param name="P99">99 of 100 are at most that (s).</param>
public sealed record Distribution(int Count, double Mean, double P50, double P95, double P99)
{
    /// <summary>Takes times together; all zero for none.</summary>
    public static Distribution Of(IReadOnlyCollection<double> times)
    {
        if (times.Count == 0)
            return new Distribution(0, 0, 0, 0, 0);
        var sorted = times.Order().ToArray();
        return new Distribution(sorted.Length, sorted.Average(), At(0.5), At(0.95), At(0.99));

        double At(double share) => sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)];
    }
}

/// <summary>How a stream fared.</summary>
/// <param name="Stream">Its name.</param>
/// <param name="Priority">Whether people wait.</param>
/// <param name="Arrived">Pictures that were asked for after the warm-up.</param>
/// <param name="Wait">From the request to the first step, without the time to read the picture.</param>
/// <param name="Latency">From the request to the result.</param>
public sealed record StreamReport(string Stream, string Priority, int Arrived, Distribution Wait, Distribution Latency);

/// <summary>How a pool fared.</summary>
/// <param name="Pool">Its name.</param>
/// <param name="Devices">Its devices.</param>
/// <param name="Utilisation">Share of the time that they were busy, of the time that they were not away.</param>
/// <param name="Availability">Share of the time that they were not away.</param>
/// <param name="RowsPerPass">Tiles of a forward pass, on average.</param>
/// <param name="ImagesPerHour">Pictures that they made in an hour, all together.</param>
/// <param name="CostPerThousandImages">What a thousand of these cost; null without pictures.</param>
/// <param name="Failures">How often a device failed.</param>
/// <param name="LostSteps">Steps that were done again because of it.</param>
public sealed record PoolReport(
    string Pool, int Devices, double Utilisation, double Availability, double RowsPerPass, double ImagesPerHour, double? CostPerThousandImages, int Failures, long LostSteps);

/// <summary>What a simulation came to, after its warm-up.</summary>
/// <param name="Streams">How those fared who asked.</param>
/// <param name="Pools">How the devices fared.</param>
/// <param name="Moments">How it went on, warm-up included.</param>
/// <param name="IsOverloaded">Whether more comes than is done: waits then grow as long as it lasts, and their figures say nothing.</param>
public sealed record SimulationReport(
    IReadOnlyList<StreamReport> Streams, IReadOnlyList<PoolReport> Pools, IReadOnlyList<SimulationMoment> Moments, bool IsOverloaded)
{
    // A few more under way in the last third than in the one before are chance; a fifth more, and more than devices could be busy with, are not.
    private const double Growth = 1.2;
    private const int Few = 20;

    /// <summary>Takes it together.</summary>
    internal static SimulationReport Of(CapacityPlan plan, List<SimulatedStream> streams, List<SimulatedDevice> devices, List<SimulationMoment> moments)
    {
        var hours = (plan.DurationSeconds - plan.WarmUpSeconds) / 3600;
        return new SimulationReport(
            [.. streams.Select(stream => new StreamReport(
                stream.Plan.Name, stream.Plan.Priority.ToString(), stream.Arrived, Distribution.Of(stream.Waits), Distribution.Of(stream.Latencies)))],
            [.. devices.GroupBy(device => device.Pool).Select(pool => PoolOf(pool.Key, [.. pool.Select(device => device.Tally)], hours))],
            moments,
            IsGrowing([.. moments.Where(moment => moment.Seconds >= plan.WarmUpSeconds)], devices.Count));
    }

    private static PoolReport PoolOf(PoolPlan pool, DeviceTally[] tallies, double hours)
    {
        var (seconds, down) = (tallies.Length * hours * 3600, tallies.Sum(tally => tally.DownSeconds));
        var (passes, images) = (tallies.Sum(tally => tally.Passes), tallies.Sum(tally => tally.Images));
        return new PoolReport(
            pool.Name, tallies.Length, seconds > down ? tallies.Sum(tally => tally.BusySeconds) / (seconds - down) : 0, 1 - (down / seconds),
            passes == 0 ? 0 : tallies.Sum(tally => tally.Rows) / (double)passes, images / hours,
            images == 0 ? null : pool.CostPerHour * tallies.Length * hours * 1000 / images, tallies.Sum(tally => tally.Failures), tallies.Sum(tally => tally.LostSteps));
    }

    private static bool IsGrowing(SimulationMoment[] moments, int devices)
    {
        var third = moments.Length / 3;
        if (third == 0)
            return false;
        var (middle, last) = (moments[third..(2 * third)].Average(moment => moment.UnderWay), moments[^third..].Average(moment => moment.UnderWay));
        return last > (Growth * middle) && last - middle > Few && last > devices;
    }
}
