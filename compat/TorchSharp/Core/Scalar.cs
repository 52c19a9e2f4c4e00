using System.Numerics;
using TorchSharp.Interop;
using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>A number that an operator takes beside tensors: an integer, a real, a complex number or a truth value.</summary>
public sealed class Scalar : IDisposable
{
    /// <summary>One of Arg.TagInt, TagDouble, TagBool, TagComplex.</summary>
    internal readonly int Kind;
    internal readonly long Payload;
    internal readonly Complex Complex;

    private Scalar(int kind, long payload, Complex complex = default)
    {
        Kind = kind;
        Payload = payload;
        Complex = complex;
    }

    internal static Scalar FromNative(int tag, long payload) => tag is Arg.TagInt or Arg.TagDouble or Arg.TagBool
        ? new(tag, payload)
        : throw new NotSupportedException("the operator returned a number that is neither an integer, a real nor a truth value");

    public ScalarType Type => Kind switch
    {
        Arg.TagInt => ScalarType.Int64,
        Arg.TagBool => ScalarType.Bool,
        Arg.TagComplex => ScalarType.ComplexFloat64,
        _ => ScalarType.Float64,
    };

    internal bool IsIntegral => Kind is Arg.TagInt or Arg.TagBool;

    internal long AsInt64 => Kind switch
    {
        Arg.TagDouble => checked((long)BitConverter.Int64BitsToDouble(Payload)),
        Arg.TagComplex => checked((long)Complex.Real),
        _ => Payload,
    };

    internal double AsDouble => Kind switch
    {
        Arg.TagDouble => BitConverter.Int64BitsToDouble(Payload),
        Arg.TagComplex => Complex.Real,
        _ => Payload,
    };

    internal Complex AsComplex => Kind == Arg.TagComplex ? Complex : new Complex(AsDouble, 0);

    private static Scalar Integer(long value) => new(Arg.TagInt, value);
    private static Scalar Real(double value) => new(Arg.TagDouble, BitConverter.DoubleToInt64Bits(value));

    public static implicit operator Scalar(byte value) => Integer(value);
    public static implicit operator Scalar(sbyte value) => Integer(value);
    public static implicit operator Scalar(short value) => Integer(value);
    public static implicit operator Scalar(int value) => Integer(value);
    public static implicit operator Scalar(long value) => Integer(value);
    public static implicit operator Scalar(Half value) => Real((double)value);
    public static implicit operator Scalar(BFloat16 value) => Real(value.ToSingle());
    public static implicit operator Scalar(float value) => Real(value);
    public static implicit operator Scalar(double value) => Real(value);
    public static implicit operator Scalar(bool value) => new(Arg.TagBool, value ? 1 : 0);
    public static implicit operator Scalar((float, float) value) => new(Arg.TagComplex, 0, new Complex(value.Item1, value.Item2));
    public static implicit operator Scalar(Complex value) => new(Arg.TagComplex, 0, value);

    /// <summary>Nothing is held: a scalar here is a managed value.</summary>
    public void Dispose()
    {
    }

    public override string ToString() => Kind switch
    {
        Arg.TagBool => Payload != 0 ? "True" : "False",
        Arg.TagInt => Payload.ToString(System.Globalization.CultureInfo.InvariantCulture),
        Arg.TagComplex => Complex.ToString(),
        _ => AsDouble.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };
}
