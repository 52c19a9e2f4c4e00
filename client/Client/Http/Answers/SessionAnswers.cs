using System.Collections.Immutable;
using Darkroom.Contracts.Images;
using Darkroom.Contracts.Runs;
using Darkroom.Contracts.Sessions;

namespace Darkroom.Client.Http;

/// <summary>A session of a list.</summary>
/// <param name="Session">Its name.</param>
/// <param name="OpenedAt">When it was opened.</param>
/// <param name="Source">The picture as it was opened.</param>
/// <param name="CurrentImage">The picture as it is now.</param>
/// <param name="CurrentVersionId">The version that is the current one.</param>
/// <param name="VersionCount">Number of versions.</param>
/// <param name="LastSequence">Sequence number of the last event.</param>
public sealed record ListedSession(
    string Session, DateTimeOffset OpenedAt, ImageRef Source, ImageRef CurrentImage, string CurrentVersionId, int VersionCount, long LastSequence);

/// <summary>A page of sessions, the newest first.</summary>
/// <param name="Sessions">The sessions.</param>
/// <param name="Next">What to give as <c>after</c> for the next page, or null at the end.</param>
public sealed record SessionPage(IReadOnlyList<ListedSession> Sessions, string? Next);

/// <summary>The versions of a session in the order in which they were started.</summary>
/// <param name="CurrentVersionId">The version that the next message is about.</param>
/// <param name="Versions">The versions; each names its parent.</param>
public sealed record VersionList(string CurrentVersionId, ImmutableArray<SessionVersion> Versions);

/// <summary>What a session holds.</summary>
/// <param name="Session">Its name.</param>
/// <param name="Source">The picture as it was opened.</param>
/// <param name="Model">The checkpoint it restores with, or null for the pipeline's.</param>
/// <param name="CurrentVersionId">The version that the next message is about.</param>
/// <param name="CurrentImage">That version's picture.</param>
/// <param name="VersionCount">Number of versions, the opened picture included.</param>
/// <param name="LastSequence">Sequence number of the last event.</param>
/// <param name="Pipeline">The pipeline it restores with, or null if each run is sent where it fits.</param>
public sealed record SessionStatus(
    string Session, ImageRef Source, string? Model, string CurrentVersionId, ImageRef CurrentImage, int VersionCount, long LastSequence, string? Pipeline = null);

/// <summary>A session that was opened.</summary>
/// <param name="Session">What it holds.</param>
/// <param name="Reply">The answer to the first message, or null if there was none.</param>
public sealed record SessionOpening(SessionStatus Session, TurnReply? Reply);

/// <summary>Something that happened in a session: an event of its history, or a glimpse of its run.</summary>
/// <param name="Event">The event, or null. Events are told once each, in their order, without a gap.</param>
/// <param name="Progress">The glimpse, or null. Glimpses are gone when they are past.</param>
public sealed record SessionNotice(SessionEvent? Event, RunProgress? Progress);
