namespace Darkroom.Workbench.Capacity;

/// <summary>A moment of a simulation.</summary>
/// <param name="Seconds">When.</param>
/// <param name="UnderWay">Pictures that were asked for and are not done.</param>
/// <param name="BusyShare">Share of the devices that were busy.</param>
/// <param name="DevicesUp">Devices that were not away.</param>
/// <param name="CompletedPerHour">Pictures that became done since the moment before, for an hour.</param>
/// <param name="WaitP95">95th percentile of the waits of runs that began since then (s); null if none did.</param>
public sealed record SimulationMoment(double Seconds, int UnderWay, double BusyShare, int DevicesUp, double CompletedPerHour, double? WaitP95);

/// <summary>Looks at a simulation from time to time.</summary>
internal sealed class SimulationTrace(CapacityPlan plan)
{
    private const int Looks = 240;

    private readonly List<double> waits = [];
    private long before;

    /// <summary>Gets the time between two looks (s).</summary>
    public double Period { get; } = plan.DurationSeconds / Looks;

    /// <summary>Gets what was seen.</summary>
    public List<SimulationMoment> Moments { get; } = [];

    /// <summary>Gets or sets the pictures that are done.</summary>
    public long Completed { get; set; }

    /// <summary>Notes a wait.</summary>
    public void Waited(double seconds) => waits.Add(seconds);

    /// <summary>Looks.</summary>
    public void Look(double now, int underWay, List<SimulatedDevice> devices)
    {
        Moments.Add(new SimulationMoment(
            now, underWay, devices.Count(device => device.IsBusy) / (double)devices.Count, devices.Count(device => device.IsUp),
            (Completed - before) * 3600 / Period, waits.Count == 0 ? null : Distribution.Of(waits).P95));
        before = Completed;
        waits.Clear();
    }
}
