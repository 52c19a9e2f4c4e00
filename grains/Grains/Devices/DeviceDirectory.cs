using System.Collections.Immutable;
using Darkroom.Contracts.Devices;

namespace Darkroom.Grains.Devices;

/// <summary>What silos reported lately, and the choice among their devices.</summary>
internal sealed class DeviceDirectory(TimeProvider time)
{
    /// <summary>After which silence a silo is forgotten.</summary>
    public static readonly TimeSpan MaxSilence = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, Entry> silos = new(StringComparer.Ordinal);

    /// <summary>Gets the reports of the silos that are not silent.</summary>
    public ImmutableArray<SiloReport> Reports()
    {
        Forget();
        return [.. silos.Values.Select(entry => entry.Report).OrderBy(report => report.Silo, StringComparer.Ordinal)];
    }

    /// <summary>Takes a silo's report.</summary>
    public void Add(SiloReport report) => silos[report.Silo] = new Entry(report, time.GetTimestamp());

    /// <summary>Chooses a device that does not hang: not one to avoid, one with room, then the one with the least expected wait.</summary>
    /// <remarks>
    /// The wait is what the runs there will take by the times measured there, and the load of the model where it is not in memory: so the device that
    /// has it goes first until its runs would take longer than to load the model elsewhere.
    /// </remarks>
    public DeviceRoute Pick(PickRequest request)
    {
        Forget();
        var running = silos.Values.Where(entry => !entry.Report.IsStopping).ToList();
        ImmutableArray<string> known = [.. running.SelectMany(entry => entry.Report.Models).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (running.Count == 0)
            return new DeviceRoute(RouteOutcome.NoDevices, null, known);
        var candidates =
            from entry in running
            let model = request.Model ?? entry.Report.DefaultModel
            where entry.Report.Models.Contains(model)
            from device in entry.Report.Devices
            where !device.IsHung
            let key = new ModelGrainKey(entry.Report.Silo, device.Device, model).ToString()
            let assigned = entry.Assigned.GetValueOrDefault(device.Device)
            let depth = device.QueueDepth + assigned
            let isResident = device.ResidentModels.Contains(model)
            let wait = device.ExpectedWork + (assigned * device.RunTime) + (isResident ? TimeSpan.Zero : device.LoadTime)
            orderby request.Avoid.Contains(key), !request.Taken.IsDefault && request.Taken.Contains(key), depth >= device.QueueCapacity, wait, depth, key
            select (Entry: entry, Key: key, device.Device);
        foreach (var (entry, key, device) in candidates)
        {
            // Until the silo reports again, what was sent there counts as waiting there.
            entry.Assigned[device] = entry.Assigned.GetValueOrDefault(device) + 1;
            return new DeviceRoute(RouteOutcome.Found, key, known);
        }

        var hasModel = running.Any(entry => entry.Report.Models.Contains(request.Model ?? entry.Report.DefaultModel));
        return new DeviceRoute(hasModel ? RouteOutcome.NoDevices : RouteOutcome.NoModel, null, known);
    }

    private void Forget()
    {
        foreach (var (silo, entry) in silos.ToList())
        {
            if (time.GetElapsedTime(entry.Heard) > MaxSilence)
                silos.Remove(silo);
        }
    }

    private sealed record Entry(SiloReport Report, long Heard)
    {
        public Dictionary<string, int> Assigned { get; } = [];
    }
}
