using System.Collections.Immutable;
using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Images;
using Darkroom.Contracts.Jobs;
using Darkroom.Contracts.Runs;
using Darkroom.Contracts.Sessions;
using Darkroom.Contracts.Tenants;
using Darkroom.Storage;

namespace Darkroom.Client;

/// <summary>What a program needs to talk to Darkroom as one tenant: pictures go in and out by their content, everything else is a session.</summary>
/// <param name="grains">The cluster.</param>
/// <param name="contents">The content store that the cluster uses.</param>
/// <param name="tenant">Who the caller is; its sessions are invisible to everybody else.</param>
/// <param name="time">Clock for waits between retries; the system's if null.</param>
public sealed class DarkroomClient(IGrainFactory grains, ContentStore contents, string tenant, TimeProvider? time = null)
{
    private readonly RunWatcher watcher = new(grains, time ?? TimeProvider.System);

    /// <summary>Gets who the caller is.</summary>
    public string Tenant { get; } = tenant;

    /// <summary>Stores a picture's file, whatever its format; the same bytes are stored once.</summary>
    /// <param name="picture">The file's bytes, read once to the end.</param>
    /// <param name="cancellationToken">Stops the upload; nothing is left of it.</param>
    /// <returns>The file's hash, to open sessions with.</returns>
    public async Task<string> UploadAsync(Stream picture, CancellationToken cancellationToken = default) =>
        (await contents.PutAsync(picture, cancellationToken: cancellationToken).ConfigureAwait(false)).Hash;

    /// <summary>Stores a picture and opens a session with it.</summary>
    /// <param name="picture">The file's bytes, read once to the end.</param>
    /// <param name="session">The session's name, or null for a new one.</param>
    /// <param name="model">Checkpoint to restore with, or null for the pipeline's.</param>
    /// <param name="pipeline">Pipeline to restore with, or null: without a model each run then goes where it fits, and says why.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="InvalidImageException">It is not a picture, damaged, or larger than allowed.</exception>
    /// <exception cref="SessionConflictException">The session is open with another picture.</exception>
    public async Task<RestorationSession> OpenSessionAsync(
        Stream picture, string? session = null, string? model = null, string? pipeline = null, CancellationToken cancellationToken = default) =>
        await OpenSessionAsync(await UploadAsync(picture, cancellationToken).ConfigureAwait(false), session, model, pipeline, cancellationToken).ConfigureAwait(false);

    /// <summary>Opens a session with a picture that is stored already.</summary>
    /// <param name="contentHash">What <see cref="UploadAsync"/> gave.</param>
    /// <param name="session">The session's name, or null for a new one.</param>
    /// <param name="model">Checkpoint to restore with, or null for the pipeline's.</param>
    /// <param name="pipeline">Pipeline to restore with, or null: without a model each run then goes where it fits, and says why.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="InvalidImageException">It is missing, not a picture, damaged, or larger than allowed.</exception>
    /// <exception cref="SessionConflictException">The session is open with another picture.</exception>
    public async Task<RestorationSession> OpenSessionAsync(
        string contentHash, string? session = null, string? model = null, string? pipeline = null, CancellationToken cancellationToken = default)
    {
        var opened = Session(session ?? Guid.NewGuid().ToString("N"));
        await opened.Grain.OpenAsync(new OpenSessionRequest(contentHash, model, pipeline), cancellationToken).ConfigureAwait(false);
        return opened;
    }

    /// <summary>Takes up a session that was opened before; nothing is called until it is used.</summary>
    /// <exception cref="InvalidRequestException">The name is not allowed.</exception>
    public RestorationSession Session(string session)
    {
        var key = SessionKey.Create(Tenant, session);
        return new RestorationSession(key, grains.GetGrain<ISessionGrain>(key.ToString()), this, watcher);
    }

    /// <summary>Starts a job for a list of pictures; it goes on after the call.</summary>
    /// <param name="items">The pictures: uploaded ones by their hash, others by the name of their blob below <c>uploads/{tenant}/</c>.</param>
    /// <param name="request">What to do to each; its list is filled in here.</param>
    /// <param name="job">The job's name, or null for a new one. Saying the same again under a name is the same job.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="JobConflictException">The job was started with another request.</exception>
    /// <exception cref="InvalidRequestException">A value is not allowed.</exception>
    public async Task<RestorationJob> StartJobAsync(
        IEnumerable<JobItem> items, JobRequest request, string? job = null, CancellationToken cancellationToken = default)
    {
        using var list = new MemoryStream();
        await JsonLines.WriteAsync(list, items, cancellationToken).ConfigureAwait(false);
        list.Position = 0;
        var stored = await contents.PutAsync(list, JsonLines.ContentType, cancellationToken).ConfigureAwait(false);
        return await StartJobAsync(request with { ListHash = stored.Hash }, job, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Starts a job; it goes on after the call.</summary>
    /// <param name="request">Which pictures, and what to do to each.</param>
    /// <param name="job">The job's name, or null for a new one. Saying the same again under a name is the same job.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="JobConflictException">The job was started with another request.</exception>
    /// <exception cref="InvalidRequestException">A value is not allowed.</exception>
    public async Task<RestorationJob> StartJobAsync(JobRequest request, string? job = null, CancellationToken cancellationToken = default)
    {
        var started = Job(job ?? Guid.NewGuid().ToString("N"));
        await watcher.RetryAsync(() => started.Grain.StartAsync(request, cancellationToken), cancellationToken).ConfigureAwait(false);
        return started;
    }

    /// <summary>Starts a job under an idempotency key: said again with the same key, also after a crash of the caller, it is the same job.</summary>
    /// <param name="request">Which pictures, and what to do to each.</param>
    /// <param name="idempotencyKey">The caller's word for it; remembered for a day, unless the cluster is configured otherwise.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="KeyConflictException">The key was used for another request.</exception>
    /// <exception cref="QuotaExceededException">Too many keys are remembered.</exception>
    /// <exception cref="InvalidRequestException">A value is not allowed.</exception>
    public async Task<RestorationJob> StartJobOnceAsync(JobRequest request, string idempotencyKey, CancellationToken cancellationToken = default)
    {
        var claim = await watcher.RetryAsync(() => Keys(idempotencyKey).ClaimJobAsync(idempotencyKey, request, cancellationToken), cancellationToken).ConfigureAwait(false);
        return await StartJobAsync(request, JobKey.Parse(claim.Id).Name, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Starts a run without a session; it goes on after the call.</summary>
    /// <param name="request">What to do. A picture's <see cref="ImageRef"/> is in the session or the job that has it.</param>
    /// <param name="idempotencyKey">The caller's word for it, or null. Said again with the same key it is the same run.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="KeyConflictException">The key was used for another request.</exception>
    /// <exception cref="QuotaExceededException">The tenant has used up what it is allowed; the exception says when to try again.</exception>
    /// <exception cref="InvalidRequestException">The settings are out of range.</exception>
    public async Task<RestorationRun> StartRunAsync(RunRequest request, string? idempotencyKey = null, CancellationToken cancellationToken = default)
    {
        var id = idempotencyKey is null
            ? RunKey.Create(Tenant, Guid.NewGuid().ToString("N")).ToString()
            : (await watcher.RetryAsync(() => Keys(idempotencyKey).ClaimRunAsync(idempotencyKey, request, cancellationToken), cancellationToken).ConfigureAwait(false)).Id;
        await watcher.RetryAsync(() => grains.GetGrain<IRunGrain>(id).StartAsync(request, cancellationToken), cancellationToken).ConfigureAwait(false);
        return new RestorationRun(id, this, watcher);
    }

    /// <summary>Takes up a run that was started before; nothing is called until it is used.</summary>
    /// <exception cref="RunNotFoundException">The run is another tenant's.</exception>
    public RestorationRun Run(string runId) => RunKey.Parse(runId).Tenant == Tenant
        ? new RestorationRun(runId, this, watcher)
        : throw new RunNotFoundException($"The tenant '{Tenant}' has no run '{runId}'.");

    /// <summary>Takes up a job that was started before; nothing is called until it is used.</summary>
    /// <exception cref="InvalidRequestException">The name is not allowed.</exception>
    public RestorationJob Job(string job)
    {
        var key = JobKey.Create(Tenant, job);
        return new RestorationJob(key, grains.GetGrain<IJobGrain>(key.ToString()), contents, watcher);
    }

    /// <summary>Tells what the tenant may, has and has used today.</summary>
    public Task<TenantStatus> GetTenantAsync(CancellationToken cancellationToken = default) =>
        watcher.RetryAsync(() => grains.GetGrain<ITenantGrain>(Tenant).GetStatusAsync(cancellationToken), cancellationToken);

    /// <summary>Lists what the tenant used, a line for each day (UTC) with usage, oldest first.</summary>
    public Task<ImmutableArray<UsageDay>> ListUsageAsync(CancellationToken cancellationToken = default) =>
        watcher.RetryAsync(() => grains.GetGrain<ITenantGrain>(Tenant).ListUsageAsync(cancellationToken), cancellationToken);

    /// <summary>Copies a picture's file.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="destination">Where to; stays open.</param>
    /// <param name="cancellationToken">Stops the copy.</param>
    /// <exception cref="BlobNotFoundException">The store has no such picture.</exception>
    public async Task DownloadAsync(ImageRef image, Stream destination, CancellationToken cancellationToken = default)
    {
        var content = await contents.OpenAsync(image.Hash, verify: true, cancellationToken).ConfigureAwait(false);
        await using (content.ConfigureAwait(false))
            await content.Stream.CopyToAsync(destination, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Copies the preview that a run shows of itself while it is under way.</summary>
    /// <param name="glimpse">The glimpse that tells of the preview.</param>
    /// <param name="destination">Where to; stays open.</param>
    /// <param name="cancellationToken">Stops the copy.</param>
    /// <returns>False if there is none: the run shows none yet, a later glimpse has another, or the run has ended.</returns>
    /// <exception cref="RunNotFoundException">The tenant has no such run.</exception>
    public async Task<bool> DownloadPreviewAsync(RunProgress glimpse, Stream destination, CancellationToken cancellationToken = default)
    {
        var key = RunKey.Parse(glimpse.RunId);
        if (key.Tenant != Tenant)
            throw new RunNotFoundException($"The tenant '{Tenant}' has no run '{glimpse.RunId}'.");
        if (glimpse.Preview is not { } preview)
            return false;
        try
        {
            var content = await contents.In(key.BlobFolder).OpenAsync(preview.Hash, verify: true, cancellationToken).ConfigureAwait(false);
            await using (content.ConfigureAwait(false))
                await content.Stream.CopyToAsync(destination, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (BlobNotFoundException)
        {
            return false;
        }
    }

    private IKeyGrain Keys(string idempotencyKey) => grains.GetGrain<IKeyGrain>(IdempotencyKey.GrainKeyOf(Tenant, idempotencyKey));
}
