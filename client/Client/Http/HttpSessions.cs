using System.Runtime.CompilerServices;
using Darkroom.Contracts.Runs;
using Darkroom.Contracts.Sessions;

namespace Darkroom.Client.Http;

/// <summary>Conversations about pictures, over HTTP.</summary>
public sealed class HttpSessions
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly HttpTransport transport;
    private readonly EventReader events;
    private readonly HttpRuns runs;

    internal HttpSessions(HttpTransport transport, EventReader events, HttpRuns runs) => (this.transport, this.events, this.runs) = (transport, events, runs);

    /// <summary>Opens a session with a picture's file.</summary>
    /// <param name="image">The file, read from where it stands; it stays the caller's. A stream that cannot seek is sent once, without a second attempt.</param>
    /// <param name="order">What comes with it; null for nothing.</param>
    /// <param name="idempotencyKey">The caller's word for it, to say it again after a crash; null for a new one.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <exception cref="DarkroomHttpException">422: it is no picture, or the key was used for something else. 409: the name is in use. 413: it is too large.</exception>
    public Task<SessionOpening> OpenAsync(Stream image, SessionOrder? order = null, string? idempotencyKey = null, CancellationToken cancellationToken = default)
    {
        order ??= new SessionOrder();
        var form = HttpBody.OfForm(
            [("name", order.Name), ("text", order.Text), ("settings", HttpBody.FieldOf(order.Settings)), ("model", order.Model), ("pipeline", order.Pipeline)],
            [("image", "image", new FileSource(image))]);
        return transport.PostAsync<SessionOpening>("v1/sessions", form, idempotencyKey, cancellationToken);
    }

    /// <summary>Opens a session with a picture that was uploaded before.</summary>
    /// <param name="imageHash">The picture.</param>
    /// <param name="order">What comes with it; null for nothing.</param>
    /// <param name="idempotencyKey">The caller's word for it; null for a new one.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <exception cref="DarkroomHttpException">404: there is no such picture. 409: the name is in use.</exception>
    public Task<SessionOpening> OpenAsync(string imageHash, SessionOrder? order = null, string? idempotencyKey = null, CancellationToken cancellationToken = default)
    {
        order ??= new SessionOrder();
        var body = HttpBody.OfJson(new { imageHash, order.Name, order.Text, order.Settings, order.Model, order.Pipeline });
        return transport.PostAsync<SessionOpening>("v1/sessions", body, idempotencyKey, cancellationToken);
    }

    /// <summary>Lists the sessions, the newest first; pages are fetched as they are read.</summary>
    public IAsyncEnumerable<ListedSession> ListAsync(CancellationToken cancellationToken = default) =>
        transport.PagesAsync<SessionPage, ListedSession>("v1/sessions", page => (page.Sessions, page.Next), cancellationToken);

    /// <summary>Gets what a session holds.</summary>
    /// <exception cref="DarkroomHttpException">404: there is no such session.</exception>
    public Task<SessionStatus> GetAsync(string session, CancellationToken cancellationToken = default) =>
        transport.GetAsync<SessionStatus>(PathOf(session), cancellationToken);

    /// <summary>Deletes a session and cancels its run.</summary>
    public Task DeleteAsync(string session, CancellationToken cancellationToken = default) => transport.DeleteAsync(PathOf(session), cancellationToken);

    /// <summary>Says something; a run that this starts goes on after the answer.</summary>
    /// <param name="session">The session.</param>
    /// <param name="text">Plain text, or <c>&lt;restore&gt;</c> or <c>&lt;refine&gt;</c> with or without words.</param>
    /// <param name="settings">Settings for the run that it may start; the defaults if null.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <exception cref="DarkroomHttpException">404: there is no such session. 400: a value is not allowed. 429: the quota is used up.</exception>
    public Task<TurnReply> SendAsync(string session, string text, RestorationSettings? settings = null, CancellationToken cancellationToken = default) =>
        SendAsync(session, new MessageOrder(text, settings), null, cancellationToken);

    /// <summary>Says something with what comes with it, such as a mask, or a picture that opens the session.</summary>
    /// <param name="session">The session.</param>
    /// <param name="message">The message.</param>
    /// <param name="idempotencyKey">The caller's word for it; null for a new one.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <exception cref="DarkroomHttpException">404: there is no such session. 400: a value is not allowed. 429: the quota is used up.</exception>
    public Task<TurnReply> SendAsync(string session, MessageOrder message, string? idempotencyKey = null, CancellationToken cancellationToken = default)
    {
        var body = message.Image is null && message.Mask is null
            ? HttpBody.OfJson(new
            {
                message.Text, message.Settings, message.TurnId, message.ImageHash, message.MaskHash, message.Feather, message.Model, message.Pipeline, message.Rounds,
            })
            : HttpBody.OfForm(
                [
                    ("text", message.Text), ("settings", HttpBody.FieldOf(message.Settings)), ("turnId", message.TurnId), ("imageHash", message.ImageHash),
                    ("maskHash", message.MaskHash), ("feather", HttpBody.FieldOf(message.Feather)), ("model", message.Model), ("pipeline", message.Pipeline),
                    ("rounds", HttpBody.FieldOf(message.Rounds)),
                ],
                new[] { ("image", "image", message.Image), ("mask", "mask", message.Mask) }
                    .Where(part => part.Item3 is not null).Select(part => (part.Item1, part.Item2, new FileSource(part.Item3!))));
        return transport.PostAsync<TurnReply>($"{PathOf(session)}/messages", body, idempotencyKey, cancellationToken);
    }

    /// <summary>Says something and waits for the run that it starts.</summary>
    /// <param name="session">The session.</param>
    /// <param name="text">A message with a command.</param>
    /// <param name="settings">Settings for the run; the defaults if null.</param>
    /// <param name="progress">Hears how far the run is.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <returns>The answer, and how the run ended; that is null if the message started none.</returns>
    public async Task<Restoration> RestoreAsync(
        string session, string text = "<restore>", RestorationSettings? settings = null, IProgress<RunProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        // Who leaves while the message is on its way leaves no run behind, unless the server does not answer at all.
        cancellationToken.ThrowIfCancellationRequested();
        using var grace = new CancellationTokenSource();
        using var leaving = cancellationToken.Register(() => grace.CancelAfter(Grace));
        var reply = await SendAsync(session, text, settings, grace.Token).ConfigureAwait(false);
        if (reply.RunId is not { } run)
            return new Restoration(reply, null);
        try
        {
            return new Restoration(reply, await runs.WaitAsync(run, progress, cancellationToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await runs.CancelAsync(run, CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Streams a session's events from a number on, each once and without a gap, whatever connection breaks meanwhile; it ends when the session is deleted.</summary>
    /// <param name="session">The session.</param>
    /// <param name="fromSequence">The first event wanted; 1 is the opening.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <exception cref="DarkroomHttpException">404: there is no such session. Or the server stayed away too long.</exception>
    public async IAsyncEnumerable<SessionEvent> EventsAsync(string session, long fromSequence = 1, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var notice in WatchAsync(session, fromSequence, cancellationToken).ConfigureAwait(false))
        {
            if (notice.Event is { } happened)
                yield return happened;
        }
    }

    /// <summary>The same as <see cref="EventsAsync"/>, and between the events how far the session's run is.</summary>
    /// <param name="session">The session.</param>
    /// <param name="fromSequence">The first event wanted; 1 is the opening.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <exception cref="DarkroomHttpException">404: there is no such session. Or the server stayed away too long.</exception>
    public async IAsyncEnumerable<SessionNotice> WatchAsync(string session, long fromSequence = 1, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(fromSequence, 1);
        var deleted = new SessionNotice(null, null);
        await foreach (var notice in events.ReadAsync($"{PathOf(session)}/events", fromSequence - 1, Parse, cancellationToken).ConfigureAwait(false))
        {
            if (ReferenceEquals(notice, deleted))
                yield break;
            yield return notice;
        }

        SessionNotice? Parse(string name, string data) => name switch
        {
            "ping" => null,
            "deleted" => deleted,
            "progress" => new SessionNotice(null, EventReader.ParseData<RunProgress>(data)),
            // What a newer server tells of in addition is none of this client's business.
            _ => Enum.TryParse<SessionEventKind>(name, ignoreCase: true, out _) ? new SessionNotice(EventReader.ParseData<SessionEvent>(data), null) : null,
        };
    }

    /// <summary>Lists the versions; each names its parent, so they form a tree.</summary>
    public Task<VersionList> ListVersionsAsync(string session, CancellationToken cancellationToken = default) =>
        transport.GetAsync<VersionList>($"{PathOf(session)}/versions", cancellationToken);

    /// <summary>Goes back to the parent of the current version; nothing is deleted.</summary>
    /// <exception cref="DarkroomHttpException">400: the current version is the picture as it was opened.</exception>
    public Task<SessionStatus> UndoAsync(string session, string? idempotencyKey = null, CancellationToken cancellationToken = default) =>
        transport.PostAsync<SessionStatus>($"{PathOf(session)}/undo", null, idempotencyKey, cancellationToken);

    /// <summary>Makes a version the current one; what is asked next branches off from it.</summary>
    /// <exception cref="DarkroomHttpException">400: there is no such version, or it has no picture.</exception>
    public Task<SessionStatus> CheckoutAsync(string session, string versionId, string? idempotencyKey = null, CancellationToken cancellationToken = default) =>
        transport.PostAsync<SessionStatus>($"{PathOf(session)}/checkout", HttpBody.OfJson(new { versionId }), idempotencyKey, cancellationToken);

    /// <summary>Puts two versions beside each other: their pictures, and what they were made with where it differs.</summary>
    /// <exception cref="DarkroomHttpException">400: there is no such version, or it has no picture.</exception>
    public Task<VersionComparison> CompareAsync(string session, string before, string after, CancellationToken cancellationToken = default) =>
        transport.GetAsync<VersionComparison>(HttpPath.Query($"{PathOf(session)}/compare", ("before", before), ("after", after)), cancellationToken);

    /// <summary>Makes a version once more, as a new version beside it; the run goes on after the answer.</summary>
    /// <param name="session">The session.</param>
    /// <param name="versionId">The version, or null for the current one.</param>
    /// <param name="seed">Another seed, or null for the same.</param>
    /// <param name="settings">Other settings, or null for those of the version.</param>
    /// <param name="idempotencyKey">The caller's word for it; null for a new one.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public Task<TurnReply> ReplayAsync(
        string session, string? versionId = null, ulong? seed = null, RestorationSettings? settings = null, string? idempotencyKey = null, CancellationToken cancellationToken = default) =>
        transport.PostAsync<TurnReply>($"{PathOf(session)}/replay", HttpBody.OfJson(new { versionId, seed, settings }), idempotencyKey, cancellationToken);

    /// <summary>Copies a version's picture with its recipe (instruction, settings, model, its hash) in the metadata.</summary>
    /// <param name="session">The session.</param>
    /// <param name="versionId">The version.</param>
    /// <param name="destination">Where to; stays open.</param>
    /// <param name="format"><c>png</c>, <c>jpeg</c>, <c>webp</c> or <c>tiff</c>; png if null.</param>
    /// <param name="depth">Bits of a channel, 8 or 16; null for the format's default.</param>
    /// <param name="cancellationToken">Stops the copy.</param>
    public Task DownloadVersionAsync(
        string session, string versionId, Stream destination, string? format = null, int? depth = null, CancellationToken cancellationToken = default) =>
        new FileDownload(transport, HttpPath.Query($"{PathOf(session)}/versions/{HttpPath.Segment(versionId)}/file", ("format", format), ("depth", depth))).CopyToAsync(destination, cancellationToken);

    private static string PathOf(string session) => $"v1/sessions/{HttpPath.Segment(session)}";
}
