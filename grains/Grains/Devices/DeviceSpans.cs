using System.Diagnostics;

namespace Darkroom.Grains.Devices;

/// <summary>The spans of what a device does in one turn: one in the trace of each run that has a share in it.</summary>
/// <remarks>The device's thread has no trace of its own: each work item brings that of whoever asked for it.</remarks>
internal readonly struct DeviceSpans : IDisposable
{
    private readonly List<Activity>? spans;

    private DeviceSpans(List<Activity> spans) => this.spans = spans;

    /// <summary>Begins; costs nothing while nobody listens.</summary>
    /// <param name="device">The device.</param>
    /// <param name="name">What it does.</param>
    /// <param name="batch">For whom.</param>
    public static DeviceSpans Begin<TWork>(string device, string name, IReadOnlyList<TWork> batch)
        where TWork : DeviceWork
    {
        if (!DarkroomTelemetry.Source.HasListeners())
            return default;
        var spans = new List<Activity>(batch.Count);
        foreach (var work in batch)
        {
            // Work that nobody traces begins no trace here.
            if (work.Trace == default || DarkroomTelemetry.Source.StartActivity(name, ActivityKind.Internal, work.Trace) is not { } span)
                continue;
            span.SetTag("device", device).SetTag("darkroom.batch.size", batch.Count).SetTag("darkroom.queue.wait", work.Wait.TotalSeconds);
            if (work is StepWork step)
                span.SetTag("model", step.Model.Pipeline.Profile.Model).SetTag("pipeline", step.Model.Pipeline.Profile.Name).SetTag("darkroom.step", step.Context.Step).SetTag("darkroom.tile", step.Context.Tile);
            spans.Add(span);
        }

        return new DeviceSpans(spans);
    }

    /// <summary>Ends them, the last one first, so that none of them stays the thread's current one.</summary>
    public void Dispose()
    {
        for (var i = (spans?.Count ?? 0) - 1; i >= 0; i--)
            spans![i].Dispose();
    }
}
