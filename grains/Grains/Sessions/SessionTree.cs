using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Sessions;

namespace Darkroom.Grains.Sessions;

/// <summary>What a session's events amount to: the tree of versions, and which of them is the current one.</summary>
/// <remarks>Nothing else changes it: the same events give the same tree.</remarks>
internal sealed class SessionTree(SessionState state)
{
    /// <summary>Id of the picture as it was opened.</summary>
    public const string RootId = "v0";

    /// <summary>Gets the version that the next message is about.</summary>
    public SessionVersion Current => Find(state.CurrentVersionId)!;

    /// <summary>Gets the version whose run is under way, or null.</summary>
    public SessionVersion? Pending => state.Versions.FindLast(version => version.State == VersionState.Pending);

    /// <summary>Gets the id of the next version.</summary>
    public string NextId => $"v{state.Versions.Count}";

    /// <summary>Finds a version, or null.</summary>
    public SessionVersion? Find(string id) => state.Versions.Find(version => version.Id == id);

    /// <summary>Finds a version that has a picture.</summary>
    /// <exception cref="InvalidRequestException">There is no such version, or it has no picture.</exception>
    public SessionVersion Require(string id)
    {
        var version = RequireAny(id);
        return version.State == VersionState.Ready
            ? version
            : throw new InvalidRequestException($"The version {version.Id} has no picture (it is {version.State}); choose one that is ready.");
    }

    /// <summary>Finds a version.</summary>
    /// <exception cref="InvalidRequestException">There is no such version.</exception>
    public SessionVersion RequireAny(string id) => Find(id)
        ?? throw new InvalidRequestException($"There is no such version; there are {RootId} to v{state.Versions.Count - 1}.");

    /// <summary>Finds the newest version that two came from.</summary>
    public SessionVersion CommonAncestor(SessionVersion one, SessionVersion other)
    {
        var line = new HashSet<string>(StringComparer.Ordinal);
        for (var version = one; version is not null; version = Parent(version))
            line.Add(version.Id);
        var common = other;
        while (!line.Contains(common.Id))
            common = Parent(common)!;
        return common;
    }

    /// <summary>Applies the next event.</summary>
    public void Apply(SessionEvent happened)
    {
        if (happened.Version is { } version)
            Put(version);
        switch (happened.Kind)
        {
            case SessionEventKind.RunStarted:
                state.PendingFrom = state.CurrentVersionId;
                break;
            // Whoever chose another version meanwhile keeps it.
            case SessionEventKind.VersionReady when state.CurrentVersionId == state.PendingFrom:
            case SessionEventKind.Opened or SessionEventKind.CheckedOut:
                state.CurrentVersionId = happened.VersionId!;
                break;
        }
    }

    private SessionVersion? Parent(SessionVersion version) => version.ParentId is { } id ? Find(id) : null;

    private void Put(SessionVersion version)
    {
        var index = state.Versions.FindLastIndex(other => other.Id == version.Id);
        if (index < 0)
            state.Versions.Add(version);
        else
            state.Versions[index] = version;
    }
}
