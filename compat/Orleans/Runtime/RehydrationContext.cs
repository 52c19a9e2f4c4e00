using System.Diagnostics.CodeAnalysis;
using Orleans.Serialization;

namespace Orleans.Runtime;

/// <summary>What an activation takes along to the next silo: bytes, as if it went over a wire.</summary>
internal sealed class RehydrationContext(Serializer serializer) : IDehydrationContext, IRehydrationContext
{
    private readonly Dictionary<string, byte[]> _values = new(StringComparer.Ordinal);

    public IEnumerable<string> Keys => _values.Keys;

    public bool TryAddValue<T>(string key, T? value) =>
        serializer.CanSerialize<T>() && _values.TryAdd(key, serializer.SerializeToArray(value));

    public bool TryGetValue<T>(string key, [MaybeNullWhen(false)] out T value)
    {
        if (!_values.TryGetValue(key, out var bytes))
        {
            value = default;
            return false;
        }

        value = serializer.Deserialize<T>(bytes);
        return true;
    }
}
