using Darkroom.Models.Checkpoints;
using Darkroom.Models.Checkpoints.Layouts;
using static TorchSharp.torch;

namespace Darkroom.Grains.Checkpoints;

/// <summary>Brings published checkpoints into the store. Everything is checked before a byte is kept; a failure leaves nothing behind.</summary>
/// <param name="store">Where to.</param>
/// <param name="time">Clock for the manifest.</param>
public sealed class CheckpointImporter(CheckpointStore store, TimeProvider time)
{
    private const string SafetensorsExtension = ".safetensors";
    private const string UnknownLicense = "unknown";

    /// <summary>Imports a checkpoint.</summary>
    /// <param name="import">What, and under which name.</param>
    /// <param name="progress">Told while bytes are read; may be null.</param>
    /// <param name="cancellationToken">Stops it; nothing is left of it.</param>
    /// <returns>The manifest, and what was left out, a line each.</returns>
    /// <exception cref="InvalidCheckpointException">It cannot be used; the message names every tensor that does not fit, or the first of many.</exception>
    public async Task<(CheckpointManifest Manifest, IReadOnlyList<string> Skipped)> ImportAsync(
        CheckpointImport import, IProgress<ImportProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        CheckpointStore.RequireName(import.Name);
        if (await store.FindAsync(import.Name, cancellationToken).ConfigureAwait(false) is not null)
            throw new InvalidCheckpointException($"There is a checkpoint '{import.Name}' already; choose another name, or remove it first.");
        progress?.Report(new ImportProgress(0, "checking names and shapes"));
        var found = FindAll(import);
        RequireFit(found);

        var added = new List<CheckpointBlob>();
        try
        {
            var files = found.SelectMany(part => part.Components.SelectMany(component => component.WeightFiles).Concat(part.OtherFiles).Select(file => (part.Root, Path: file)))
                .DistinctBy(file => file.Path, StringComparer.Ordinal).ToList();
            var meter = new ImportMeter(files.Sum(file => new FileInfo(file.Path).Length), progress);
            var blobs = new Dictionary<string, CheckpointBlob>(StringComparer.Ordinal);
            foreach (var (root, file) in files)
                blobs.Add(file, await KeepAsync(root, file, import.FloatType, added, meter, cancellationToken).ConfigureAwait(false));

            var manifest = new CheckpointManifest(
                CheckpointManifest.CurrentVersion,
                import.Name,
                ManifestParts.LayoutOf(found.SelectMany(part => part.Components).Select(component => component.Kind.Name)),
                string.IsNullOrWhiteSpace(import.License) ? ManifestParts.Join(found.Select(part => ModelCard.LicenseOf(part.Start) ?? UnknownLicense)) : import.License.Trim(),
                ManifestParts.Join(import.More.Prepend(import.Path).Select(path => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path))))),
                time.GetUtcNow(),
                [.. found.SelectMany(part => part.Components).Select(component => Describe(component, import.FloatType, blobs))],
                [.. found.SelectMany(part => part.OtherFiles).Select(file => blobs[file])]);
            ManifestParts.RequireDistinct(manifest);
            cancellationToken.ThrowIfCancellationRequested();
            await store.AddAsync(manifest, CancellationToken.None).ConfigureAwait(false);
            return (manifest, [.. found.SelectMany(part => part.Skipped)]);
        }
        catch
        {
            await store.FreeAsync(added, CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    private static List<FoundCheckpoint> FindAll(CheckpointImport import)
    {
        if (import.More.Count == 0)
            return [CheckpointFinder.Find(import.Path, import.Layout)];
        var parts = import.More.Prepend(import.Path).Select(path => CheckpointFinder.Find(path, isPart: true)).ToList();
        var layout = ManifestParts.LayoutOf(parts.SelectMany(part => part.Components).Select(component => component.Kind.Name));
        return import.Layout is null || import.Layout == layout
            ? parts
            : throw new InvalidCheckpointException($"Together they have the layout '{layout}', not '{import.Layout}'.");
    }

    private static void RequireFit(List<FoundCheckpoint> found)
    {
        var misfits = found.SelectMany(part => part.Components)
            .Select(component => (component.Name, component.Kind, Difference: component.Compare()))
            .Where(pair => !pair.Difference.IsEmpty)
            .ToList();
        if (misfits.Count > 0)
        {
            throw new InvalidCheckpointException(
                $"The checkpoint does not fit: {string.Join("; ", misfits.Select(misfit => $"{misfit.Name} ({misfit.Kind.Name}): {misfit.Difference}"))}.")
            {
                Details = [.. misfits.SelectMany(misfit => misfit.Difference.Lines.Select(line => $"{misfit.Name}: {line}"))],
            };
        }
    }

    /// <summary>Keeps a file. Pickles, and tensors that get another type, are made into safetensors while they are read.</summary>
    private async Task<CheckpointBlob> KeepAsync(
        string root, string file, ScalarType? floatType, List<CheckpointBlob> added, ImportMeter meter, CancellationToken cancellationToken)
    {
        var path = Path.GetRelativePath(root, file).Replace(Path.DirectorySeparatorChar, '/');
        var isPickle = TensorFiles.IsPickleName(file);
        if (!TensorFiles.IsName(file) || (!isPickle && floatType is null))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            return await PutAsync(path, stream, added, meter, stream.Length, cancellationToken).ConfigureAwait(false);
        }

        using var tensors = TensorFiles.Open(file);
        using var content = new SafetensorsStream(tensors, floatType);
        return await PutAsync(Path.ChangeExtension(path, SafetensorsExtension), content, added, meter, new FileInfo(file).Length, cancellationToken).ConfigureAwait(false);
    }

    private async Task<CheckpointBlob> PutAsync(
        string path, Stream content, List<CheckpointBlob> added, ImportMeter meter, long fileBytes, CancellationToken cancellationToken)
    {
        using var metered = meter.Measure(content, fileBytes, path);
        var (reference, receipt) = await store.Contents.AddAsync(metered, cancellationToken: cancellationToken).ConfigureAwait(false);
        var blob = new CheckpointBlob(path, reference.Hash, reference.SizeBytes);
        if (receipt is not null)
            added.Add(blob);
        return blob;
    }

    private static CheckpointComponent Describe(FoundComponent component, ScalarType? floatType, Dictionary<string, CheckpointBlob> blobs)
    {
        using var tensors = component.Open();
        return new CheckpointComponent(
            component.Name,
            component.Kind.Name,
            component.Class,
            component.Config,
            tensors.Entries.Count,
            tensors.Entries.Values.Sum(entry => entry.Shape.Aggregate(1L, (product, size) => product * size)),
            [.. tensors.Entries.Values.Select(entry => ElementTypes.NameOf(ElementTypes.Convert(entry.Type, floatType))).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            [.. component.WeightFiles.Select(file => blobs[file])]);
    }
}
