using static TorchSharp.torch;

namespace TorchSharp.Interop;

/// <summary>One argument of an operator call. Holds the object alive for the duration of the call.</summary>
internal readonly struct Arg
{
    internal const int TagNone = 0, TagDefault = 1, TagTensor = 2, TagInt = 3, TagDouble = 4, TagBool = 5, TagIntList = 6,
        TagDoubleList = 7, TagBoolList = 8, TagTensorList = 9, TagDevice = 10, TagString = 11, TagGenerator = 12, TagComplex = 13;

    internal readonly object? Reference;
    internal readonly long Payload;
    internal readonly int Tag;
    internal readonly int Count;

    private Arg(int tag, object? reference = null, long payload = 0, int count = 0)
    {
        Tag = tag;
        Reference = reference;
        Payload = payload;
        Count = count;
    }

    /// <summary>Python's None.</summary>
    internal static Arg None => default;

    /// <summary>The default of the operator's schema.</summary>
    internal static Arg Default => new(TagDefault);

    public static implicit operator Arg(Tensor? value) => value is null ? default : new(TagTensor, value);

    public static implicit operator Arg(Scalar? value) => value switch
    {
        null => default,
        { Kind: TagComplex } => new(TagComplex, new[] { value.Complex.Real, value.Complex.Imaginary }),
        _ => new(value.Kind, null, value.Payload),
    };

    public static implicit operator Arg(int value) => new(TagInt, null, value);
    public static implicit operator Arg(long value) => new(TagInt, null, value);
    public static implicit operator Arg(double value) => new(TagDouble, null, BitConverter.DoubleToInt64Bits(value));
    public static implicit operator Arg(float value) => new(TagDouble, null, BitConverter.DoubleToInt64Bits(value));
    public static implicit operator Arg(bool value) => new(TagBool, null, value ? 1 : 0);
    public static implicit operator Arg(long? value) => value is { } v ? v : default(Arg);
    public static implicit operator Arg(int? value) => value is { } v ? v : default(Arg);
    public static implicit operator Arg(double? value) => value is { } v ? v : default(Arg);
    public static implicit operator Arg(bool? value) => value is { } v ? v : default(Arg);
    public static implicit operator Arg(ScalarType value) => new(TagInt, null, (long)value);
    public static implicit operator Arg(ScalarType? value) => value is { } v ? v : default(Arg);
    public static implicit operator Arg(string? value) => value is null ? default : new(TagString, value);
    public static implicit operator Arg(long[]? value) => value is null ? default : new(TagIntList, value);
    public static implicit operator Arg(ReadOnlySpan<long> value) => new(TagIntList, value.ToArray());
    public static implicit operator Arg(double[]? value) => value is null ? default : new(TagDoubleList, value);
    public static implicit operator Arg(bool[]? value) => value is null ? default : new(TagBoolList, value);
    public static implicit operator Arg(Tensor?[]? value) => value is null ? default : new(TagTensorList, value);
    public static implicit operator Arg(Device? value) => value is null ? default : new(TagDevice, null, (long)value.NativeType, value.NativeIndex);
    public static implicit operator Arg(Generator? value) => value is null ? default : new(TagGenerator, value);
}
