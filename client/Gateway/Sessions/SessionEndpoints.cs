using Darkroom.Client.Http;
using Darkroom.Contracts.Sessions;
using Darkroom.Gateway.Idempotency;
using Darkroom.Gateway.Identity;
using Darkroom.Gateway.Limits;
using Darkroom.Gateway.Problems;
using Darkroom.Gateway.Uploads;
using Darkroom.Storage;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Darkroom.Gateway.Sessions;

/// <summary>Conversations about pictures.</summary>
internal static class SessionEndpoints
{
    /// <summary>Adds the routes.</summary>
    public static void MapSessions(this IEndpointRouteBuilder routes, GatewayOptions options)
    {
        var group = routes.MapGroup("/sessions").WithTags("Sessions");
        group.MapGet("/", ListAsync).WithName("listSessions");
        group.MapPost("/", OpenAsync).WithMetadata(BodySize.OfPictures(options), ReadsUploads.Mark).WithName("openSession")
            .Accepts<OpenSessionBody>("application/json", "multipart/form-data").Produces<OpenedSession>(StatusCodes.Status201Created);
        group.MapGet("/{session}", GetAsync).WithName("getSession");
        group.MapDelete("/{session}", DeleteAsync).WithName("deleteSession");
        group.MapPost("/{session}/messages", SendAsync).WithMetadata(BodySize.OfPictures(options, 2), ReadsUploads.Mark).WithName("sendMessage")
            .Accepts<MessageBody>("application/json", "multipart/form-data").Produces<TurnReply>();
        group.MapGet("/{session}/events", SessionEvents.Get).WithName("watchSession").RequireRateLimiting(RateLimits.Streams).Produces<SessionEvent>(StatusCodes.Status200OK, "text/event-stream");
        group.MapVersions();
    }

    /// <summary>Lists the sessions, the newest first.</summary>
    /// <param name="after">The last session of the page before.</param>
    /// <param name="limit">Sessions of a page, 1 to 200; 50 unless something else is asked for.</param>
    internal static async Task<SessionPage> ListAsync(string? after, int? limit, Caller caller, TenantIndex index, CancellationToken cancellationToken)
    {
        var (sessions, next) = await NewestPage.ListAsync(index, caller.Tenant, TenantIndex.Sessions, after, limit, LookAsync, cancellationToken);
        return new SessionPage(sessions, next);

        async Task<ListedSession> LookAsync(string name, DateTimeOffset at, CancellationToken stop)
        {
            var info = await caller.Client.Session(name).GetAsync(stop);
            return new ListedSession(info.Session, at, info.Source, info.CurrentImage, info.CurrentVersionId, info.VersionCount, info.LastSequence);
        }
    }

    /// <summary>Opens a session with a picture; a message may come with it.</summary>
    internal static async Task<IResult> OpenAsync(HttpRequest request, Caller caller, PictureIntake intake, OnceOnly once, CancellationToken cancellationToken)
    {
        var input = await SessionInput.ReadOpeningAsync(request, intake, cancellationToken);
        if (input.Image is null)
            throw ProblemException.Invalid("There is no picture: give 'image' or 'imageHash'.");
        if (await once.BeginAsync(input, cancellationToken) is { } before)
            return before;
        var session = await caller.Client.OpenSessionAsync(input.Image.Hash, input.Name ?? once.Id, input.Model, input.Pipeline, cancellationToken);
        var reply = input.Text is null ? null : await session.SendAsync(input.Text, input.Settings, input.TurnId ?? once.Id, input.Rounds, cancellationToken);
        return TypedResults.Created($"/v1/sessions/{session.Key.Session}", new OpenedSession(await session.GetAsync(cancellationToken), reply));
    }

    /// <summary>Gets what a session holds.</summary>
    internal static Task<SessionInfo> GetAsync(string session, Caller caller, CancellationToken cancellationToken) =>
        caller.Client.Session(session).GetAsync(cancellationToken);

    /// <summary>Deletes a session and cancels its run; saying it twice does it once.</summary>
    internal static async Task<NoContent> DeleteAsync(string session, Caller caller, CancellationToken cancellationToken)
    {
        await caller.Client.Session(session).DeleteAsync(cancellationToken);
        return TypedResults.NoContent();
    }

    /// <summary>Says something. With a picture it opens the session first, if it is not open yet.</summary>
    internal static async Task<IResult> SendAsync(string session, HttpRequest request, Caller caller, PictureIntake intake, OnceOnly once, CancellationToken cancellationToken)
    {
        var input = await SessionInput.ReadMessageAsync(request, intake, cancellationToken);
        if (input.Text is null)
            throw ProblemException.Invalid("There is no 'text'.");
        if (await once.BeginAsync(input, cancellationToken) is { } before)
            return before;
        if (input.Image is { } image)
            await caller.Client.OpenSessionAsync(image.Hash, session, input.Model, input.Pipeline, cancellationToken);
        return TypedResults.Ok(await caller.Client.Session(session).SendAsync(input.Text, input.Settings, input.TurnId ?? once.Id, input.Rounds, cancellationToken));
    }
}
