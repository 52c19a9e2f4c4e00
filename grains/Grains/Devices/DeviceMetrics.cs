using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Darkroom.Grains.Devices;

/// <summary>Measurements of the devices.</summary>
internal static class DeviceMetrics
{
    private static readonly ConcurrentDictionary<DeviceExecutor, byte> Executors = new();

    private static readonly Histogram<double> StepDuration = DarkroomTelemetry.Meter.CreateHistogram<double>(
        "darkroom.step.duration", "s", "Duration of one forward pass over a batch.");

    private static readonly Histogram<int> BatchSize = DarkroomTelemetry.Meter.CreateHistogram<int>(
        "darkroom.batch.size", "{tile}", "Tiles in one forward pass.");

    private static readonly Histogram<double> QueueWait = DarkroomTelemetry.Meter.CreateHistogram<double>(
        "darkroom.queue.wait", "s", "Time that a work item waited for its device.");

    private static readonly Histogram<double> ModelLoadDuration = DarkroomTelemetry.Meter.CreateHistogram<double>(
        "darkroom.model.load.duration", "s", "Time to load a checkpoint onto a device.");

    private static readonly ObservableUpDownCounter<int> QueueDepth = DarkroomTelemetry.Meter.CreateObservableUpDownCounter(
        "darkroom.queue.depth",
        () => Executors.Keys.Select(executor => new Measurement<int>(executor.QueueDepth, new KeyValuePair<string, object?>("device", executor.Name))),
        "{item}",
        "Work items that wait for a device.");

    private static readonly ObservableUpDownCounter<long> ModelMemory = DarkroomTelemetry.Meter.CreateObservableUpDownCounter(
        "darkroom.device.memory",
        () => Executors.Keys.Select(executor => new Measurement<long>(executor.Models.SizeBytes, new KeyValuePair<string, object?>("device", executor.Name))),
        "By",
        "Memory of the models on a device.");

    /// <summary>Observes an executor's queue from now on.</summary>
    public static void Watch(DeviceExecutor executor)
    {
        _ = (QueueDepth, ModelMemory);
        Executors.TryAdd(executor, 0);
    }

    /// <summary>Observes an executor's queue no longer.</summary>
    public static void Forget(DeviceExecutor executor) => Executors.TryRemove(executor, out _);

    /// <summary>Records a forward pass.</summary>
    public static void Stepped(string device, string model, string pipeline, int tiles, TimeSpan duration)
    {
        var deviceTag = new KeyValuePair<string, object?>("device", device);
        var modelTag = new KeyValuePair<string, object?>("model", model);
        var pipelineTag = new KeyValuePair<string, object?>("pipeline", pipeline);
        StepDuration.Record(duration.TotalSeconds, deviceTag, modelTag, pipelineTag);
        BatchSize.Record(tiles, deviceTag, modelTag, pipelineTag);
    }

    /// <summary>Records how long a work item waited.</summary>
    public static void Waited(string device, TimeSpan wait) =>
        QueueWait.Record(wait.TotalSeconds, new KeyValuePair<string, object?>("device", device));

    /// <summary>Records the loading of a model.</summary>
    public static void Loaded(string device, string model, TimeSpan duration) =>
        ModelLoadDuration.Record(
            duration.TotalSeconds, new KeyValuePair<string, object?>("device", device), new KeyValuePair<string, object?>("model", model));
}
