using TorchSharp.Interop;

namespace TorchSharp;

file static class Ops
{
    internal static readonly Op rand_generator = new("rand", "generator");
    internal static readonly Op rand_like = new("rand_like");
    internal static readonly Op randn_generator = new("randn", "generator");
    internal static readonly Op randn_like = new("randn_like");
}

public static partial class torch
{
    public static Tensor rand(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        Finish(Ops.rand_generator.Call(size, generator, TypeOr(dtype), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor rand(ReadOnlySpan<long> size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        Finish(Ops.rand_generator.Call(size.ToArray(), generator, TypeOr(dtype), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor rand(long size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        Finish(Ops.rand_generator.Call((long[])[size], generator, TypeOr(dtype), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor rand(long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        Finish(Ops.rand_generator.Call((long[])[rows, columns], generator, TypeOr(dtype), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor rand(long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        Finish(Ops.rand_generator.Call((long[])[dim0, dim1, dim2], generator, TypeOr(dtype), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor rand(long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        Finish(Ops.rand_generator.Call((long[])[dim0, dim1, dim2, dim3], generator, TypeOr(dtype), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor rand(int size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        Finish(Ops.rand_generator.Call((long[])[size], generator, TypeOr(dtype), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor rand(int rows, int columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        Finish(Ops.rand_generator.Call((long[])[rows, columns], generator, TypeOr(dtype), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor rand(int dim0, int dim1, int dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        Finish(Ops.rand_generator.Call((long[])[dim0, dim1, dim2], generator, TypeOr(dtype), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor rand(int dim0, int dim1, int dim2, int dim3, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        Finish(Ops.rand_generator.Call((long[])[dim0, dim1, dim2, dim3], generator, TypeOr(dtype), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor randn(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        Finish(Ops.randn_generator.Call(size, generator, TypeOr(dtype), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor randn(ReadOnlySpan<long> size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        Finish(Ops.randn_generator.Call(size.ToArray(), generator, TypeOr(dtype), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor randn(long size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        Finish(Ops.randn_generator.Call((long[])[size], generator, TypeOr(dtype), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor randn(long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        Finish(Ops.randn_generator.Call((long[])[rows, columns], generator, TypeOr(dtype), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor randn(long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        Finish(Ops.randn_generator.Call((long[])[dim0, dim1, dim2], generator, TypeOr(dtype), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor randn(long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        Finish(Ops.randn_generator.Call((long[])[dim0, dim1, dim2, dim3], generator, TypeOr(dtype), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor randn(int size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        Finish(Ops.randn_generator.Call((long[])[size], generator, TypeOr(dtype), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor randn(int rows, int columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        Finish(Ops.randn_generator.Call((long[])[rows, columns], generator, TypeOr(dtype), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor randn(int dim0, int dim1, int dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        Finish(Ops.randn_generator.Call((long[])[dim0, dim1, dim2], generator, TypeOr(dtype), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor randn(int dim0, int dim1, int dim2, int dim3, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        Finish(Ops.randn_generator.Call((long[])[dim0, dim1, dim2, dim3], generator, TypeOr(dtype), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor rand_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Finish(Ops.rand_like.Call(input, dtype, Arg.None, device), requires_grad);

    public static Tensor randn_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Finish(Ops.randn_like.Call(input, dtype, Arg.None, device), requires_grad);
}
