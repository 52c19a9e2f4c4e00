using TorchSharp.Interop;

namespace TorchSharp;

file static class Ops
{
    internal static readonly Op arange_start_step = new("arange", "start_step");
    internal static readonly Op complex = new("complex");
    internal static readonly Op empty_like = new("empty_like");
    internal static readonly Op eye_m = new("eye", "m");
    internal static readonly Op full = new("full");
    internal static readonly Op full_like = new("full_like");
    internal static readonly Op hann_window_periodic = new("hann_window", "periodic");
    internal static readonly Op linspace = new("linspace");
    internal static readonly Op logspace = new("logspace");
    internal static readonly Op ones_like = new("ones_like");
    internal static readonly Op polar = new("polar");
    internal static readonly Op tril_indices = new("tril_indices");
    internal static readonly Op triu_indices = new("triu_indices");
    internal static readonly Op zeros_like = new("zeros_like");
}

public static partial class torch
{
    private static ScalarType TypeOf(Scalar value) => value.Type switch
    {
        ScalarType.Float64 => defaultType,
        ScalarType.ComplexFloat64 => ScalarType.ComplexFloat32,
        var type => type,
    };

    public static Tensor full(long[] size, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finish(Ops.full.Call(size, value, dtype ?? TypeOf(value), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor full(ReadOnlySpan<long> size, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finish(Ops.full.Call(size.ToArray(), value, dtype ?? TypeOf(value), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor full(long size, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finish(Ops.full.Call((long[])[size], value, dtype ?? TypeOf(value), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor full(long rows, long columns, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finish(Ops.full.Call((long[])[rows, columns], value, dtype ?? TypeOf(value), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor full(long dim0, long dim1, long dim2, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finish(Ops.full.Call((long[])[dim0, dim1, dim2], value, dtype ?? TypeOf(value), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor full(long dim0, long dim1, long dim2, long dim3, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finish(Ops.full.Call((long[])[dim0, dim1, dim2, dim3], value, dtype ?? TypeOf(value), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor full(int size, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finish(Ops.full.Call((long[])[size], value, dtype ?? TypeOf(value), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor full(int rows, int columns, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finish(Ops.full.Call((long[])[rows, columns], value, dtype ?? TypeOf(value), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor full(int dim0, int dim1, int dim2, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finish(Ops.full.Call((long[])[dim0, dim1, dim2], value, dtype ?? TypeOf(value), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor full(int dim0, int dim1, int dim2, int dim3, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finish(Ops.full.Call((long[])[dim0, dim1, dim2, dim3], value, dtype ?? TypeOf(value), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor full_like(Tensor input, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finish(Ops.full_like.Call(input, value, dtype, Arg.None, device), requires_grad, names);

    public static Tensor zeros_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finish(Ops.zeros_like.Call(input, dtype, Arg.None, device), requires_grad, names);

    public static Tensor ones_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finish(Ops.ones_like.Call(input, dtype, Arg.None, device), requires_grad, names);

    public static Tensor empty_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finish(Ops.empty_like.Call(input, dtype, Arg.None, device), requires_grad, names);

    public static Tensor arange(Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(0, stop, 1, dtype, device, requires_grad);

    public static Tensor arange(Scalar start, Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(start, stop, 1, dtype, device, requires_grad);

    /// <remarks>Integers give int64, else the default type.</remarks>
    public static Tensor arange(Scalar start, Scalar stop, Scalar step, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
    {
        var type = dtype ?? (start.IsIntegral && stop.IsIntegral && step.IsIntegral ? ScalarType.Int64 : defaultType);
        return Finish(Ops.arange_start_step.Call(start, stop, step, type, Arg.None, device ?? defaultDevice), requires_grad);
    }

    public static Tensor linspace(double start, double end, long steps, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Finish(Ops.linspace.Call(start, end, steps, TypeOr(dtype), Arg.None, device ?? defaultDevice), requires_grad);

    public static Tensor logspace(double start, double end, long steps, double @base = 10, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Finish(Ops.logspace.Call(start, end, steps, @base, TypeOr(dtype), Arg.None, device ?? defaultDevice), requires_grad);

    public static Tensor eye(long rows, long columns = -1, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finish(Ops.eye_m.Call(rows, columns < 0 ? rows : columns, TypeOr(dtype), Arg.None, device ?? defaultDevice), requires_grad, names);

    public static Tensor tril_indices(long row, long col, long offset = 0, ScalarType dtype = ScalarType.Int64, Device? device = null) =>
        Ops.tril_indices.Call(row, col, offset, dtype, Arg.None, device ?? defaultDevice);

    public static Tensor triu_indices(long row, long col, long offset = 0, ScalarType dtype = ScalarType.Int64, Device? device = null) =>
        Ops.triu_indices.Call(row, col, offset, dtype, Arg.None, device ?? defaultDevice);

    public static Tensor hann_window(long len, bool periodic = true, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Finish(Ops.hann_window_periodic.Call(len, periodic, TypeOr(dtype), Arg.None, device ?? defaultDevice), requires_grad);

    public static Tensor complex(Tensor real, Tensor imag) => Ops.complex.Call(real, imag);
    public static Tensor polar(Tensor abs, Tensor angle) => Ops.polar.Call(abs, angle);
}
