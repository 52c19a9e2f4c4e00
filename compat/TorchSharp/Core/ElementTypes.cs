using System.Numerics;
using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace TorchSharp.Utils;

/// <summary>Which .NET type holds an element of which tensor type.</summary>
internal static class ElementTypes
{
    internal static ScalarType? Of(Type type) =>
        type == typeof(float) ? ScalarType.Float32
        : type == typeof(double) ? ScalarType.Float64
        : type == typeof(byte) ? ScalarType.Byte
        : type == typeof(sbyte) ? ScalarType.Int8
        : type == typeof(short) ? ScalarType.Int16
        : type == typeof(int) ? ScalarType.Int32
        : type == typeof(long) ? ScalarType.Int64
        : type == typeof(bool) ? ScalarType.Bool
        : type == typeof(Half) ? ScalarType.Float16
        : type == typeof(BFloat16) ? ScalarType.BFloat16
        : type == typeof(Complex) ? ScalarType.ComplexFloat64
        : type == typeof((float, float)) ? ScalarType.ComplexFloat32
        : null;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Check<T>(ScalarType actual)
    {
        if (Of(typeof(T)) != actual)
            throw new ArgumentException($"{typeof(T).Name} is not the element type of a tensor of {actual}.");
    }
}
