using System.Globalization;
using Darkroom.Contracts.Errors;
using Darkroom.Storage;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Storage;

namespace Darkroom.Grains.Storage;

/// <summary>Keeps the state of grains in the blob store, as <c>state/{state name}/{grain type}/{grain key}</c>.</summary>
/// <remarks>
/// Every write carries the ETag that was read: of two activations that exist for a moment, one writes and the other hears
/// of it by <see cref="InconsistentStateException"/>. Any other failure is a <see cref="StorageFailedException"/>: what is thrown
/// here reaches callers of the grain, and Orleans has no serializer for exceptions of a store.
/// </remarks>
internal sealed class BlobGrainStorage(IBlobStore blobs, Serializer serializer, IServiceProvider services) : IGrainStorage
{
    /// <summary>The largest state that is read (bytes).</summary>
    public const int MaxStateBytes = 64 << 20;

    private const string ContentType = "application/x-orleans";

    /// <summary>Gets the name of a state's blob.</summary>
    public static string NameOf(string stateName, GrainId grainId) =>
        $"state/{Escape(stateName)}/{Escape(grainId.Type.ToString())}/{Escape(grainId.Key.ToString())}";

    /// <inheritdoc/>
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        try
        {
            var read = await blobs.TryReadBytesAsync(NameOf(stateName, grainId), MaxStateBytes);
            grainState.State = read is { } found ? serializer.Deserialize<T>(found.Bytes) : ActivatorUtilities.CreateInstance<T>(services);
            grainState.ETag = read?.Properties.ETag;
            grainState.RecordExists = read is not null;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            throw Failed("read", stateName, grainId, error);
        }
    }

    /// <inheritdoc/>
    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        // Serialized before the first await: what changes while the write is under way belongs to the next write.
        var bytes = serializer.SerializeToArray(grainState.State);
        var condition = grainState.ETag is { } etag ? WriteCondition.IfMatch(etag) : WriteCondition.IfAbsent;
        try
        {
            var written = await blobs.WriteBytesAsync(NameOf(stateName, grainId), bytes, condition, ContentType);
            grainState.ETag = written.ETag;
            grainState.RecordExists = true;
        }
        catch (BlobConflictException)
        {
            throw Conflict(stateName, grainId, grainState.ETag);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            throw Failed("written", stateName, grainId, error);
        }
    }

    /// <inheritdoc/>
    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        try
        {
            await blobs.DeleteAsync(NameOf(stateName, grainId), grainState.ETag);
            grainState.State = ActivatorUtilities.CreateInstance<T>(services);
            grainState.ETag = null;
            grainState.RecordExists = false;
        }
        catch (BlobConflictException)
        {
            throw Conflict(stateName, grainId, grainState.ETag);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            throw Failed("deleted", stateName, grainId, error);
        }
    }

    private static InconsistentStateException Conflict(string stateName, GrainId grainId, string? etag) => new(
        string.Create(CultureInfo.InvariantCulture, $"The state '{stateName}' of {grainId} was written by somebody else since it was read."),
        "unknown", etag ?? "none");

    private static StorageFailedException Failed(string what, string stateName, GrainId grainId, Exception error) => new(
        string.Create(CultureInfo.InvariantCulture, $"The state '{stateName}' of {grainId} could not be {what}: {error.Message}"), error);

    private static string Escape(string? part) => Uri.EscapeDataString(part ?? string.Empty);
}
