using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Collections.ObjectModel;

namespace Orleans.Serialization;

/// <summary>Finds the codec of a collection type.</summary>
internal static class CollectionCodecs
{
    private static readonly Dictionary<Type, Type> s_definitions = new()
    {
        [typeof(List<>)] = typeof(ListCodec<>),
        [typeof(ImmutableArray<>)] = typeof(ImmutableArrayCodec<>),
        [typeof(Dictionary<,>)] = typeof(DictionaryCodec<,>),
        [typeof(HashSet<>)] = typeof(HashSetCodec<>),
    };

    private static readonly Dictionary<Type, string> s_sequences = new()
    {
        [typeof(Queue<>)] = nameof(Queue),
        [typeof(Stack<>)] = nameof(Stack),
        [typeof(SortedSet<>)] = nameof(SortedSet),
        [typeof(LinkedList<>)] = nameof(LinkedList),
        [typeof(ConcurrentQueue<>)] = nameof(ConcurrentQueue),
        [typeof(Collection<>)] = nameof(Collection),
        [typeof(ReadOnlyCollection<>)] = nameof(ReadOnly),
        [typeof(ImmutableList<>)] = nameof(ImmutableList),
        [typeof(ImmutableHashSet<>)] = nameof(ImmutableHashSet),
        [typeof(ImmutableSortedSet<>)] = nameof(ImmutableSortedSet),
        [typeof(ImmutableQueue<>)] = nameof(ImmutableQueue),
        [typeof(ImmutableStack<>)] = nameof(ImmutableStack),
    };

    private static readonly Dictionary<Type, string> s_maps = new()
    {
        [typeof(SortedDictionary<,>)] = nameof(SortedDictionary),
        [typeof(SortedList<,>)] = nameof(SortedList),
        [typeof(ConcurrentDictionary<,>)] = nameof(ConcurrentDictionary),
        [typeof(ReadOnlyDictionary<,>)] = nameof(ReadOnlyMap),
        [typeof(ImmutableDictionary<,>)] = nameof(ImmutableDictionary),
        [typeof(ImmutableSortedDictionary<,>)] = nameof(ImmutableSortedDictionary),
    };

    public static PayloadCodec? TryCreate(Type type)
    {
        if (type == typeof(byte[]))
            return new ByteArrayCodec();
        if (type.IsSZArray)
            return Create(typeof(ArrayCodec<>).MakeGenericType(type.GetElementType()!));
        if (type.IsArray)
            throw CodecFactory.NotFound(type);
        if (!type.IsGenericType)
            return null;
        var definition = type.GetGenericTypeDefinition();
        var arguments = type.GetGenericArguments();
        if (s_definitions.TryGetValue(definition, out var codec))
            return Create(codec.MakeGenericType(arguments));
        if (s_sequences.TryGetValue(definition, out var sequence))
            return Create(typeof(SequenceCodec<,>).MakeGenericType(type, arguments[0]), Factory(sequence, arguments, type, arguments[0]));
        if (s_maps.TryGetValue(definition, out var map))
        {
            var pair = typeof(KeyValuePair<,>).MakeGenericType(arguments);
            return Create(typeof(SequenceCodec<,>).MakeGenericType(type, pair), Factory(map, arguments, type, pair));
        }

        return null;
    }

    private static PayloadCodec Create(Type codec, params object[] arguments) => (PayloadCodec)Activator.CreateInstance(codec, arguments)!;

    private static Delegate Factory(string name, Type[] arguments, Type collection, Type element) =>
        typeof(CollectionCodecs)
            .GetMethod(name, System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.NonPublic)!
            .MakeGenericMethod(arguments)
            .CreateDelegate(typeof(Func<,>).MakeGenericType(element.MakeArrayType(), collection));

    private static Queue<T> Queue<T>(T[] items) => new(items);

    private static Stack<T> Stack<T>(T[] items) => new(Enumerable.Reverse(items));

    private static SortedSet<T> SortedSet<T>(T[] items) => [.. items];

    private static LinkedList<T> LinkedList<T>(T[] items) => new(items);

    private static ConcurrentQueue<T> ConcurrentQueue<T>(T[] items) => new(items);

    private static Collection<T> Collection<T>(T[] items) => new([.. items]);

    private static ReadOnlyCollection<T> ReadOnly<T>(T[] items) => new([.. items]);

    private static ImmutableList<T> ImmutableList<T>(T[] items) => [.. items];

    private static ImmutableHashSet<T> ImmutableHashSet<T>(T[] items) => [.. items];

    private static ImmutableSortedSet<T> ImmutableSortedSet<T>(T[] items) => [.. items];

    private static ImmutableQueue<T> ImmutableQueue<T>(T[] items) => System.Collections.Immutable.ImmutableQueue.Create(items);

    private static ImmutableStack<T> ImmutableStack<T>(T[] items) => System.Collections.Immutable.ImmutableStack.CreateRange(Enumerable.Reverse(items));

    private static SortedDictionary<TKey, TValue> SortedDictionary<TKey, TValue>(KeyValuePair<TKey, TValue>[] items)
        where TKey : notnull => new(new Dictionary<TKey, TValue>(items));

    private static SortedList<TKey, TValue> SortedList<TKey, TValue>(KeyValuePair<TKey, TValue>[] items)
        where TKey : notnull => new(new Dictionary<TKey, TValue>(items));

    private static ConcurrentDictionary<TKey, TValue> ConcurrentDictionary<TKey, TValue>(KeyValuePair<TKey, TValue>[] items)
        where TKey : notnull => new(items);

    private static ReadOnlyDictionary<TKey, TValue> ReadOnlyMap<TKey, TValue>(KeyValuePair<TKey, TValue>[] items)
        where TKey : notnull => new(new Dictionary<TKey, TValue>(items));

    private static ImmutableDictionary<TKey, TValue> ImmutableDictionary<TKey, TValue>(KeyValuePair<TKey, TValue>[] items)
        where TKey : notnull => System.Collections.Immutable.ImmutableDictionary.CreateRange(items);

    private static ImmutableSortedDictionary<TKey, TValue> ImmutableSortedDictionary<TKey, TValue>(KeyValuePair<TKey, TValue>[] items)
        where TKey : notnull => System.Collections.Immutable.ImmutableSortedDictionary.CreateRange(items);
}
