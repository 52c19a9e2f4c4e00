namespace Orleans.Serialization;

/// <summary>Copies values as a grain call does.</summary>
public sealed class DeepCopier
{
    internal DeepCopier()
    {
    }

    public DeepCopier<T> GetCopier<T>() => new();

    public T Copy<T>(T value) => ValueCodec.Of<T>().Copy(value, new CopyContext())!;
}

/// <inheritdoc cref="DeepCopier"/>
public sealed class DeepCopier<T>
{
    private readonly ValueCodec<T> _codec = ValueCodec.Of<T>();

    internal DeepCopier()
    {
    }

    public T Copy(T value) => _codec.Copy(value, new CopyContext())!;
}
