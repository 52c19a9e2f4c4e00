using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Darkroom.Contracts.Jobs;
using Darkroom.Silo.Operator.Kubernetes;

namespace Darkroom.Silo.Operator.Jobs;

/// <summary>Says of a job what its resource's status is to say.</summary>
internal static class JobReport
{
    /// <summary>The condition that the spec can be worked on.</summary>
    public const string Accepted = "Accepted";

    /// <summary>The condition that pictures are restored.</summary>
    public const string Running = "Running";

    /// <summary>The condition that all is done.</summary>
    public const string Complete = "Complete";

    /// <summary>The condition that nothing came of it.</summary>
    public const string Failed = "Failed";

    private const int MaxNamePart = JobKey.MaxNameLength - 17;
    private const int HashBytes = 8;

    /// <summary>Gets the job of a resource: one for its whole life, whatever silo asks, so that starting it twice starts one job.</summary>
    /// <remarks>It goes by the uid alone. The generation also counts suspensions and the deletion, which begin no other job; the rest of a spec never changes.</remarks>
    public static JobKey KeyOf(string tenant, string name, string uid)
    {
        var mark = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(uid)).AsSpan(0, HashBytes));
        return JobKey.Create(tenant, $"{name[..Math.Min(name.Length, MaxNamePart)]}-{mark}");
    }

    /// <summary>Tells whether a status says that the job has ended.</summary>
    public static bool HasEnded(RestorationJobStatus status) => status.Phase is "Complete" or "Failed" or "Cancelled";

    /// <summary>Tells whether a status says that this version of the spec can be worked on.</summary>
    public static bool IsAccepted(RestorationJobStatus? status, long generation) =>
        status?.Conditions.Any(condition => condition is { Type: Accepted, Status: StatusCondition.True } && condition.ObservedGeneration == generation) == true;

    /// <summary>Makes the status of a resource that cannot be worked on, or not yet.</summary>
    public static RestorationJobStatus Refused(KubernetesResource resource, RestorationJobStatus? before, string phase, string reason, string message, DateTimeOffset now) =>
        (before ?? new RestorationJobStatus()) with
        {
            ObservedGeneration = resource.Metadata.Generation,
            Phase = phase,
            Conditions = StatusCondition.MakeAll(
                before?.Conditions, resource.Metadata.Generation, now,
                (Accepted, false, reason, message), (Running, false, reason, message), (Complete, false, reason, message), (Failed, false, reason, message)),
        };

    /// <summary>Makes the status of a resource whose job is not begun because it is suspended.</summary>
    public static RestorationJobStatus Suspended(KubernetesResource resource, RestorationJobStatus? before, JobKey key, DateTimeOffset now)
    {
        const string reason = "Suspended";
        const string message = "spec.suspend is true; the job has not begun.";
        return new RestorationJobStatus
        {
            ObservedGeneration = resource.Metadata.Generation,
            Phase = "Suspended",
            Tenant = key.Tenant,
            Conditions = StatusCondition.MakeAll(
                before?.Conditions, resource.Metadata.Generation, now,
                (Accepted, true, "Valid", "The job can begin."), (Running, false, reason, message), (Complete, false, reason, message), (Failed, false, reason, message)),
        };
    }

    /// <summary>Makes the status of a resource whose job was begun.</summary>
    public static RestorationJobStatus Of(KubernetesResource resource, RestorationJobStatus? before, JobKey key, JobStatus job, JobResultsPlace? results, bool isWriting, DateTimeOffset now)
    {
        var (phase, reason, text) = isWriting ? ("Writing", "WritingResults", "The restored pictures are written under their names.") : Say(job);
        return new RestorationJobStatus
        {
            ObservedGeneration = resource.Metadata.Generation,
            Phase = phase,
            Tenant = key.Tenant,
            Job = key.Name,
            Progress = string.Create(CultureInfo.InvariantCulture, $"{job.Settled}/{job.Total}"),
            Images = new JobImageCounts(job.Total, job.Completed, job.Quarantined, job.Cancelled, job.Running),
            Attempt = job.Attempt,
            StartTime = before?.StartTime ?? now - job.Elapsed,
            CompletionTime = job.HasEnded && !isWriting ? before?.CompletionTime ?? now : null,
            Results = results,
            Conditions = StatusCondition.MakeAll(
                before?.Conditions, resource.Metadata.Generation, now,
                (Accepted, true, "Valid", $"It is the job '{key.Name}' of the tenant '{key.Tenant}'."),
                (Running, phase is "Running" or "Writing", reason, text),
                (Complete, phase == "Complete", reason, text),
                (Failed, phase is "Failed" or "Cancelled", reason, text)),
        };
    }

    /// <summary>Says where the results of a job are, once there are any.</summary>
    public static JobResultsPlace? PlaceOf(JobKey key, JobStatus job, string? prefix, WrittenResults? written) => job.ResultsHash is { } hash
        ? new JobResultsPlace(hash, $"/v1/jobs/{key.Name}/results", $"/v1/jobs/{key.Name}/results.zip", prefix, written?.Written, written?.Skipped, written?.Lines)
        : null;

    private static (string Phase, string Reason, string Message) Say(JobStatus job)
    {
        var counts = string.Create(CultureInfo.InvariantCulture, $"{job.Completed} of {job.Total} pictures are restored, {job.Quarantined} were given up, {job.Cancelled} were not done.");
        return job.Stage switch
        {
            JobStage.Listing => ("Running", "Listing", "The pictures are listed."),
            JobStage.Running => ("Running", "Restoring", "Pictures are restored; status.images says how many."),
            JobStage.Paused => ("Suspended", "Suspended", "No further picture is begun."),
            JobStage.Cancelling => ("Cancelling", "Cancelling", "The job is being cancelled."),
            JobStage.Cancelled => ("Cancelled", "Cancelled", $"The job was cancelled: {counts}"),
            JobStage.Failed => ("Failed", job.Error?.Code.ToString() ?? "Failed", job.Error?.Message ?? "The job failed."),
            JobStage.Completed when job.Total == 0 => ("Complete", "NoPictures", "There was no picture to restore."),
            JobStage.Completed when job.Completed == 0 => ("Failed", "NothingRestored", counts),
            JobStage.Completed when job.Quarantined > 0 => ("Complete", "SomeQuarantined", counts),
            JobStage.Completed => ("Complete", "AllRestored", counts),
            _ => throw new InvalidOperationException($"A job cannot be in the stage {job.Stage}."),
        };
    }
}
