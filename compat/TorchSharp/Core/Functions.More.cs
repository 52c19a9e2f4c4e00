using TorchSharp.Interop;

namespace TorchSharp;

file static class Ops
{
    internal static readonly Op combinations = new("combinations");
    internal static readonly Op movedim_int = new("movedim", "int");
    internal static readonly Op result_type_Tensor = new("result_type", "Tensor");
}

public static partial class torch
{
    public static Tensor softmax(Tensor input, int dim, ScalarType? dtype = null) => input.softmax(dim, dtype);
    public static Tensor movedim(Tensor input, long source, long destination) => Ops.movedim_int.Call(input, source, destination);
    public static Tensor real(Tensor input) => input.real;
    public static Tensor imag(Tensor input) => input.imag;
    public static Tensor norm(Tensor input) => input.norm();
    public static Tensor bincount(Tensor input, Tensor? weights = null, long minlength = 0) => input.bincount(weights, minlength);
    public static Tensor combinations(Tensor input, int r = 2, bool with_replacement = false) => Ops.combinations.Call(input, r, with_replacement);
    public static ScalarType promote_types(ScalarType type1, ScalarType type2)
    {
        using var a = zeros([1], type1);
        using var b = zeros([1], type2);
        return result_type(a, b);
    }

    public static ScalarType result_type(Tensor tensor1, Tensor tensor2) => (ScalarType)Ops.result_type_Tensor.CallLong(tensor1, tensor2);

    public static FInfo finfo() => finfo(defaultType);

    /// <summary>The limits of a floating-point type, as in Python's torch.finfo.</summary>
    public static FInfo finfo(ScalarType dtype) => dtype switch
    {
        ScalarType.Float64 => new() { bits = 64, eps = Math.Pow(2, -52), max = double.MaxValue, min = double.MinValue, tiny = Math.Pow(2, -1022), smallest_normal = Math.Pow(2, -1022), resolution = 1e-15 },
        ScalarType.Float32 => new() { bits = 32, eps = Math.Pow(2, -23), max = float.MaxValue, min = float.MinValue, tiny = Math.Pow(2, -126), smallest_normal = Math.Pow(2, -126), resolution = 1e-6 },
        ScalarType.Float16 => new() { bits = 16, eps = Math.Pow(2, -10), max = 65504, min = -65504, tiny = Math.Pow(2, -14), smallest_normal = Math.Pow(2, -14), resolution = 1e-3 },
        ScalarType.BFloat16 => new() { bits = 16, eps = Math.Pow(2, -7), max = BFloat16.MaxValue.ToSingle(), min = BFloat16.MinValue.ToSingle(), tiny = Math.Pow(2, -126), smallest_normal = Math.Pow(2, -126), resolution = 1e-2 },
        _ => throw new ArgumentException($"finfo needs a floating-point type, not {dtype}"),
    };

    public struct FInfo
    {
        public int bits;
        public double eps;
        public double max;
        public double min;
        public double smallest_normal;
        public double tiny;
        public double resolution;
    }
}
