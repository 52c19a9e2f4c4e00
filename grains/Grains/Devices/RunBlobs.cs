using Darkroom.Contracts.Runs;
using Darkroom.Imaging;
using Darkroom.Models.Checkpoints;
using Darkroom.Models.Pipelines;
using Darkroom.Storage;
using Microsoft.Extensions.Logging;
using InvalidImageException = Darkroom.Contracts.Errors.InvalidImageException;
using static TorchSharp.torch;

namespace Darkroom.Grains.Devices;

/// <summary>What a run keeps in the blob store: pictures by their content, its own checkpoints by name.</summary>
internal sealed partial class RunBlobs(IBlobStore blobs, ContentStore contents, ILogger<RunBlobs> logger)
{
    private const string LatentName = "latent";
    private const string ConditioningPrefix = "conditioning.";

    /// <summary>Gets the folder of a run's checkpoints.</summary>
    public static string FolderOf(string runId) => RunKey.Parse(runId).BlobFolder;

    /// <summary>Reads a picture's file.</summary>
    /// <exception cref="InvalidImageException">There is no such picture, or it is larger than allowed.</exception>
    public async Task<byte[]> ReadPictureAsync(string hash, int maxBytes, CancellationToken cancellationToken)
    {
        try
        {
            await using var content = await contents.OpenAsync(hash, verify: true, cancellationToken);
            var size = content.Properties.SizeBytes;
            if (size > maxBytes)
                throw new InvalidImageException($"The file has {size} bytes; at most {maxBytes} are allowed ({ImagingOptions.SectionName}:{nameof(ImagingOptions.MaxFileSizeBytes)}).");
            var file = new byte[size];
            await content.Stream.ReadExactlyAsync(file, cancellationToken);
            return file;
        }
        catch (Exception error) when (error is BlobNotFoundException or ArgumentException)
        {
            throw new InvalidImageException($"There is no picture '{hash}' in the content store; upload it first.", error);
        }
    }

    /// <summary>Stores a picture's file.</summary>
    /// <returns>Its hash.</returns>
    public async Task<string> WritePictureAsync(byte[] file, string mediaType, CancellationToken cancellationToken) =>
        (await contents.PutAsync(file, mediaType, cancellationToken)).Hash;

    /// <summary>Stores a picture's file, once it is noted whose it is.</summary>
    /// <param name="file">The file.</param>
    /// <param name="mediaType">Its media type.</param>
    /// <param name="note">Notes the hash.</param>
    /// <param name="cancellationToken">Stops the write.</param>
    /// <returns>Its hash.</returns>
    public async Task<string> WritePictureAsync(byte[] file, string mediaType, Func<string, Task> note, CancellationToken cancellationToken)
    {
        using var stream = new MemoryStream(file, writable: false);
        return (await contents.PutNotedAsync(stream, mediaType, note, cancellationToken)).Hash;
    }

    /// <summary>Stores a preview, which is deleted with the run's checkpoints.</summary>
    /// <returns>Its hash.</returns>
    public async Task<string> WritePreviewAsync(string runId, byte[] file, string mediaType, CancellationToken cancellationToken) =>
        (await contents.In(FolderOf(runId)).PutAsync(file, mediaType, cancellationToken)).Hash;

    /// <summary>Deletes a preview that a newer one has replaced; one that cannot be deleted now is left for the end of the run.</summary>
    public async Task TryDeletePreviewAsync(string runId, string hash)
    {
        try
        {
            await contents.In(FolderOf(runId)).DeleteAsync(hash);
        }
        catch (BlobStoreException error)
        {
            LogNotDeleted(error, hash);
        }
    }

    /// <summary>Writes latent and conditioning.</summary>
    /// <param name="name">Name of the blob.</param>
    /// <param name="latent">The latent of the tile under way, or null.</param>
    /// <param name="conditioning">The run's conditioning, or null for a tile's blob.</param>
    /// <param name="cancellationToken">Stops the write; nothing is left of it.</param>
    public async Task WriteAsync(string name, Tensor? latent, Conditioning? conditioning, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        var tensors = conditioning?.Tensors.Select(pair => new KeyValuePair<string, Tensor>(ConditioningPrefix + pair.Key, pair.Value)).ToList() ?? [];
        if (latent is not null)
            tensors.Add(new(LatentName, latent));
        using (inference_mode(true))
            SafetensorsWriter.Write(buffer, tensors);
        buffer.Position = 0;
        await blobs.WriteAsync(name, buffer, cancellationToken: cancellationToken);
    }

    /// <summary>Reads what <see cref="WriteAsync"/> wrote.</summary>
    /// <returns>The tensors; the caller disposes them.</returns>
    /// <exception cref="BlobNotFoundException">There is no such blob.</exception>
    public async Task<(Tensor? Latent, Conditioning Conditioning)> ReadAsync(string name, Device device, CancellationToken cancellationToken)
    {
        // Safetensors files are memory-mapped, so the blob becomes a file for a moment.
        var path = Path.Combine(Path.GetTempPath(), $"darkroom-{Guid.NewGuid():N}.safetensors");
        try
        {
            await using (var content = await blobs.OpenReadAsync(name, default, cancellationToken))
            await using (var copy = new FileStream(path, FileMode.CreateNew, FileAccess.Write))
                await content.Stream.CopyToAsync(copy, cancellationToken);
            using var inference = inference_mode(true);
            using var scope = NewDisposeScope();
            using var file = SafetensorsFile.Open(path);
            var conditioning = new Conditioning(file.Entries.Keys.Where(key => key.StartsWith(ConditioningPrefix, StringComparison.Ordinal))
                .Select(key => new KeyValuePair<string, Tensor>(key[ConditioningPrefix.Length..], file.Read(key).to(device))));
            var latent = file.Entries.ContainsKey(LatentName) ? file.Read(LatentName).to(device).DetachFromDisposeScope() : null;
            return (latent, conditioning);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Deletes a checkpoint that is no longer needed; one that cannot be deleted now is left for the end of the run.</summary>
    public async Task TryDeleteAsync(string name)
    {
        try
        {
            await blobs.DeleteAsync(name);
        }
        catch (BlobStoreException error)
        {
            LogNotDeleted(error, name);
        }
    }

    /// <summary>Deletes all checkpoints of a run that has ended.</summary>
    /// <returns>Whether nothing is left; what could not be deleted now is harmless.</returns>
    public async Task<bool> TryDeleteAllAsync(string runId)
    {
        try
        {
            await foreach (var blob in blobs.ListAsync(FolderOf(runId)))
                await blobs.DeleteAsync(blob.Name);
            return true;
        }
        catch (BlobStoreException error)
        {
            LogNotDeleted(error, FolderOf(runId));
            return false;
        }
    }

    [LoggerMessage(1030, LogLevel.Warning, "The checkpoint {Blob} could not be deleted")]
    private partial void LogNotDeleted(Exception error, string blob);
}
