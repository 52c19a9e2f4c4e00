using TorchSharp.Interop;

namespace TorchSharp;

file static class Ops
{
    internal static readonly Op empty = new("empty", "memory_format");
    internal static readonly Op ones = new("ones");
    internal static readonly Op zeros = new("zeros");
}

public static partial class torch
{
    /// <summary>Finishes what a factory made: gradient wish and a refusal of named dimensions.</summary>
    private static Tensor Finish(Tensor tensor, bool requires_grad, string[]? names = null)
    {
        if (names is { Length: > 0 })
            throw new NotSupportedException("named dimensions are not supported");
        if (requires_grad)
            tensor.requires_grad = true;
        return tensor;
    }

    private static ScalarType TypeOr(ScalarType? dtype) => dtype ?? defaultType;

    // aten's order of the options that every factory takes: dtype, layout, device, pin_memory.

    public static Tensor zeros(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finish(Ops.zeros.Call(size, TypeOr(dtype), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor zeros(ReadOnlySpan<long> size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finish(Ops.zeros.Call(size.ToArray(), TypeOr(dtype), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor zeros(long size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finish(Ops.zeros.Call((long[])[size], TypeOr(dtype), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor zeros(long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finish(Ops.zeros.Call((long[])[rows, columns], TypeOr(dtype), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor zeros(long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finish(Ops.zeros.Call((long[])[dim0, dim1, dim2], TypeOr(dtype), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor zeros(long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finish(Ops.zeros.Call((long[])[dim0, dim1, dim2, dim3], TypeOr(dtype), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor zeros(int size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finish(Ops.zeros.Call((long[])[size], TypeOr(dtype), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor zeros(int rows, int columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finish(Ops.zeros.Call((long[])[rows, columns], TypeOr(dtype), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor zeros(int dim0, int dim1, int dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finish(Ops.zeros.Call((long[])[dim0, dim1, dim2], TypeOr(dtype), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor zeros(int dim0, int dim1, int dim2, int dim3, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finish(Ops.zeros.Call((long[])[dim0, dim1, dim2, dim3], TypeOr(dtype), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor ones(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finish(Ops.ones.Call(size, TypeOr(dtype), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor ones(ReadOnlySpan<long> size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finish(Ops.ones.Call(size.ToArray(), TypeOr(dtype), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor ones(long size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finish(Ops.ones.Call((long[])[size], TypeOr(dtype), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor ones(long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finish(Ops.ones.Call((long[])[rows, columns], TypeOr(dtype), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor ones(long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finish(Ops.ones.Call((long[])[dim0, dim1, dim2], TypeOr(dtype), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor ones(long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finish(Ops.ones.Call((long[])[dim0, dim1, dim2, dim3], TypeOr(dtype), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor ones(int size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finish(Ops.ones.Call((long[])[size], TypeOr(dtype), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor ones(int rows, int columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finish(Ops.ones.Call((long[])[rows, columns], TypeOr(dtype), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor ones(int dim0, int dim1, int dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finish(Ops.ones.Call((long[])[dim0, dim1, dim2], TypeOr(dtype), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor ones(int dim0, int dim1, int dim2, int dim3, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finish(Ops.ones.Call((long[])[dim0, dim1, dim2, dim3], TypeOr(dtype), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor empty(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finish(Ops.empty.Call(size, TypeOr(dtype), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor empty(ReadOnlySpan<long> size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finish(Ops.empty.Call(size.ToArray(), TypeOr(dtype), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor empty(long size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finish(Ops.empty.Call((long[])[size], TypeOr(dtype), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor empty(long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finish(Ops.empty.Call((long[])[rows, columns], TypeOr(dtype), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor empty(long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finish(Ops.empty.Call((long[])[dim0, dim1, dim2], TypeOr(dtype), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor empty(long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finish(Ops.empty.Call((long[])[dim0, dim1, dim2, dim3], TypeOr(dtype), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor empty(int size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finish(Ops.empty.Call((long[])[size], TypeOr(dtype), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor empty(int rows, int columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finish(Ops.empty.Call((long[])[rows, columns], TypeOr(dtype), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor empty(int dim0, int dim1, int dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finish(Ops.empty.Call((long[])[dim0, dim1, dim2], TypeOr(dtype), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor empty(int dim0, int dim1, int dim2, int dim3, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finish(Ops.empty.Call((long[])[dim0, dim1, dim2, dim3], TypeOr(dtype), Arg.None, device ?? defaultDevice), requires_grad, names);
}
