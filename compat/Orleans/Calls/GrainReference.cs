namespace Orleans.Runtime;

/// <summary>Stands for a grain wherever it is. Emitted proxies derive from it and add the methods of one interface.</summary>
public class GrainReference : IAddressable, IEquatable<GrainReference>
{
    internal GrainReference(GrainId id, InterfaceModel model, Node origin)
    {
        GrainId = id;
        Model = model;
        Origin = origin;
    }

    public GrainId GrainId { get; }

    public GrainInterfaceType InterfaceType => Model.Name;

    public virtual string InterfaceName => Model.Name.ToString();

    internal InterfaceModel Model { get; }

    // The silo or client that made the reference: it sends the calls made outside any grain.
    internal Node Origin { get; }

    public static bool operator ==(GrainReference? reference1, GrainReference? reference2) =>
        reference1?.Equals(reference2) ?? reference2 is null;

    public static bool operator !=(GrainReference? reference1, GrainReference? reference2) => !(reference1 == reference2);

    public virtual TGrainInterface Cast<TGrainInterface>()
        where TGrainInterface : IAddressable => (TGrainInterface)CastTo(typeof(TGrainInterface));

    public bool Equals(GrainReference? other) => ReferenceEquals(this, other) || (other is not null && GrainId == other.GrainId);

    public override bool Equals(object? obj) => Equals(obj as GrainReference);

    public override int GetHashCode() => GrainId.GetHashCode();

    public uint GetUniformHashCode() => GrainId.GetUniformHashCode();

    public override string ToString() => $"GrainReference:{GrainId}";

    internal object CastTo(Type interfaceType) =>
        interfaceType.IsInstanceOfType(this) ? this : InterfaceModel.Of(interfaceType).CreateReference(GrainId, Origin);

    internal Task InvokeTask(int method, Type[]? typeArguments, object?[] arguments) =>
        Start<Nothing>(method, typeArguments, arguments);

    internal Task<T> InvokeTaskOf<T>(int method, Type[]? typeArguments, object?[] arguments) =>
        Start<T>(method, typeArguments, arguments);

    internal ValueTask InvokeValueTask(int method, Type[]? typeArguments, object?[] arguments) =>
        new(Start<Nothing>(method, typeArguments, arguments));

    internal ValueTask<T> InvokeValueTaskOf<T>(int method, Type[]? typeArguments, object?[] arguments) =>
        new(Start<T>(method, typeArguments, arguments));

    internal void InvokeVoid(int method, Type[]? typeArguments, object?[] arguments) =>
        _ = Start<Nothing>(method, typeArguments, arguments);

    internal IAsyncEnumerable<T> InvokeStream<T>(int method, Type[]? typeArguments, object?[] arguments) =>
        new RemoteEnumerable<T>(this, Model.Methods[method].Close(typeArguments), arguments);

    private Task<T> Start<T>(int method, Type[]? typeArguments, object?[] arguments) =>
        CallSender.Send<T>(this, Model.Methods[method].Close(typeArguments), arguments);
}

/// <summary>The result of a method that returns none.</summary>
internal readonly struct Nothing;
