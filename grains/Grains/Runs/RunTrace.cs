using System.Diagnostics;

namespace Darkroom.Grains.Runs;

/// <summary>The trace that a run belongs to, wherever it is driven.</summary>
internal static class RunTrace
{
    /// <summary>Gets the trace under way as text to keep (W3C Trace Context), or null.</summary>
    public static string? Current => Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } id } ? id : null;

    /// <summary>Begins the span of driving a run: in the trace of the call that started it, also after it was taken up elsewhere.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="state">Its state.</param>
    /// <param name="isTakenUp">Whether somebody else began it. The span then links to the trace of whoever woke it here.</param>
    public static Activity? Begin(string runId, RunState state, bool isTakenUp)
    {
        if (!DarkroomTelemetry.Source.HasListeners())
            return null;
        var waker = Activity.Current?.Context ?? default;
        var links = isTakenUp && waker != default ? new[] { new ActivityLink(waker) } : null;
        var span = ActivityContext.TryParse(state.Trace, null, isRemote: true, out var started)
            ? DarkroomTelemetry.Source.StartActivity("run", ActivityKind.Internal, started, links: links)
            : DarkroomTelemetry.Source.StartActivity("run", ActivityKind.Internal, waker, links: links);
        return span?.SetTag("darkroom.run.id", runId).SetTag("darkroom.run.attempt", state.Attempt);
    }
}
