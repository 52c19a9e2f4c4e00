using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using Orleans.Runtime;

namespace Orleans.Serialization;

/// <summary>Finds the codec of a concrete type.</summary>
internal static class CodecFactory
{
    private static readonly ConcurrentDictionary<Type, PayloadCodec> s_codecs = new(BuiltInCodecs.All);

    public static PayloadCodec Of(Type type) => s_codecs.TryGetValue(type, out var codec) ? codec : s_codecs.GetOrAdd(type, Create(type));

    public static PayloadCodec<T> Of<T>()
        where T : notnull => (PayloadCodec<T>)Of(typeof(T));

    public static bool Exists(Type type)
    {
        try
        {
            ValueCodec.Of(type);
            return true;
        }
        catch (CodecNotFoundException)
        {
            return false;
        }
    }

    public static CodecNotFoundException NotFound(Type type) => new(
        $"Could not find a codec for type {type}. Types that cross a grain call or are stored need [GenerateSerializer], "
        + "and [Id(n)] on each member to keep.");

    private static PayloadCodec Create(Type type)
    {
        if (type.IsEnum)
            return Make(typeof(EnumCodec<,>), type, Enum.GetUnderlyingType(type));
        if (typeof(GrainReference).IsAssignableFrom(type))
            return Of(typeof(GrainReference));
        if (ApplicationParts.ConverterOf(type) is var (converter, surrogate) && converter is not null)
            return Make(typeof(SurrogateCodec<,,>), type, surrogate!, converter);
        if (CollectionCodecs.TryCreate(type) is { } collection)
            return collection;
        if (typeof(Exception).IsAssignableFrom(type) && (type.IsDefined(typeof(GenerateSerializerAttribute), false) || IsKnownException(type)))
            return Make(typeof(ExceptionCodec<>), type);
        if (typeof(ITuple).IsAssignableFrom(type) || IsGeneric(type, typeof(KeyValuePair<,>)) || IsGeneric(type, typeof(Concurrency.Immutable<>)))
            return Make(typeof(ObjectCodec<>), type);
        if (type.IsDefined(typeof(GenerateSerializerAttribute), false) && !type.IsAbstract)
            return Make(typeof(ObjectCodec<>), type);
        throw NotFound(type);
    }

    // Orleans' rule (ExceptionSerializationOptions): by namespace.
    private static bool IsKnownException(Type type) => type.Namespace is { } name
        && (name.StartsWith("System", StringComparison.Ordinal) || name.StartsWith("Microsoft", StringComparison.Ordinal)
            || name.StartsWith("Azure", StringComparison.Ordinal) || name.StartsWith("Orleans", StringComparison.Ordinal));

    private static bool IsGeneric(Type type, Type definition) => type.IsGenericType && type.GetGenericTypeDefinition() == definition;

    private static PayloadCodec Make(Type definition, params Type[] arguments)
    {
        try
        {
            return (PayloadCodec)Activator.CreateInstance(definition.MakeGenericType(arguments), true)!;
        }
        catch (TargetInvocationException exception) when (exception.InnerException is SerializerException inner)
        {
            throw new CodecNotFoundException(inner.Message);
        }
    }
}
