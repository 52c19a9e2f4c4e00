using System.Diagnostics;
using Darkroom.Contracts.Jobs;

namespace Darkroom.Grains.Jobs;

/// <summary>The traces of a job: each attempt at a picture has one of its own, linked to the job's, since one trace of ten thousand pictures could not be read.</summary>
internal static class JobTrace
{
    /// <summary>Begins the trace of an attempt. It stays current where it is called until it is disposed.</summary>
    public static Activity? Begin(JobKey job, JobWorkItem item)
    {
        if (!DarkroomTelemetry.Source.HasListeners())
            return null;
        var ofJob = Activity.Current?.Context ?? default;
        Activity.Current = null;
        var span = DarkroomTelemetry.Source.StartActivity("job item", ActivityKind.Internal, default(ActivityContext), links: ofJob == default ? null : [new ActivityLink(ofJob)]);
        return span?.SetTag("darkroom.job.id", job.ToString()).SetTag("darkroom.job.item", item.Index).SetTag("darkroom.job.attempt", item.Attempt);
    }
}
