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
        var found = CheckpointFinder.Find(import.Path, import.Layout);
        RequireFit(found);

        var added = new List<CheckpointBlob>();
        try
        {
            var files = found.Components.SelectMany(component => component.WeightFiles).Concat(found.OtherFiles).Distinct(StringComparer.Ordinal).ToList();
            var meter = new ImportMeter(files.Sum(file => new FileInfo(file).Length), progress);
            var blobs = new Dictionary<string, CheckpointBlob>(StringComparer.Ordinal);
            foreach (var file in files)
                blobs.Add(file, await KeepAsync(found.Root, file, import.FloatType, added, meter, cancellationToken).ConfigureAwait(false));

            var manifest = new CheckpointManifest(
                CheckpointManifest.CurrentVersion,
                import.Name,
                found.Layout,
                string.IsNullOrWhiteSpace(import.License) ? ModelCard.LicenseOf(found.Root) ?? UnknownLicense : import.License.Trim(),
                Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(import.Path))),
                time.GetUtcNow(),
                [.. found.Components.Select(component => Describe(component, import.FloatType, blobs))],
                [.. found.OtherFiles.Select(file => blobs[file])]);
            cancellationToken.ThrowIfCancellationRequested();
            await store.AddAsync(manifest, CancellationToken.None).ConfigureAwait(false);
            return (manifest, found.Skipped);
        }
        catch
        {
            await store.FreeAsync(added, CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    private static void RequireFit(FoundCheckpoint found)
    {
        var misfits = found.Components
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
        var (reference, isNew) = await store.Contents.AddAsync(metered, cancellationToken: cancellationToken).ConfigureAwait(false);
        var blob = new CheckpointBlob(path, reference.Hash, reference.SizeBytes);
        if (isNew)
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
