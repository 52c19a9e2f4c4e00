using Darkroom.Models.Checkpoints;
using Darkroom.Models.Checkpoints.Layouts;

namespace Darkroom.Grains.Checkpoints;

/// <summary>What a manifest of several parts is put together by.</summary>
internal static class ManifestParts
{
    // What a network is called whose files lie at the root of its folder.
    private const string RootName = "model";

    /// <summary>Finds the layout of networks that are together.</summary>
    public static string LayoutOf(IEnumerable<string> kinds) => CheckpointLayout.Of([.. kinds])
        ?? throw new InvalidCheckpointException("The parts hold no network that is known.");

    /// <summary>Joins what parts say of themselves, each word once.</summary>
    public static string Join(IEnumerable<string> words) => string.Join(", ", words.Distinct(StringComparer.Ordinal));

    /// <summary>Puts a checkpoint's networks and files below a folder.</summary>
    public static (IEnumerable<CheckpointComponent> Components, IEnumerable<CheckpointBlob> Files) Under(string folder, CheckpointManifest manifest) => (
        manifest.Components.Select(component => component with { Name = NameUnder(folder, component.Name), Weights = [.. component.Weights.Select(blob => BlobUnder(folder, blob))] }),
        manifest.Files.Select(blob => BlobUnder(folder, blob)));

    /// <summary>Refuses a checkpoint in which two networks or two files have one name.</summary>
    /// <exception cref="InvalidCheckpointException">There are such.</exception>
    public static void RequireDistinct(CheckpointManifest manifest)
    {
        var twice = Twice(manifest.Components.Select(component => component.Name)) ?? Twice(manifest.Files.Select(file => file.Path));
        if (twice is not null)
            throw new InvalidCheckpointException($"Two of the parts bring '{twice}'; give them folders or names of their own.");
    }

    private static string? Twice(IEnumerable<string> names) => names.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1)?.Key;

    private static string NameUnder(string folder, string name) => name == RootName ? folder
        : name.StartsWith(RootName + "/", StringComparison.Ordinal) ? folder + name[RootName.Length..]
        : $"{folder}/{name}";

    private static CheckpointBlob BlobUnder(string folder, CheckpointBlob blob) => blob with { Path = $"{folder}/{blob.Path}" };
}
