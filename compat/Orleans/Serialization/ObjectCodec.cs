using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Orleans.Serialization;

/// <summary>A type that consists of its members.</summary>
internal sealed class ObjectCodec<T> : PayloadCodec<T>
    where T : notnull
{
    private readonly TypePlan<T> _plan = new();
    private readonly Func<T> _create = Creator();
    private bool? _isShallow;

    public override bool IsShallow => _isShallow ??= FindShallow();

    public override T Copy(T value, CopyContext context)
    {
        var copy = _create();
        if (!typeof(T).IsValueType)
            context.Add(value, copy);
        _plan.CopyMembers(ref value, ref copy, context);
        return copy;
    }

    public override void Write(ByteWriter writer, T value) => _plan.WriteMembers(writer, ref value);

    public override T Read(ByteReader reader, uint? id)
    {
        var value = _create();
        if (id is not null)
            reader.Add(id.Value, value);
        _plan.ReadMembers(reader, ref value);
        return value;
    }

    internal static Func<T> Creator()
    {
        if (typeof(T).IsValueType)
            return static () => default!;
        var constructor = typeof(T).GetConstructor(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, Type.EmptyTypes);
        return constructor is null
            ? static () => (T)RuntimeHelpers.GetUninitializedObject(typeof(T))
            : Expression.Lambda<Func<T>>(Expression.New(constructor)).Compile();
    }

    private bool FindShallow()
    {
        if (typeof(T).IsDefined(typeof(ImmutableAttribute), false))
            return true;
        if (typeof(T).IsGenericType && typeof(T).GetGenericTypeDefinition() == typeof(Concurrency.Immutable<>))
            return true;

        // A value type is copied by assignment if nothing in it can change. A member of its own type gets the answer "so far yes".
        if (!typeof(T).IsValueType)
            return false;
        _isShallow = true;
        return _plan.Levels.All(l => l.All(m => m.IsShallow));
    }
}

/// <summary>A foreign type that is written as a surrogate of ours.</summary>
internal sealed class SurrogateCodec<T, TSurrogate, TConverter> : PayloadCodec<T>
    where T : notnull
    where TSurrogate : struct
    where TConverter : IConverter<T, TSurrogate>, new()
{
    private readonly TConverter _converter = new();
    private readonly PayloadCodec<TSurrogate> _surrogate = CodecFactory.Of<TSurrogate>();

    public override bool IsShallow => false;

    public override T Copy(T value, CopyContext context)
    {
        var surrogate = _surrogate.Copy(_converter.ConvertToSurrogate(in value), context);
        var copy = _converter.ConvertFromSurrogate(in surrogate);
        if (!typeof(T).IsValueType)
            context.Add(value, copy);
        return copy;
    }

    public override void Write(ByteWriter writer, T value) => _surrogate.Write(writer, _converter.ConvertToSurrogate(in value));

    public override T Read(ByteReader reader, uint? id)
    {
        var surrogate = _surrogate.Read(reader, null);
        var value = _converter.ConvertFromSurrogate(in surrogate);
        if (id is not null)
            reader.Add(id.Value, value);
        return value;
    }
}
