using Darkroom.Client;
using Darkroom.Client.Http;
using Darkroom.Contracts.Jobs;
using Darkroom.Gateway.Idempotency;
using Darkroom.Gateway.Identity;
using Darkroom.Gateway.Limits;
using Darkroom.Gateway.Streams;
using Darkroom.Gateway.Uploads;
using Darkroom.Storage;
using Microsoft.Extensions.Options;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Darkroom.Gateway.Jobs;

/// <summary>Many pictures restored alike.</summary>
internal static class JobEndpoints
{
    /// <summary>Adds the routes.</summary>
    public static void MapJobs(this IEndpointRouteBuilder routes, GatewayOptions options)
    {
        var group = routes.MapGroup("/jobs").WithTags("Jobs");
        group.MapGet("/", ListAsync).WithName("listJobs");
        group.MapPost("/", StartAsync).WithMetadata(BodySize.OfJobs(options), ReadsUploads.Mark).WithName("startJob")
            .Accepts<JobBody>("application/json", "multipart/form-data").Produces<JobStatus>(StatusCodes.Status202Accepted);
        routes.MapGet("/events", JobFeed.Get).WithTags("Jobs").WithName("watchJobs").RequireRateLimiting(RateLimits.Streams).Produces<JobStatus>(StatusCodes.Status200OK, "text/event-stream");
        group.MapGet("/{job}", GetAsync).WithName("getJob");
        group.MapGet("/{job}/events", EventsAsync).WithName("watchJob").RequireRateLimiting(RateLimits.Streams).Produces<JobStatus>(StatusCodes.Status200OK, "text/event-stream");
        group.MapPost("/{job}/pause", PauseAsync).WithName("pauseJob");
        group.MapPost("/{job}/resume", ResumeAsync).WithName("resumeJob");
        group.MapPost("/{job}/cancel", CancelAsync).WithName("cancelJob");
        group.MapPost("/{job}/retry", RetryAsync).WithName("retryJob").Produces<JobStatus>(StatusCodes.Status202Accepted);
        group.MapGet("/{job}/results", JobResults.LinesAsync).WithName("getJobResults").Produces<JobItemResult>(StatusCodes.Status200OK, JsonLines.ContentType);
        group.MapGet("/{job}/results.zip", JobResults.ArchiveAsync).WithName("getJobArchive").Produces(StatusCodes.Status200OK, contentType: "application/zip");
    }

    /// <summary>Lists the jobs, the newest first.</summary>
    /// <param name="after">The last job of the page before.</param>
    /// <param name="limit">Jobs of a page, 1 to 200; 50 unless something else is asked for.</param>
    internal static async Task<JobPage> ListAsync(string? after, int? limit, Caller caller, TenantIndex index, CancellationToken cancellationToken)
    {
        var (jobs, next) = await NewestPage.ListAsync(index, caller.Tenant, TenantIndex.Jobs, after, limit, (name, _, stop) => caller.Client.Job(name).GetAsync(stop), cancellationToken);
        return new JobPage(jobs, next);
    }

    /// <summary>Starts a job of pictures that were uploaded before, or come with it as files or as a zip archive.</summary>
    internal static async Task<IResult> StartAsync(HttpRequest request, Caller caller, PictureIntake pictures, JobIntake files, OnceOnly once, CancellationToken cancellationToken)
    {
        var body = await JobInput.ReadAsync(request, pictures, files, cancellationToken);
        if (await once.BeginAsync(new { body, files.Items }, cancellationToken) is { } before)
            return before;
        var name = body.Name ?? once.Id;
        var job = body.Prefix is null
            ? await caller.Client.StartJobAsync(files.Items, body.ToRequest(), name, cancellationToken)
            : await caller.Client.StartJobAsync(body.ToRequest(), name, cancellationToken);
        return TypedResults.Accepted($"/v1/jobs/{name}", await job.GetAsync(cancellationToken));
    }

    /// <summary>Tells where a job stands.</summary>
    internal static Task<JobStatus> GetAsync(string job, Caller caller, CancellationToken cancellationToken) => caller.Client.Job(job).GetAsync(cancellationToken);

    /// <summary>Streams how far a job is: events <c>progress</c>, then <c>ended</c>.</summary>
    internal static async Task<IResult> EventsAsync(
        string job, HttpContext context, Caller caller, EventStreams streams, IOptions<JsonOptions> json, CancellationToken cancellationToken)
    {
        var found = caller.Client.Job(job);
        await found.GetAsync(cancellationToken);
        return streams.SendProgress(context, found.WatchAsync, found.GetAsync, json.Value.SerializerOptions);
    }

    /// <summary>Begins no further picture; those under way go on to their end.</summary>
    internal static Task<JobStatus> PauseAsync(string job, Caller caller, OnceOnly once, CancellationToken cancellationToken) =>
        caller.Client.Job(job).ChangeAsync(isPaused: true, once.Id, cancellationToken);

    /// <summary>Goes on after a pause.</summary>
    internal static Task<JobStatus> ResumeAsync(string job, Caller caller, OnceOnly once, CancellationToken cancellationToken) =>
        caller.Client.Job(job).ChangeAsync(isPaused: false, once.Id, cancellationToken);

    /// <summary>Cancels a job; what is done stays in the results.</summary>
    internal static Task<JobStatus> CancelAsync(string job, Caller caller, CancellationToken cancellationToken) => caller.Client.Job(job).CancelAsync(cancellationToken);

    /// <summary>Starts a new job of the pictures that a job gave up.</summary>
    internal static async Task<IResult> RetryAsync(string job, RetryBody? body, Caller caller, OnceOnly once, CancellationToken cancellationToken)
    {
        var old = caller.Client.Job(job);
        await JobResults.RequireEndedAsync(old, cancellationToken);
        var name = body?.Name ?? once.Id;
        var started = await caller.Client.RetryJobAsync(old, name, cancellationToken);
        return TypedResults.Accepted($"/v1/jobs/{name}", await started.GetAsync(cancellationToken));
    }
}
