using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Reflection;
using Orleans.Concurrency;
using Orleans.Serialization;

namespace Orleans.Runtime;

internal enum ReturnKind
{
    None,
    Task,
    TaskOf,
    ValueTask,
    ValueTaskOf,
    Stream,
}

/// <summary>One method of a grain interface: how to copy its arguments, call it and await it.</summary>
internal sealed class MethodModel
{
    private readonly ConcurrentDictionary<TypeList, MethodModel>? _closed;
    private readonly ParameterInfo[] _parameters;
    private ValueCodec?[]? _copiers;
    private Func<object, object?[], object?>? _invoker;

    public MethodModel(InterfaceModel owner, MethodInfo method)
    {
        Owner = owner;
        Method = method;
        _parameters = method.GetParameters();
        if (_parameters.FirstOrDefault(p => p.ParameterType.IsByRef) is { } byRef)
            throw new ArgumentException($"Parameter '{byRef.Name}' of {owner.Type}.{method.Name} is passed by reference, which a grain call cannot do.");
        (Kind, ResultType) = KindOf(method);
        IsOneWay = Kind == ReturnKind.None || method.IsDefined(typeof(OneWayAttribute));
        IsAlwaysInterleave = method.IsDefined(typeof(AlwaysInterleaveAttribute));
        IsReadOnly = method.IsDefined(typeof(ReadOnlyAttribute));
        Timeout = (method.GetCustomAttribute<ResponseTimeoutAttribute>() ?? owner.Type.GetCustomAttribute<ResponseTimeoutAttribute>())?.Timeout;
        CancellationIndex = Array.FindIndex(_parameters, p => p.ParameterType == typeof(CancellationToken));
        ActivityName = $"{owner.Type.Name}/{method.Name}";
        if (method.IsGenericMethodDefinition)
            _closed = new();
    }

    public InterfaceModel Owner { get; }

    public MethodInfo Method { get; }

    public ReturnKind Kind { get; }

    public Type? ResultType { get; }

    public bool IsOneWay { get; }

    public bool IsAlwaysInterleave { get; }

    public bool IsReadOnly { get; }

    public TimeSpan? Timeout { get; }

    /// <summary>Gets the position of the CancellationToken parameter, or -1.</summary>
    public int CancellationIndex { get; }

    public string ActivityName { get; }

    /// <summary>Gets the method that calls the interface method on a grain.</summary>
    public Func<object, object?[], object?> Invoker => _invoker ??= CompileInvoker();

    public MethodModel Close(Type[]? typeArguments) =>
        typeArguments is null
            ? this
            : _closed!.GetOrAdd(new TypeList(typeArguments), key => new MethodModel(Owner, Method.MakeGenericMethod(key.Types)));

    /// <summary>Copies the arguments as they would be on another machine; throws where a type lacks a codec.</summary>
    public object?[] CopyArguments(object?[] arguments)
    {
        var copiers = _copiers ??= MakeCopiers();
        object?[]? copy = null;
        CopyContext? context = null;
        for (var i = 0; i < arguments.Length; i++)
        {
            if (copiers[i] is not { } codec || arguments[i] is null)
                continue;
            copy ??= (object?[])arguments.Clone();
            copy[i] = codec.CopyObject(arguments[i], context ??= new CopyContext());
        }

        // The caller's array was made by the proxy for this call: it may be kept.
        return copy ?? arguments;
    }

    private static (ReturnKind Kind, Type? Result) KindOf(MethodInfo method)
    {
        var type = method.ReturnType;
        if (type == typeof(void))
            return (ReturnKind.None, null);
        if (type == typeof(Task))
            return (ReturnKind.Task, null);
        if (type == typeof(ValueTask))
            return (ReturnKind.ValueTask, null);
        var definition = type.IsGenericType ? type.GetGenericTypeDefinition() : null;
        if (definition == typeof(Task<>))
            return (ReturnKind.TaskOf, type.GetGenericArguments()[0]);
        if (definition == typeof(ValueTask<>))
            return (ReturnKind.ValueTaskOf, type.GetGenericArguments()[0]);
        if (definition == typeof(IAsyncEnumerable<>))
            return (ReturnKind.Stream, type.GetGenericArguments()[0]);
        throw new ArgumentException(
            $"{method.DeclaringType}.{method.Name} returns {type}. A grain method returns void, Task, Task<T>, ValueTask, ValueTask<T> or IAsyncEnumerable<T>.");
    }

    private ValueCodec?[] MakeCopiers()
    {
        var copiers = new ValueCodec?[_parameters.Length];
        for (var i = 0; i < copiers.Length; i++)
        {
            var type = _parameters[i].ParameterType;
            if (type == typeof(CancellationToken) || _parameters[i].IsDefined(typeof(ImmutableAttribute)))
                continue;
            var codec = ValueCodec.Of(type);
            copiers[i] = codec.IsShallow ? null : codec;
        }

        return copiers;
    }

    private Func<object, object?[], object?> CompileInvoker()
    {
        var target = Expression.Parameter(typeof(object));
        var arguments = Expression.Parameter(typeof(object?[]));
        var values = _parameters.Select((p, i) => Expression.Convert(Expression.ArrayIndex(arguments, Expression.Constant(i)), p.ParameterType));
        Expression call = Expression.Call(Expression.Convert(target, Method.DeclaringType!), Method, values);
        call = Kind == ReturnKind.None
            ? Expression.Block(call, Expression.Constant(null, typeof(object)))
            : Expression.Convert(call, typeof(object));
        return Expression.Lambda<Func<object, object?[], object?>>(call, target, arguments).Compile();
    }

    private readonly struct TypeList(Type[] types) : IEquatable<TypeList>
    {
        public Type[] Types => types;

        public bool Equals(TypeList other) => types.AsSpan().SequenceEqual(other.Types);

        public override bool Equals(object? obj) => obj is TypeList other && Equals(other);

        public override int GetHashCode() => types.Aggregate(17, HashCode.Combine);
    }
}
