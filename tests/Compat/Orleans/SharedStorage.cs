using System.Collections.Concurrent;
using Orleans;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Storage;

namespace Darkroom.Tests.Compat.Orleans;

/// <summary>A storage outside of the silos: what it holds survives them, as a blob store does.</summary>
public sealed class SharedStorage(Serializer serializer) : IGrainStorage
{
    private static readonly ConcurrentDictionary<string, (byte[] Bytes, string ETag)> s_records = new();

    /// <summary>Changes the stored ETag, as another writer would.</summary>
    public static void Touch(GrainId grainId)
    {
        foreach (var (key, record) in s_records.Where(r => r.Key.EndsWith(grainId.ToString(), StringComparison.Ordinal)))
            s_records[key] = record with { ETag = Guid.NewGuid().ToString() };
    }

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (s_records.TryGetValue($"{stateName}/{grainId}", out var record))
        {
            grainState.State = serializer.Deserialize<T>(record.Bytes);
            grainState.ETag = record.ETag;
            grainState.RecordExists = true;
        }

        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        Check(stateName, grainId, grainState);
        var etag = Guid.NewGuid().ToString();
        s_records[$"{stateName}/{grainId}"] = (serializer.SerializeToArray(grainState.State), etag);
        grainState.ETag = etag;
        grainState.RecordExists = true;
        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        Check(stateName, grainId, grainState);
        s_records.TryRemove($"{stateName}/{grainId}", out _);
        grainState.ETag = null!;
        grainState.RecordExists = false;
        return Task.CompletedTask;
    }

    private static void Check<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var stored = s_records.TryGetValue($"{stateName}/{grainId}", out var record) ? record.ETag : null;
        if (stored != grainState.ETag)
            throw new InconsistentStateException("somebody else wrote", stored!, grainState.ETag!);
    }
}
