using Orleans.Runtime;
using Orleans.Serialization;

namespace Orleans.Storage;

/// <summary>
/// Keeps states in the memory of grains, as Orleans does: what a killed silo held is gone. States are kept as bytes, so that
/// a state which cannot be serialized fails here as it would on a disk.
/// </summary>
internal sealed class MemoryGrainStorage(string name, int grains, IGrainFactory factory, Serializer serializer) : IGrainStorage
{
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var record = await GrainFor(grainId).ReadAsync(Key(stateName, grainId));
        grainState.State = record is null ? default! : serializer.Deserialize<T>(record.Bytes);
        grainState.ETag = record?.ETag;
        grainState.RecordExists = record is not null;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var bytes = serializer.SerializeToArray(grainState.State);
        grainState.ETag = await GrainFor(grainId).WriteAsync(Key(stateName, grainId), bytes, grainState.ETag);
        grainState.RecordExists = true;
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await GrainFor(grainId).DeleteAsync(Key(stateName, grainId), grainState.ETag);
        grainState.ETag = null;
        grainState.RecordExists = false;
        grainState.State = EmptyState<T>.Create();
    }

    private static string Key(string stateName, GrainId grainId) => $"{stateName}/{grainId}";

    private IMemoryStorageGrain GrainFor(GrainId grainId) =>
        factory.GetGrain<IMemoryStorageGrain>(grainId.GetUniformHashCode() % (uint)grains, name);
}

/// <summary>Holds a share of the states of one memory storage.</summary>
internal interface IMemoryStorageGrain : IGrainWithIntegerCompoundKey
{
    Task<MemoryRecord?> ReadAsync(string key);

    Task<string> WriteAsync(string key, [Immutable] byte[] bytes, string? etag);

    Task DeleteAsync(string key, string? etag);
}

[GenerateSerializer]
[Immutable]
internal sealed record MemoryRecord(byte[] Bytes, string ETag);

[KeepAlive]
[GrainType("sys.memorystorage")]
internal sealed class MemoryStorageGrain : Grain, IMemoryStorageGrain
{
    private readonly Dictionary<string, MemoryRecord> _records = new(StringComparer.Ordinal);
    private long _lastEtag;

    public Task<MemoryRecord?> ReadAsync(string key) => Task.FromResult(_records.GetValueOrDefault(key));

    public Task<string> WriteAsync(string key, byte[] bytes, string? etag)
    {
        Check(key, etag);
        var record = new MemoryRecord(bytes, $"{Environment.TickCount64:x}-{++_lastEtag}");
        _records[key] = record;
        return Task.FromResult(record.ETag);
    }

    public Task DeleteAsync(string key, string? etag)
    {
        Check(key, etag);
        _records.Remove(key);
        return Task.CompletedTask;
    }

    private void Check(string key, string? etag)
    {
        var stored = _records.GetValueOrDefault(key)?.ETag;
        if (stored != etag)
            throw new InconsistentStateException($"State '{key}' was changed since it was read.", stored, etag) { IsSourceActivation = false };
    }
}
