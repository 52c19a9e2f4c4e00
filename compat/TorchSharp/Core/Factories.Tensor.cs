using TorchSharp.Interop;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp.Utils;

namespace TorchSharp;

file static class Ops
{
    internal static readonly Op empty_memory_format = new("empty", "memory_format");
}

public static partial class torch
{
    /// <summary>A new tensor with its own copy of the elements.</summary>
    private static Tensor FromElements<T>(ReadOnlySpan<T> elements, ReadOnlySpan<long> dimensions, ScalarType? dtype, Device? device, bool requires_grad, string[]? names) where T : unmanaged
    {
        var natural = ElementTypes.Of(typeof(T))!.Value;
        var type = dtype ?? natural;
        long count = 1;
        foreach (long d in dimensions)
            count *= d;
        if (count != elements.Length)
            throw new ArgumentException($"mismatched total size creating a tensor from an array: {elements.Length} elements for the shape [{string.Join(", ", dimensions.ToArray())}]");
        var target = device ?? defaultDevice;
        var tensor = Ops.empty_memory_format.Call(dimensions, natural, Arg.None, CPU);
        MemoryMarshal.AsBytes(elements).CopyTo(tensor.Bytes());
        if (type != natural || target is not null and not { type: DeviceType.CPU })
        {
            var moved = target is null ? tensor.to(type) : tensor.to(type, target);
            tensor.Dispose();
            tensor = moved;
        }
        return Finish(tensor, requires_grad, names);
    }

    private static Tensor FromArray<T>(Array array, ScalarType? dtype, Device? device, bool requires_grad, string[]? names) where T : unmanaged
    {
        Span<long> dimensions = stackalloc long[array.Rank];
        for (int i = 0; i < array.Rank; i++)
            dimensions[i] = array.GetLength(i);
        return FromElements<T>(ElementsOf<T>(array), dimensions, dtype, device, requires_grad, names);
    }

    private static ReadOnlySpan<T> ElementsOf<T>(Array array) where T : unmanaged =>
        MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(array)), array.Length);

    private static ReadOnlySpan<T> Elements<T>(IList<T> list) => list is T[] array ? array : list.ToArray();

    public static Tensor tensor(byte scalar, Device? device = null, bool requires_grad = false) => FromElements([scalar], [], null, device, requires_grad, null);
    public static Tensor tensor(sbyte scalar, Device? device = null, bool requires_grad = false) => FromElements([scalar], [], null, device, requires_grad, null);
    public static Tensor tensor(short scalar, Device? device = null, bool requires_grad = false) => FromElements([scalar], [], null, device, requires_grad, null);
    public static Tensor tensor(int scalar, Device? device = null, bool requires_grad = false) => FromElements([scalar], [], null, device, requires_grad, null);
    public static Tensor tensor(long scalar, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => FromElements([scalar], [], dtype, device, requires_grad, null);
    public static Tensor tensor(bool scalar, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => FromElements([scalar], [], dtype, device, requires_grad, null);
    public static Tensor tensor(float scalar, Device? device = null, bool requires_grad = false) => FromElements([scalar], [], null, device, requires_grad, null);
    public static Tensor tensor(double scalar, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => FromElements([scalar], [], dtype, device, requires_grad, null);
    public static Tensor tensor(BFloat16 scalar, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => FromElements([scalar], [], dtype, device, requires_grad, null);
}
