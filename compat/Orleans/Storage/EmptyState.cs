using Orleans.Serialization;

namespace Orleans.Storage;

/// <summary>What a state is before anything was stored: an object as the serializer makes it, without a constructor's arguments.</summary>
internal static class EmptyState<TState>
{
    public static readonly Func<TState> Create = typeof(TState).IsValueType || typeof(TState).IsAbstract || typeof(TState) == typeof(string)
        ? static () => default!
        : typeof(TState).IsArray
            ? static () => (TState)(object)Array.CreateInstance(typeof(TState).GetElementType()!, 0)
            : (Func<TState>)typeof(ObjectCodec<>).MakeGenericType(typeof(TState))
                .GetMethod("Creator", System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.NonPublic)!
                .Invoke(null, null)!;
}
