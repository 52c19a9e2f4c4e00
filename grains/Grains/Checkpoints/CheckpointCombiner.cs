using Darkroom.Models.Checkpoints;

namespace Darkroom.Grains.Checkpoints;

/// <summary>Puts stored checkpoints together into one: a base from here, a paper's networks from there. No byte is copied; the parts stay, and may be removed.</summary>
/// <param name="store">The checkpoints.</param>
/// <param name="time">Clock for the manifest.</param>
public sealed class CheckpointCombiner(CheckpointStore store, TimeProvider time)
{
    /// <summary>Combines checkpoints. The networks and files of each come below a folder that has the part's name, as if their folders had been imported together.</summary>
    /// <param name="parts">Names of the parts, at least two.</param>
    /// <param name="name">Name of the whole.</param>
    /// <param name="license">Its license, or null for those of the parts.</param>
    /// <param name="cancellationToken">Stops it; nothing is left of it.</param>
    /// <exception cref="InvalidCheckpointException">A part is not there or damaged, or they cannot be together.</exception>
    public async Task<CheckpointManifest> CombineAsync(IReadOnlyList<string> parts, string name, string? license = null, CancellationToken cancellationToken = default)
    {
        CheckpointStore.RequireName(name);
        if (parts.Distinct(StringComparer.Ordinal).Count() < 2 || parts.Distinct(StringComparer.Ordinal).Count() < parts.Count)
            throw new InvalidCheckpointException($"Two or more different checkpoints are combined; given were {string.Join(", ", parts.DefaultIfEmpty("none"))}.");
        var manifests = new List<CheckpointManifest>();
        foreach (var part in parts)
            manifests.Add(await store.GetAsync(part, cancellationToken).ConfigureAwait(false));
        var under = manifests.ConvertAll(manifest => ManifestParts.Under(manifest.Name, manifest));
        var whole = new CheckpointManifest(
            CheckpointManifest.CurrentVersion,
            name,
            ManifestParts.LayoutOf(manifests.SelectMany(manifest => manifest.Components).Select(component => component.Kind)),
            string.IsNullOrWhiteSpace(license) ? ManifestParts.Join(manifests.Select(manifest => manifest.License)) : license.Trim(),
            ManifestParts.Join(manifests.Select(manifest => manifest.Name)),
            time.GetUtcNow(),
            [.. under.SelectMany(part => part.Components)],
            [.. under.SelectMany(part => part.Files)]);
        ManifestParts.RequireDistinct(whole);
        await store.AddAsync(whole, cancellationToken).ConfigureAwait(false);
        return whole;
    }
}
