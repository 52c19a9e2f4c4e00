using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Darkroom.Models.Pipelines;

namespace Darkroom.Grains.Devices;

/// <summary>Measurements of the devices.</summary>
internal static class DeviceMetrics
{
    private static readonly ConcurrentDictionary<DeviceExecutor, byte> Executors = new();

    private static readonly Histogram<double> StepDuration = DarkroomTelemetry.Meter.CreateHistogram(
        "darkroom.step.duration", "s", "Duration of one forward pass over a batch.", advice: Bounds(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10));

    private static readonly Histogram<int> BatchSize = DarkroomTelemetry.Meter.CreateHistogram(
        "darkroom.batch.size", "{tile}", "Tiles in one forward pass.", advice: Bounds(1, 2, 4, 8, 16, 32, 64));

    private static readonly Histogram<double> QueueWait = DarkroomTelemetry.Meter.CreateHistogram(
        "darkroom.queue.wait", "s", "Time that a work item waited for its device.", advice: Bounds(0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300));

    private static readonly Histogram<double> ModelLoadDuration = DarkroomTelemetry.Meter.CreateHistogram(
        "darkroom.model.load.duration", "s", "Time to load a checkpoint onto a device.", advice: Bounds(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300));

    private static readonly Counter<double> DeviceTime = DarkroomTelemetry.Meter.CreateCounter<double>(
        "darkroom.device.time", "s", "Time that devices worked, that of a batch in equal parts.");

    private static readonly Counter<long> Hangs = DarkroomTelemetry.Meter.CreateCounter<long>(
        "darkroom.device.hangs", "{hang}", "Times that a device did not come back from its work.");

    private static readonly ObservableUpDownCounter<int> QueueDepth = DarkroomTelemetry.Meter.CreateObservableUpDownCounter(
        "darkroom.queue.depth", () => Observe(executor => executor.QueueDepth), "{item}", "Work items that wait for a device.");

    private static readonly ObservableUpDownCounter<long> ModelMemory = DarkroomTelemetry.Meter.CreateObservableUpDownCounter(
        "darkroom.device.memory", () => Observe(executor => executor.Models.SizeBytes), "By", "Memory of the models on a device.");

    private static readonly ObservableUpDownCounter<int> Available = DarkroomTelemetry.Meter.CreateObservableUpDownCounter(
        "darkroom.device.available", () => Observe(executor => executor.IsHung ? 0 : 1), "{device}", "Devices that take work: 0 for one that hangs.");

    /// <summary>Observes an executor's queue from now on.</summary>
    public static void Watch(DeviceExecutor executor)
    {
        _ = (QueueDepth, ModelMemory, Available);
        Executors.TryAdd(executor, 0);
        Hangs.Add(0, Tag.Device(executor.Name));
    }

    /// <summary>Observes an executor's queue no longer.</summary>
    public static void Forget(DeviceExecutor executor) => Executors.TryRemove(executor, out _);

    /// <summary>Records a forward pass.</summary>
    public static void Stepped(string device, PipelineProfile profile, int tiles, TimeSpan duration)
    {
        var tags = new TagList { Tag.Device(device), Tag.Model(profile.Model), Tag.Pipeline(profile.Name) };
        StepDuration.Record(duration.TotalSeconds, tags);
        BatchSize.Record(tiles, tags);
    }

    /// <summary>Records how long a work item waited.</summary>
    public static void Waited(string device, WorkClass work, string tenantClass, TimeSpan wait) =>
        QueueWait.Record(wait.TotalSeconds, Tag.Device(device), Tag.Priority(work.Priority), Tag.TenantClass(tenantClass));

    /// <summary>Records for whom a device worked.</summary>
    public static void Worked(string device, WorkClass work, string tenantClass, TimeSpan share) =>
        DeviceTime.Add(share.TotalSeconds, Tag.Device(device), Tag.Priority(work.Priority), Tag.TenantClass(tenantClass));

    /// <summary>Records the loading of a model.</summary>
    public static void Loaded(string device, string model, TimeSpan duration) =>
        ModelLoadDuration.Record(duration.TotalSeconds, Tag.Device(device), Tag.Model(model));

    /// <summary>Records that a device does not come back.</summary>
    public static void Hung(string device) => Hangs.Add(1, Tag.Device(device));

    // Several silos of one process may each have a device of the same name.
    private static IEnumerable<Measurement<int>> Observe(Func<DeviceExecutor, int> value) =>
        ByName().Select(same => new Measurement<int>(same.Sum(value), Tag.Device(same.Key)));

    private static IEnumerable<Measurement<long>> Observe(Func<DeviceExecutor, long> value) =>
        ByName().Select(same => new Measurement<long>(same.Sum(value), Tag.Device(same.Key)));

    private static IEnumerable<IGrouping<string, DeviceExecutor>> ByName() => Executors.Keys.GroupBy(executor => executor.Name);

    private static InstrumentAdvice<T> Bounds<T>(params T[] bounds)
        where T : struct => new() { HistogramBucketBoundaries = bounds };
}
