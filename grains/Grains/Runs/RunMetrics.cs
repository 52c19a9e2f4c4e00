using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Darkroom.Contracts.Runs;

namespace Darkroom.Grains.Runs;

/// <summary>Measurements of runs.</summary>
internal static class RunMetrics
{
    // Since when the progress of each run that takes steps here has not been kept.
    private static readonly ConcurrentDictionary<RunState, (long Since, TimeProvider Time)> Unkept = new(ReferenceEqualityComparer.Instance);

    private static readonly Histogram<double> Duration = DarkroomTelemetry.Meter.CreateHistogram(
        "darkroom.run.duration", "s", "Time from the start of a run to its end.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600] });

    private static readonly Counter<long> Outcome = DarkroomTelemetry.Meter.CreateCounter<long>(
        "darkroom.run.outcome", "{run}", "Runs that ended.");

    private static readonly UpDownCounter<long> Active = DarkroomTelemetry.Meter.CreateUpDownCounter<long>(
        "darkroom.run.active", "{run}", "Runs that are driven.");

    private static readonly Counter<long> Resumed = DarkroomTelemetry.Meter.CreateCounter<long>(
        "darkroom.run.resumed", "{run}", "Runs that were taken up after whoever drove them had gone.");

    private static readonly ObservableGauge<double> CheckpointAge = DarkroomTelemetry.Meter.CreateObservableGauge(
        "darkroom.run.checkpoint.age",
        () => Unkept.Values.Select(run => run.Time.GetElapsedTime(run.Since).TotalSeconds).DefaultIfEmpty().Max(),
        "s",
        "Time since progress was last kept, of the run for which it is longest.");

    /// <summary>Records that a run is driven from now on.</summary>
    public static void Begun(RunPriority priority, string tenantClass, bool isTakenUp)
    {
        _ = CheckpointAge;
        Active.Add(1, Tag.Priority(priority), Tag.TenantClass(tenantClass));
        Resumed.Add(isTakenUp ? 1 : 0);
    }

    /// <summary>Records that it is driven no longer, ended or not.</summary>
    public static void Left(RunState state, RunPriority priority, string tenantClass)
    {
        Unkept.TryRemove(state, out _);
        Active.Add(-1, Tag.Priority(priority), Tag.TenantClass(tenantClass));
    }

    /// <summary>Notes that all of a run's progress is kept, or that its steps begin.</summary>
    public static void Kept(RunState state, TimeProvider time) => Unkept[state] = (time.GetTimestamp(), time);

    /// <summary>Records the end of a run.</summary>
    public static void Ended(RunState state, string tenantClass, TimeSpan duration)
    {
        // The model is known where a device had it: what a caller wrote is no value.
        var tags = new TagList { Tag.TenantClass(tenantClass), Tag.Priority(state.Request!.Priority) };
        if (state.ModelHash is not null && state.Model is { } model)
            tags.Add(Tag.Model(model));
        if (state.Pipeline is { } pipeline)
            tags.Add(Tag.Pipeline(pipeline));
        if (state.Stage == RunStage.Completed)
            Duration.Record(duration.TotalSeconds, tags);
        tags.Add(Tag.Outcome(state.Stage));
        if (state.Error is { } error)
            tags.Add(Tag.ErrorType(error.Code));
        Outcome.Add(1, tags);
    }
}
