using Darkroom.Client.Http;
using Darkroom.Contracts.Sessions;
using Darkroom.Gateway.Idempotency;
using Darkroom.Gateway.Identity;
using Darkroom.Gateway.Uploads;

namespace Darkroom.Gateway.Sessions;

/// <summary>The tree of a session's versions.</summary>
internal static class VersionEndpoints
{
    /// <summary>Adds the routes to those of sessions.</summary>
    public static void MapVersions(this IEndpointRouteBuilder group)
    {
        group.MapGet("/{session}/versions", ListAsync).WithName("listVersions");
        group.MapGet("/{session}/versions/{version}/file", VersionFile.GetAsync).WithName("downloadVersion").Produces(StatusCodes.Status200OK, contentType: "image/png");
        group.MapPost("/{session}/undo", UndoAsync).WithName("undo");
        group.MapPost("/{session}/checkout", CheckoutAsync).WithName("checkout");
        group.MapGet("/{session}/compare", CompareAsync).WithName("compareVersions");
        group.MapPost("/{session}/replay", ReplayAsync).WithName("replayVersion");
    }

    /// <summary>Lists the versions; each names its parent, so they form a tree.</summary>
    internal static async Task<VersionList> ListAsync(string session, Caller caller, CancellationToken cancellationToken)
    {
        var opened = caller.Client.Session(session);
        var info = await opened.GetAsync(cancellationToken);
        return new VersionList(info.CurrentVersionId, await opened.ListVersionsAsync(cancellationToken));
    }

    /// <summary>Goes back to the parent of the current version; nothing is deleted.</summary>
    /// <remarks>Going back twice is another thing than going back once: who leaves in the middle finds the answer under the key, so it goes on to its end.</remarks>
    internal static Task<SessionInfo> UndoAsync(string session, Caller caller, OnceOnly once)
    {
        var opened = caller.Client.Session(session);
        return once.ClaimedId is { } turn ? opened.UndoAsync(turn, CancellationToken.None) : opened.UndoAsync(CancellationToken.None);
    }

    /// <summary>Makes a version the current one; what is asked next branches off from it.</summary>
    internal static Task<SessionInfo> CheckoutAsync(string session, CheckoutBody body, Caller caller, OnceOnly once, CancellationToken cancellationToken)
    {
        var opened = caller.Client.Session(session);
        return once.ClaimedId is { } turn ? opened.CheckoutAsync(body.VersionId, turn, cancellationToken) : opened.CheckoutAsync(body.VersionId, cancellationToken);
    }

    /// <summary>Puts two versions beside each other: their pictures, and what they were made with where it differs.</summary>
    internal static Task<VersionComparison> CompareAsync(string session, string before, string after, Caller caller, CancellationToken cancellationToken) =>
        caller.Client.Session(session).CompareAsync(before, after, cancellationToken);

    /// <summary>Makes a version once more, as a new version beside it.</summary>
    internal static async Task<TurnReply> ReplayAsync(string session, ReplayBody body, Caller caller, PictureIntake intake, OnceOnly once, CancellationToken cancellationToken)
    {
        if (body.Settings is not null)
            await SessionInput.OwnAsync(body.Settings, intake, cancellationToken);
        return await caller.Client.Session(session).ReplayAsync(body.VersionId, body.Seed, body.Settings, body.TurnId ?? once.Id, cancellationToken);
    }
}
