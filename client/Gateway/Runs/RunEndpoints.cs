using System.Collections.Immutable;
using Darkroom.Contracts.Runs;
using Darkroom.Gateway.Idempotency;
using Darkroom.Gateway.Identity;
using Darkroom.Gateway.Limits;
using Darkroom.Gateway.Problems;
using Darkroom.Gateway.Sessions;
using Darkroom.Gateway.Streams;
using Darkroom.Gateway.Uploads;
using Darkroom.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Darkroom.Gateway.Runs;

/// <summary>Single restorations, of a session or without one.</summary>
internal static class RunEndpoints
{
    private const string PreviewType = "image/png";

    /// <summary>Adds the routes.</summary>
    public static void MapRuns(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/runs").WithTags("Runs");
        group.MapPost("/", StartAsync).WithName("startRun");
        group.MapGet("/{run}", GetAsync).WithName("getRun");
        group.MapPost("/{run}/cancel", CancelAsync).WithName("cancelRun");
        group.MapGet("/{run}/ledger", LedgerAsync).WithName("getRunLedger");
        group.MapGet("/{run}/previews/{hash}", PreviewAsync).WithName("getRunPreview").Produces(StatusCodes.Status200OK, contentType: PreviewType);
        group.MapGet("/{run}/events", EventsAsync).WithName("watchRun").RequireRateLimiting(RateLimits.Streams).Produces<RunProgress>(StatusCodes.Status200OK, "text/event-stream");
    }

    /// <summary>Restores a picture that was uploaded before, without a session.</summary>
    internal static async Task<Accepted<RunStatus>> StartAsync(RunBody body, Caller caller, PictureIntake intake, OnceOnly once, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var picture = await intake.FindAsync(body.ImageHash, cancellationToken);
        if (body.Words?.Length > RunBody.MaxWordsLength)
            throw ProblemException.Invalid($"The words have {body.Words.Length} characters; at most {RunBody.MaxWordsLength} are allowed.");
        var settings = await SessionInput.OwnAsync(body.Settings, intake, cancellationToken);
        var run = Find(once.Id, caller, grains);
        return TypedResults.Accepted($"/v1/runs/{once.Id}", await run.StartAsync(new RunRequest(picture, body.Kind, body.Words ?? string.Empty, null, settings, body.Model, Pipeline: body.Pipeline), cancellationToken));
    }

    /// <summary>Tells where a run stands.</summary>
    internal static Task<RunStatus> GetAsync(string run, Caller caller, IGrainFactory grains, CancellationToken cancellationToken) =>
        Find(run, caller, grains).GetStatusAsync(cancellationToken);

    /// <summary>Cancels a run; it stops before its next step. A run that has ended stays as it is.</summary>
    internal static Task<RunStatus> CancelAsync(string run, Caller caller, IGrainFactory grains, CancellationToken cancellationToken) =>
        Find(run, caller, grains).CancelAsync(cancellationToken);

    /// <summary>Tells each stretch of a run: with which seed, on which device, from which step on.</summary>
    internal static Task<ImmutableArray<RunLedgerEntry>> LedgerAsync(string run, Caller caller, IGrainFactory grains, CancellationToken cancellationToken) =>
        Find(run, caller, grains).GetLedgerAsync(cancellationToken);

    /// <summary>Gets a preview that the run's progress told of; it is there until the run has shown two newer ones, or has ended.</summary>
    internal static async Task<IResult> PreviewAsync(string run, string hash, HttpContext context, Caller caller, ContentStore contents, CancellationToken cancellationToken)
    {
        // The tenant is part of the folder: another's run has no preview here.
        var folder = RunKey.Create(caller.Tenant, run).BlobFolder;
        if (!ContentRef.IsHash(hash))
            throw NoPreview();
        BlobContent content;
        try
        {
            content = await contents.In(folder).OpenAsync(hash, verify: true, cancellationToken);
        }
        catch (BlobNotFoundException)
        {
            throw NoPreview();
        }

        // Until the run has ended, and no longer than it is of use.
        context.Response.Headers.CacheControl = "private, max-age=600";
        return TypedResults.Stream(content.Stream, PreviewType);
    }

    private static ProblemException NoPreview() => ProblemException.NotFound("The run has no such preview: newer ones have replaced it, or the run has ended.");

    /// <summary>Streams how far a run is: events <c>progress</c>, then <c>ended</c> with where it stands.</summary>
    internal static async Task<IResult> EventsAsync(
        string run, HttpContext context, Caller caller, IGrainFactory grains, EventStreams streams, IOptions<JsonOptions> json, CancellationToken cancellationToken)
    {
        var found = Find(run, caller, grains);
        await found.GetStatusAsync(cancellationToken);
        return streams.SendProgress(context, caller.Client.Run(found.GetPrimaryKeyString()).WatchAsync, found.GetStatusAsync, json.Value.SerializerOptions);
    }

    private static IRunGrain Find(string run, Caller caller, IGrainFactory grains) => grains.GetGrain<IRunGrain>(RunKey.Create(caller.Tenant, run).ToString());
}

/// <summary>Starts a run without a session.</summary>
/// <param name="ImageHash">The picture, which was uploaded before.</param>
/// <param name="Kind">The command.</param>
/// <param name="Words">The user's words; may be empty.</param>
/// <param name="Settings">The settings.</param>
/// <param name="Model">Checkpoint to use, or null for the pipeline's.</param>
/// <param name="Pipeline">Pipeline to use, or null: the run then goes where it fits, and says why.</param>
internal sealed record RunBody(
    string ImageHash, RunKind Kind = RunKind.Restore, string? Words = null, RestorationSettings? Settings = null, string? Model = null, string? Pipeline = null)
{
    /// <summary>The largest number of characters of the words.</summary>
    public const int MaxWordsLength = 2000;
}
