using System.Globalization;
using System.Threading.Channels;
using Darkroom.Client;
using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Sessions;
using Darkroom.Gateway.Identity;
using Darkroom.Gateway.Problems;
using Darkroom.Gateway.Streams;
using Microsoft.Extensions.Options;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Darkroom.Gateway.Sessions;

/// <summary>What happens in a session as server-sent events: events of the history with their numbers as ids, and between them how far its run is.</summary>
internal static class SessionEvents
{
    /// <summary>Streams what happens in a session, from a number on. <c>Last-Event-ID</c> goes on behind it, without a gap.</summary>
    /// <param name="from">The first event wanted; 1 is the opening.</param>
    public static async Task<IResult> Get(
        string session, long? from, HttpContext context, Caller caller, EventStreams streams, IOptions<JsonOptions> json, CancellationToken cancellationToken)
    {
        var opened = caller.Client.Session(session);
        // What is not there is told by a status, before the stream begins.
        var info = await opened.GetAsync(cancellationToken);
        var first = FirstOf(context.Request, from);
        return streams.Send(context, (events, stop) => PumpAsync(opened, first, info.LastSequence, new EventWriter(events, json.Value.SerializerOptions), stop));
    }

    private static long FirstOf(HttpRequest request, long? from)
    {
        var last = request.Headers["Last-Event-ID"].ToString();
        if (last.Length == 0)
            return from is null or >= 1 ? from ?? 1 : throw ProblemException.Invalid($"'from' is {from}; it is at least 1.");
        return long.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) && sequence < long.MaxValue
            ? sequence + 1
            : throw ProblemException.Invalid("Last-Event-ID is not the number of an event.");
    }

    private static async Task PumpAsync(RestorationSession session, long first, long known, EventWriter writer, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        string? running = null;
        var following = Task.CompletedTask;
        try
        {
            // Who goes on behind the start of a run still wants to see how far it is.
            if (first > known && (await session.ListVersionsAsync(cancellationToken)).LastOrDefault(version => version.State == VersionState.Pending) is { RunId: { } pending })
                following = FollowAsync(session, pending, writer, stop.Token);
            await foreach (var happened in session.EventsAsync(first, cancellationToken))
            {
                await writer.WriteAsync(NameOf(happened.Kind), happened, happened.Sequence, cancellationToken);
                if (happened.Kind == SessionEventKind.RunStarted)
                    running = happened.RunId;
                else if (happened.RunId is not null && happened.RunId == running)
                    running = null;
                // Runs of the history have ended, but for the last one.
                if (running is null || happened.Sequence < known)
                    continue;
                await following;
                following = FollowAsync(session, running, writer, stop.Token);
                running = null;
            }
        }
        catch (SessionNotFoundException)
        {
            await writer.WriteAsync("deleted", new { session = session.Key.Session }, null, cancellationToken);
        }
        finally
        {
            await stop.CancelAsync();
            await following;
        }
    }

    private static async Task FollowAsync(RestorationSession session, string runId, EventWriter writer, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var progress in session.WatchRunAsync(runId, cancellationToken))
                await writer.WriteAsync("progress", progress, null, cancellationToken);
        }
        catch (Exception error) when (error is OperationCanceledException or DarkroomException or ChannelClosedException)
        {
            // The reader left, or the run is gone; the session's own events tell how it ended.
        }
    }

    private static string NameOf(SessionEventKind kind) => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(kind.ToString());
}
