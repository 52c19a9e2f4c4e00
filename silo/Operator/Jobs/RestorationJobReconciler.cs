using Darkroom.Contracts.Catalog;
using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Jobs;
using Darkroom.Silo.Operator.Kubernetes;
using Microsoft.Extensions.Logging;

namespace Darkroom.Silo.Operator.Jobs;

/// <summary>Makes one job of each <c>RestorationJob</c>, writes its progress into the resource, and cancels it when the resource is deleted.</summary>
internal sealed partial class RestorationJobReconciler(
    KubernetesClient client, JobPlanner planner, ResultsWriter results, IGrainFactory grains, OperatorOptions options, TimeProvider time, ILogger logger) : IResourceReconciler
{
    // How many looks at running jobs go by until a job is looked at that waits for its model.
    private const int ModelPolls = 5;

    /// <inheritdoc/>
    public ResourceKind Kind => ResourceKind.Jobs;

    /// <inheritdoc/>
    public bool IsSettled(KubernetesResource resource) =>
        !resource.IsDeleted && KubernetesJson.TryRead<RestorationJobStatus>(resource.Status) is { } status &&
        status.ObservedGeneration == resource.Metadata.Generation && JobReport.HasEnded(status);

    /// <inheritdoc/>
    public async Task<TimeSpan?> ReconcileAsync(KubernetesResource resource, CancellationToken cancellationToken)
    {
        if (resource.IsDeleted)
        {
            await FinalizeAsync(resource, cancellationToken);
            return null;
        }

        if (IsSettled(resource))
            return null;
        var before = KubernetesJson.TryRead<RestorationJobStatus>(resource.Status);
        if (TenantOf(resource.Name) is not { } tenant)
        {
            return await RefuseAsync(resource, before, "NamespaceNotMapped", $"The namespace '{resource.Metadata.Namespace}' belongs to no tenant; {OperatorOptions.SectionName}:{nameof(OperatorOptions.Tenants)} says which do.", cancellationToken);
        }

        if (before?.Tenant is { } former && former != tenant)
            return await RefuseAsync(resource, before, "TenantChanged", $"The job belongs to the tenant '{former}'; the namespace now belongs to '{tenant}'. Make another RestorationJob.", cancellationToken);

        try
        {
            var spec = SpecReader.Read<RestorationJobSpec>(resource.Spec);
            var key = JobReport.KeyOf(tenant, resource.Metadata.Name, resource.Metadata.Uid);
            // The finalizer first: a job that was begun must not outlive its resource.
            resource = await Finalizer.AddAsync(client, Kind, resource, cancellationToken);
            if (await BringFurtherAsync(resource, before, spec, key, cancellationToken) is not { } job)
                return spec.Suspend ? null : options.PollPeriod * ModelPolls;
            var written = await WriteResultsAsync(before, spec, key, job, cancellationToken);
            var isWriting = written is { IsDone: false };
            var place = JobReport.PlaceOf(key, job, spec.Results?.Prefix, written);
            await WriteAsync(resource, JobReport.Of(resource, before, key, job, place, isWriting, time.GetUtcNow()), cancellationToken);
            if (isWriting)
                return TimeSpan.Zero;
            return job.HasEnded ? null : options.PollPeriod;
        }
        catch (InvalidRequestException error)
        {
            await RefuseAsync(resource, before, "InvalidSpec", error.Message, cancellationToken);
            return options.MaxRetryDelay;                                       // a picture that is missing may be uploaded yet
        }
        catch (JobConflictException error)
        {
            return await RefuseAsync(resource, before, "SpecChanged", $"Only spec.suspend may change; make another resource for another job. {error.Message}", cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async Task ForgetAsync(ResourceName name, string uid, CancellationToken cancellationToken)
    {
        if (TenantOf(name) is { } tenant)
            await CancelAsync(JobReport.KeyOf(tenant, name.Name, uid), cancellationToken);
    }

    // Null when the job was not begun: it is suspended, or waits for its model.
    private async Task<JobStatus?> BringFurtherAsync(
        KubernetesResource resource, RestorationJobStatus? before, RestorationJobSpec spec, JobKey key, CancellationToken cancellationToken)
    {
        var grain = grains.GetGrain<IJobGrain>(key.ToString());
        var job = await FindAsync(grain, cancellationToken);
        if (job is null && spec.Suspend)
        {
            await planner.PlanAsync(key.Tenant, spec, isNew: true, cancellationToken);
            await WriteAsync(resource, JobReport.Suspended(resource, before, key, time.GetUtcNow()), cancellationToken);
            return null;
        }

        if (job is null && spec.Model is { } model && !await HasAsync(model, cancellationToken))
        {
            await WriteAsync(resource, JobReport.Refused(resource, before, "Pending", "ModelNotFound", $"The cluster has no whole checkpoint '{model}'; the job begins once it has.", time.GetUtcNow()), cancellationToken);
            return null;
        }

        // A resource that was changed says the same again, or is refused: a job never becomes another one.
        if (job is null || !JobReport.IsAccepted(before, resource.Metadata.Generation))
        {
            var isNew = job is null;
            var request = await planner.PlanAsync(key.Tenant, spec, isNew, cancellationToken);
            job = await grain.StartAsync(request, cancellationToken).WaitAsync(cancellationToken);
            if (isNew)
                LogStarted(resource.Name, key.ToString());
        }

        if (job.HasEnded || job.Stage == JobStage.Cancelling || spec.Suspend == (job.Stage == JobStage.Paused))
            return job;
        return await (spec.Suspend ? grain.PauseAsync(cancellationToken) : grain.ResumeAsync(cancellationToken)).WaitAsync(cancellationToken);
    }

    private async Task<WrittenResults?> WriteResultsAsync(
        RestorationJobStatus? before, RestorationJobSpec spec, JobKey key, JobStatus job, CancellationToken cancellationToken)
    {
        if (spec.Results is not { } target || job is not { HasEnded: true, ResultsHash: { } hash })
            return null;
        var known = before?.Results is { } place && place.Hash == hash && place.Prefix == target.Prefix ? place.Progress() : null;
        return await results.WriteAsync(key, hash, target.Prefix, known, cancellationToken);
    }

    private async Task<bool> HasAsync(string model, CancellationToken cancellationToken)
    {
        var checkpoints = await grains.GetGrain<ICatalogGrain>(ICatalogGrain.Key).ListCheckpointsAsync(cancellationToken).WaitAsync(cancellationToken);
        return checkpoints.Any(one => one.Name == model && one.IsWhole);
    }

    private static async Task<JobStatus?> FindAsync(IJobGrain grain, CancellationToken cancellationToken)
    {
        try
        {
            return await grain.GetStatusAsync(cancellationToken).WaitAsync(cancellationToken);
        }
        catch (JobNotFoundException)
        {
            return null;
        }
    }

    private async Task FinalizeAsync(KubernetesResource resource, CancellationToken cancellationToken)
    {
        if (!Finalizer.IsOn(resource))
            return;
        if (TenantOf(resource.Name) is { } tenant)
            await CancelAsync(JobReport.KeyOf(tenant, resource.Metadata.Name, resource.Metadata.Uid), cancellationToken);
        else
            LogNotCancelled(resource.Name);
        await Finalizer.RemoveAsync(client, Kind, resource, cancellationToken);
        LogFinalized(resource.Name);
    }

    // Once it is kept that the job is cancelled, it ends whatever silo dies.
    private async Task CancelAsync(JobKey key, CancellationToken cancellationToken)
    {
        try
        {
            await grains.GetGrain<IJobGrain>(key.ToString()).CancelAsync(cancellationToken).WaitAsync(cancellationToken);
        }
        catch (JobNotFoundException)
        {
            // It was never begun.
        }
    }

    private async Task<TimeSpan?> RefuseAsync(KubernetesResource resource, RestorationJobStatus? before, string reason, string message, CancellationToken cancellationToken)
    {
        LogRefused(resource.Name, reason, message);
        await WriteAsync(resource, JobReport.Refused(resource, before, "Refused", reason, message, time.GetUtcNow()), cancellationToken);
        return null;
    }

    private Task WriteAsync(KubernetesResource resource, RestorationJobStatus status, CancellationToken cancellationToken) =>
        StatusWriter.WriteAsync(client, Kind, resource, status, cancellationToken);

    private string? TenantOf(ResourceName name) => name.Namespace is { } space ? options.Tenants.GetValueOrDefault(space) : null;

    [LoggerMessage(1620, LogLevel.Information, "RestorationJob {Name} is the job {JobId}")]
    private partial void LogStarted(ResourceName name, string jobId);

    [LoggerMessage(1621, LogLevel.Information, "RestorationJob {Name} was deleted; its job is cancelled if it had not ended")]
    private partial void LogFinalized(ResourceName name);

    [LoggerMessage(1622, LogLevel.Warning, "RestorationJob {Name} cannot be worked on: {Reason}, {Message}")]
    private partial void LogRefused(ResourceName name, string reason, string message);

    [LoggerMessage(1623, LogLevel.Warning, "RestorationJob {Name} was deleted, and its namespace belongs to no tenant any more: its job, if there is one, goes on")]
    private partial void LogNotCancelled(ResourceName name);
}
