using System.Diagnostics.Metrics;
using Darkroom.Contracts.Jobs;

namespace Darkroom.Grains.Jobs;

/// <summary>Measurements of jobs.</summary>
internal static class JobMetrics
{
    private static readonly Counter<long> Images = DarkroomTelemetry.Meter.CreateCounter<long>(
        "darkroom.job.images", "{image}", "Pictures of jobs that ended, one way or another.");

    private static readonly UpDownCounter<long> Active = DarkroomTelemetry.Meter.CreateUpDownCounter<long>(
        "darkroom.job.active", "{job}", "Jobs that are driven.");

    /// <summary>Records the end of a picture.</summary>
    public static void Settled(JobItemResult result)
    {
        var outcome = Tag.Outcome(result.Outcome);
        if (result.Error is { } error)
            Images.Add(1, outcome, Tag.ErrorType(error.Code));
        else
            Images.Add(1, outcome);
    }

    /// <summary>Records that a job is driven from now on.</summary>
    public static void Begun() => Active.Add(1);

    /// <summary>Records that a job is driven no longer.</summary>
    public static void Ended() => Active.Add(-1);
}
