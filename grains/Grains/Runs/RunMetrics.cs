using System.Diagnostics.Metrics;
using Darkroom.Contracts.Runs;

namespace Darkroom.Grains.Runs;

/// <summary>Measurements of runs.</summary>
internal static class RunMetrics
{
    private static readonly Histogram<double> Duration = DarkroomTelemetry.Meter.CreateHistogram<double>(
        "darkroom.run.duration", "s", "Time from the start of a run to its end.");

    private static readonly Counter<long> Outcome = DarkroomTelemetry.Meter.CreateCounter<long>(
        "darkroom.run.outcome", "{run}", "Runs that ended.");

    /// <summary>Records the end of a run.</summary>
    public static void Ended(RunState state, TimeSpan duration)
    {
        var model = new KeyValuePair<string, object?>("model", state.Model);
        if (state.Stage == RunStage.Completed)
            Duration.Record(duration.TotalSeconds, model);
        var outcome = new KeyValuePair<string, object?>("outcome", state.Stage.ToString());
        if (state.Error is { } error)
            Outcome.Add(1, model, outcome, new KeyValuePair<string, object?>("error.type", error.Code.ToString()));
        else
            Outcome.Add(1, model, outcome);
    }
}
