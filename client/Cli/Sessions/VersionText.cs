using Darkroom.Contracts.Sessions;

namespace Darkroom.Cli.Sessions;

/// <summary>Versions in words.</summary>
internal static class VersionText
{
    /// <summary>A version as a line; a star marks the current one.</summary>
    public static string Line(SessionVersion version, string currentId) => $"{(version.Id == currentId ? "*" : " ")} {version.Id}{Origin(version)}";

    /// <summary>What two versions differ in, a line each.</summary>
    public static IEnumerable<string> Lines(VersionComparison comparison)
    {
        var (before, after) = (comparison.Before.Id, comparison.After.Id);
        yield return comparison.Differences.IsEmpty
            ? $"{before} and {after} were made with the same."
            : $"{before} and {after}, which both come from {comparison.CommonAncestorId}, differ in:";
        foreach (var difference in comparison.Differences)
            yield return $"  {difference.Name}: {difference.Before} -> {difference.After}";
    }

    private static string Origin(SessionVersion version)
    {
        var how = version.Kind is { } kind ? $" from {version.ParentId}: <{kind.ToString().ToLowerInvariant()}> {version.Instruction}".TrimEnd() : ": the photograph";
        return version.State switch
        {
            VersionState.Ready => how,
            VersionState.Failed => $"{how} (failed: {version.Error?.Message})",
            _ => $"{how} ({version.State.ToString().ToLowerInvariant()})",
        };
    }
}
