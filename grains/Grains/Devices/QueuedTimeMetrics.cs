using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Darkroom.Grains.Devices;

/// <summary>How long the work that devices have taken on will keep them busy: what pools of silos are scaled by.</summary>
internal static class QueuedTimeMetrics
{
    private static readonly ConcurrentDictionary<DeviceSet, WorkspaceStore> Silos = new();

    private static readonly ObservableUpDownCounter<double> QueuedTime = DarkroomTelemetry.Meter.CreateObservableUpDownCounter(
        "darkroom.queue.device_time", Observe, "s", "Time of its device that the work under way will take.");

    /// <summary>Observes a silo's devices from now on.</summary>
    public static void Watch(DeviceSet devices, WorkspaceStore workspaces)
    {
        _ = QueuedTime;
        Silos[devices] = workspaces;
    }

    /// <summary>Observes a silo's devices no longer.</summary>
    public static void Forget(DeviceSet devices) => Silos.TryRemove(devices, out _);

    // Several silos of one process may each have a device of the same name.
    private static IEnumerable<Measurement<double>> Observe() =>
        from silo in Silos
        from device in silo.Key.Report(silo.Value)
        group device.ExpectedWork.TotalSeconds by device.Device into same
        select new Measurement<double>(same.Sum(), Tag.Device(same.Key));
}
