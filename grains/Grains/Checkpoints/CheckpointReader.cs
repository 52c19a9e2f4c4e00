using Darkroom.Models.Checkpoints;
using Darkroom.Models.Checkpoints.Layouts;
using Darkroom.Storage;
using TorchSharp;
using static TorchSharp.torch;

namespace Darkroom.Grains.Checkpoints;

/// <summary>Reads the networks of stored checkpoints. Bytes are compared with their hash before any of them is used.</summary>
/// <param name="contents">Where the bytes are kept.</param>
/// <param name="cacheFolder">Where bytes that are kept elsewhere are put, and what was compared is noted; made when it is needed.</param>
public sealed class CheckpointReader(ContentStore contents, string cacheFolder)
{
    /// <summary>Makes a network and fills it straight from the files, in pieces: nothing is in memory twice.</summary>
    /// <param name="manifest">The checkpoint.</param>
    /// <param name="component">Name of the network in it.</param>
    /// <param name="device">Where it is to be; the CPU if null.</param>
    /// <param name="type">Element type of its parameters; float32 if null.</param>
    /// <param name="cancellationToken">Stops fetching and comparing.</param>
    /// <returns>The network in evaluation mode; the caller disposes it.</returns>
    /// <exception cref="InvalidCheckpointException">Something is absent, damaged, or does not fit; nothing was loaded.</exception>
    public async Task<nn.Module> LoadAsync(
        CheckpointManifest manifest, string component, Device? device = null, ScalarType? type = null, CancellationToken cancellationToken = default)
    {
        using var tensors = await OpenAsync(manifest, component, cancellationToken).ConfigureAwait(false);
        var found = Find(manifest, component);
        using var scope = NewDisposeScope();
        var network = ComponentCatalogue.Find(found.Kind).Make(found.Config);
        try
        {
            // Before the weights are read, so that they go straight to where they stay.
            if (type is { } wanted)
                network.to(wanted);
            if (device is not null)
                network.to(device);
            foreach (var tensor in network.state_dict().Values)
                tensor.DetachFromDisposeScope();
            CheckpointLoader.Load(network, tensors);
            network.eval();
            return network;
        }
        catch (Exception error)
        {
            network.Dispose();
            if (error is InvalidCheckpointException)
                throw new InvalidCheckpointException($"Checkpoint '{manifest.Name}', {component}: {error.Message}", error);
            throw;
        }
    }

    /// <summary>Opens the tensors of a network under its own names.</summary>
    /// <returns>The tensors; the caller disposes them.</returns>
    /// <exception cref="InvalidCheckpointException">Something is absent or damaged.</exception>
    public async Task<ITensorSource> OpenAsync(CheckpointManifest manifest, string component, CancellationToken cancellationToken = default)
    {
        var found = Find(manifest, component);
        var paths = new List<string>();
        foreach (var blob in found.Weights)
            paths.Add(await FetchAsync(manifest.Name, blob, cancellationToken).ConfigureAwait(false));

        var files = new List<ITensorSource>();
        try
        {
            foreach (var path in paths)
                files.Add(SafetensorsFile.Open(path));
            return ComponentCatalogue.Find(found.Kind).Adapt(found.Class, files.Count == 1 ? files[0] : new JoinedTensors(files));
        }
        catch
        {
            files.ForEach(file => file.Dispose());
            throw;
        }
    }

    /// <summary>Reads a small file of a checkpoint, such as a tokenizer's.</summary>
    /// <param name="manifest">The checkpoint.</param>
    /// <param name="path">Its path in the published layout.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="InvalidCheckpointException">There is no such file, or it is absent or damaged.</exception>
    public async Task<byte[]> ReadFileAsync(CheckpointManifest manifest, string path, CancellationToken cancellationToken = default)
    {
        var blob = manifest.Files.FirstOrDefault(file => file.Path == path)
            ?? throw new InvalidCheckpointException($"Checkpoint '{manifest.Name}' has no file '{path}'.");
        using var bytes = new MemoryStream();
        await CopyVerifiedAsync(manifest.Name, blob, bytes, cancellationToken).ConfigureAwait(false);
        return bytes.ToArray();
    }

    private static CheckpointComponent Find(CheckpointManifest manifest, string name) => manifest.Components.FirstOrDefault(component => component.Name == name)
        ?? throw new InvalidCheckpointException(
            $"Checkpoint '{manifest.Name}' has no network '{name}'; it has {string.Join(", ", manifest.Components.Select(component => component.Name))}.");

    /// <summary>Finds or makes a file on this machine with the bytes of a blob, which were compared with their hash.</summary>
    private async Task<string> FetchAsync(string checkpoint, CheckpointBlob blob, CancellationToken cancellationToken)
    {
        if (contents.FindFile(blob.Sha256) is { } local)
        {
            await CompareOnceAsync(checkpoint, blob, local, cancellationToken).ConfigureAwait(false);
            return local;
        }

        var path = Path.Combine(cacheFolder, blob.Sha256);
        if (File.Exists(path) && new FileInfo(path).Length == blob.SizeBytes)
            return path;                                                        // it was compared before it got this name
        Directory.CreateDirectory(cacheFolder);
        var part = $"{path}.{Guid.NewGuid():N}.part";
        try
        {
            var file = new FileStream(part, FileMode.CreateNew, FileAccess.Write, FileShare.None);
            await using (file.ConfigureAwait(false))
                await CopyVerifiedAsync(checkpoint, blob, file, cancellationToken).ConfigureAwait(false);
            File.Move(part, path, overwrite: true);
            return path;
        }
        finally
        {
            File.Delete(part);
        }
    }

    /// <summary>Reads a file that is on this machine already once, and notes its time of writing: it changes only when somebody changes it.</summary>
    private async Task CompareOnceAsync(string checkpoint, CheckpointBlob blob, string path, CancellationToken cancellationToken)
    {
        var note = Path.Combine(cacheFolder, blob.Sha256 + ".compared");
        var stamp = $"{File.GetLastWriteTimeUtc(path):O} {new FileInfo(path).Length}";
        if (File.Exists(note) && await File.ReadAllTextAsync(note, cancellationToken).ConfigureAwait(false) == stamp)
            return;
        await CopyVerifiedAsync(checkpoint, blob, Stream.Null, cancellationToken).ConfigureAwait(false);
        Directory.CreateDirectory(cacheFolder);
        await File.WriteAllTextAsync(note, stamp, cancellationToken).ConfigureAwait(false);
    }

    private async Task CopyVerifiedAsync(string checkpoint, CheckpointBlob blob, Stream target, CancellationToken cancellationToken)
    {
        try
        {
            var content = await contents.OpenAsync(blob.Sha256, verify: true, cancellationToken).ConfigureAwait(false);
            await using (content.ConfigureAwait(false))
            {
                if (content.Properties.SizeBytes != blob.SizeBytes)
                    throw new InvalidCheckpointException($"Checkpoint '{checkpoint}': {blob.Path} has {content.Properties.SizeBytes} bytes; the manifest says {blob.SizeBytes}.");
                await content.Stream.CopyToAsync(target, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (BlobNotFoundException error)
        {
            throw new InvalidCheckpointException($"Checkpoint '{checkpoint}': {blob.Path} is not there; the manifest names blob {blob.Sha256}, which is absent.", error);
        }
        catch (BlobStoreException error)
        {
            throw new InvalidCheckpointException($"Checkpoint '{checkpoint}': {blob.Path} is damaged: {error.Message}", error);
        }
    }
}
