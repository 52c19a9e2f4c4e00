using TorchSharp.Interop;

namespace TorchSharp;

file static class Ops
{
    internal static readonly Op all = new("all");
    internal static readonly Op all_dim = new("all", "dim");
    internal static readonly Op amax = new("amax");
    internal static readonly Op amax_out = new("amax", "out");
    internal static readonly Op amin = new("amin");
    internal static readonly Op amin_out = new("amin", "out");
    internal static readonly Op aminmax = new("aminmax");
    internal static readonly Op any = new("any");
    internal static readonly Op any_dim = new("any", "dim");
    internal static readonly Op argmax = new("argmax");
    internal static readonly Op argmin = new("argmin");
    internal static readonly Op count_nonzero = new("count_nonzero");
    internal static readonly Op count_nonzero_dim_IntList = new("count_nonzero", "dim_IntList");
    internal static readonly Op cummax = new("cummax");
    internal static readonly Op cummin = new("cummin");
    internal static readonly Op cumprod = new("cumprod");
    internal static readonly Op cumsum = new("cumsum");
    internal static readonly Op diff = new("diff");
    internal static readonly Op dist = new("dist");
    internal static readonly Op logcumsumexp = new("logcumsumexp");
    internal static readonly Op logsumexp = new("logsumexp");
    internal static readonly Op max = new("max");
    internal static readonly Op max_dim = new("max", "dim");
    internal static readonly Op max_other = new("max", "other");
    internal static readonly Op mean = new("mean");
    internal static readonly Op mean_dim = new("mean", "dim");
    internal static readonly Op median = new("median");
    internal static readonly Op min = new("min");
    internal static readonly Op min_dim = new("min", "dim");
    internal static readonly Op min_other = new("min", "other");
    internal static readonly Op mode = new("mode");
    internal static readonly Op nanmean = new("nanmean");
    internal static readonly Op nanmedian = new("nanmedian");
    internal static readonly Op nansum = new("nansum");
    internal static readonly Op norm_Scalar = new("norm", "Scalar");
    internal static readonly Op norm_ScalarOpt_dim = new("norm", "ScalarOpt_dim");
    internal static readonly Op prod = new("prod");
    internal static readonly Op prod_dim_int = new("prod", "dim_int");
    internal static readonly Op quantile = new("quantile");
    internal static readonly Op renorm = new("renorm");
    internal static readonly Op std_correction = new("std", "correction");
    internal static readonly Op std_mean_correction = new("std_mean", "correction");
    internal static readonly Op sum = new("sum");
    internal static readonly Op sum_dim_IntList = new("sum", "dim_IntList");
    internal static readonly Op var_correction = new("var", "correction");
    internal static readonly Op var_mean_correction = new("var_mean", "correction");
}

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor sum(ScalarType? type = null) => Ops.sum.Call(this, NotByte(type));
        public Tensor sum(long dim, bool keepdim = false, ScalarType? type = null) => Ops.sum_dim_IntList.Call(this, dim, keepdim, type);
        public Tensor sum(long dim0, long dim1, bool keepdim = false, ScalarType? type = null) => Ops.sum_dim_IntList.Call(this, new[] { dim0, dim1 }, keepdim, type);
        public Tensor sum(long dim0, long dim1, long dim2, bool keepdim = false, ScalarType? type = null) => Ops.sum_dim_IntList.Call(this, new[] { dim0, dim1, dim2 }, keepdim, type);
        public Tensor sum(long[] dim, bool keepdim = false, ScalarType? type = null) => Ops.sum_dim_IntList.Call(this, dim, keepdim, type);
        public Tensor sum(ReadOnlySpan<long> dim, bool keepdim = false, ScalarType? type = null) => Ops.sum_dim_IntList.Call(this, dim, keepdim, type);
        public Tensor nansum() => Ops.nansum.Call(this);
        public Tensor mean() => Ops.mean.Call(this);
        public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null) => Ops.mean_dim.Call(this, dimensions, keepdim, type);
        public Tensor nanmean(int? dim = null, bool keepdim = false, ScalarType? dtype = null) => Ops.nanmean.Call(this, dim, keepdim, dtype);
        public Tensor median() => Ops.median.Call(this);
        public Tensor nanmedian() => Ops.nanmedian.Call(this);
        public Tensor quantile(Tensor q, long dim = -1, bool keepdim = false) => Ops.quantile.Call(this, q, dim, keepdim);
        public (Tensor values, Tensor indices) mode(long dim = -1, bool keepdim = false) => Ops.mode.Call2(this, dim, keepdim);

        public Tensor std(bool unbiased = true) => Ops.std_correction.Call(this, Arg.None, unbiased ? 1 : 0);
        public Tensor std(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Converted(Ops.std_correction.Call(this, new[] { dim }, unbiased ? 1 : 0, keepdim), type);
        public Tensor std(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Converted(Ops.std_correction.Call(this, dimensions, unbiased ? 1 : 0, keepdim), type);
        public Tensor std((long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Converted(Ops.std_correction.Call(this, new[] { dim.Item1, dim.Item2 }, unbiased ? 1 : 0, keepdim), type);
        public Tensor std((long, long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Converted(Ops.std_correction.Call(this, new[] { dim.Item1, dim.Item2, dim.Item3 }, unbiased ? 1 : 0, keepdim), type);
        public Tensor std(ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Converted(Ops.std_correction.Call(this, dimensions, unbiased ? 1 : 0, keepdim), type);

        public Tensor var(bool unbiased = true) => Ops.var_correction.Call(this, Arg.None, unbiased ? 1 : 0);
        public Tensor var(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Converted(Ops.var_correction.Call(this, new[] { dim }, unbiased ? 1 : 0, keepdim), type);
        public Tensor var(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Converted(Ops.var_correction.Call(this, dimensions, unbiased ? 1 : 0, keepdim), type);
        public Tensor var((long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Converted(Ops.var_correction.Call(this, new[] { dim.Item1, dim.Item2 }, unbiased ? 1 : 0, keepdim), type);
        public Tensor var((long, long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Converted(Ops.var_correction.Call(this, new[] { dim.Item1, dim.Item2, dim.Item3 }, unbiased ? 1 : 0, keepdim), type);
        public Tensor var(ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Converted(Ops.var_correction.Call(this, dimensions, unbiased ? 1 : 0, keepdim), type);

        public (Tensor std, Tensor mean) std_mean(bool unbiased = true) => Ops.std_mean_correction.Call2(this, Arg.None, unbiased ? 1 : 0);
        public (Tensor std, Tensor mean) std_mean(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Converted(Ops.std_mean_correction.Call2(this, new[] { dim }, unbiased ? 1 : 0, keepdim), type);
        public (Tensor std, Tensor mean) std_mean(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Converted(Ops.std_mean_correction.Call2(this, dimensions, unbiased ? 1 : 0, keepdim), type);
        public (Tensor std, Tensor mean) std_mean((long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Converted(Ops.std_mean_correction.Call2(this, new[] { dim.Item1, dim.Item2 }, unbiased ? 1 : 0, keepdim), type);
        public (Tensor std, Tensor mean) std_mean((long, long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Converted(Ops.std_mean_correction.Call2(this, new[] { dim.Item1, dim.Item2, dim.Item3 }, unbiased ? 1 : 0, keepdim), type);
        public (Tensor std, Tensor mean) std_mean(ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Converted(Ops.std_mean_correction.Call2(this, dimensions, unbiased ? 1 : 0, keepdim), type);

        public (Tensor var, Tensor mean) var_mean(bool unbiased = true) => Ops.var_mean_correction.Call2(this, Arg.None, unbiased ? 1 : 0);
        public (Tensor var, Tensor mean) var_mean(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Converted(Ops.var_mean_correction.Call2(this, new[] { dim }, unbiased ? 1 : 0, keepdim), type);
        public (Tensor var, Tensor mean) var_mean(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Converted(Ops.var_mean_correction.Call2(this, dimensions, unbiased ? 1 : 0, keepdim), type);
        public (Tensor var, Tensor mean) var_mean((long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Converted(Ops.var_mean_correction.Call2(this, new[] { dim.Item1, dim.Item2 }, unbiased ? 1 : 0, keepdim), type);
        public (Tensor var, Tensor mean) var_mean((long, long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Converted(Ops.var_mean_correction.Call2(this, new[] { dim.Item1, dim.Item2, dim.Item3 }, unbiased ? 1 : 0, keepdim), type);
        public (Tensor var, Tensor mean) var_mean(ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Converted(Ops.var_mean_correction.Call2(this, dimensions, unbiased ? 1 : 0, keepdim), type);

        /// <summary>C# takes the literal in `sum(0)` for this overload: a silent total in bytes where a sum over dimension 0 was meant.</summary>
        private static ScalarType? NotByte(ScalarType? type) => type != ScalarType.Byte
            ? type
            : throw new ArgumentException("The literal 0 here means ScalarType.Byte, in TorchSharp too. Write [0] or 0L for dimension 0.", nameof(type));

        private static Tensor Converted(Tensor result, ScalarType? type) => type is { } wanted && wanted != result.dtype ? result.to(wanted, disposeAfter: true) : result;

        private static (Tensor, Tensor) Converted((Tensor, Tensor) results, ScalarType? type) => (Converted(results.Item1, type), Converted(results.Item2, type));

        public Tensor amax(params long[] dims) => Ops.amax.Call(this, dims);
        public Tensor amax(long[] dims, bool keepdim = false, Tensor? @out = null) => @out is null ? Ops.amax.Call(this, dims, keepdim) : Ops.amax_out.Call(this, dims, keepdim, @out);
        public Tensor amax(ReadOnlySpan<long> dims, bool keepdim = false, Tensor? @out = null) => amax(dims.ToArray(), keepdim, @out);
        public Tensor amin(params long[] dims) => Ops.amin.Call(this, dims);
        public Tensor amin(long[] dims, bool keepdim = false, Tensor? @out = null) => @out is null ? Ops.amin.Call(this, dims, keepdim) : Ops.amin_out.Call(this, dims, keepdim, @out);
        public Tensor amin(ReadOnlySpan<long> dims, bool keepdim = false, Tensor? @out = null) => amin(dims.ToArray(), keepdim, @out);
        public Tensor max() => Ops.max.Call(this);
        public Tensor max(Tensor other) => Ops.max_other.Call(this, other);
        public (Tensor values, Tensor indexes) max(long dim, bool keepdim = false) => Ops.max_dim.Call2(this, dim, keepdim);
        public Tensor min() => Ops.min.Call(this);
        public Tensor min(Tensor other) => Ops.min_other.Call(this, other);
        public (Tensor values, Tensor indexes) min(long dim, bool keepdim = false) => Ops.min_dim.Call2(this, dim, keepdim);
        public Tensor argmax() => Ops.argmax.Call(this);
        public Tensor argmax(long dim, bool keepdim = false) => Ops.argmax.Call(this, dim, keepdim);
        public Tensor argmin() => Ops.argmin.Call(this);
        public Tensor argmin(long dim, bool keepdim = false) => Ops.argmin.Call(this, dim, keepdim);
        public Tensor all() => Ops.all.Call(this);
        public Tensor all(long dim, bool keepdim = false) => Ops.all_dim.Call(this, dim, keepdim);
        public Tensor any() => Ops.any.Call(this);
        public Tensor any(long dim, bool keepdim = false) => Ops.any_dim.Call(this, dim, keepdim);
        public (Tensor min, Tensor max) aminmax(long? dim = null, bool keepdim = false) => Ops.aminmax.Call2(this, dim, keepdim);
        public Tensor prod(ScalarType? type = null) => Ops.prod.Call(this, NotByte(type));
        public Tensor prod(long dim, bool keepdim = false, ScalarType? type = null) => Ops.prod_dim_int.Call(this, dim, keepdim, type);
        public Tensor cumsum(long dim, ScalarType? type = null) => Ops.cumsum.Call(this, dim, type);
        public Tensor cumprod(long dim, ScalarType? type = null) => Ops.cumprod.Call(this, dim, type);
        public (Tensor values, Tensor indexes) cummax(long dim) => Ops.cummax.Call2(this, dim);
        public (Tensor values, Tensor indexes) cummin(long dim) => Ops.cummin.Call2(this, dim);
        public Tensor logsumexp(long dim, bool keepdim = false) => Ops.logsumexp.Call(this, dim, keepdim);
        public Tensor logcumsumexp(long dim) => Ops.logcumsumexp.Call(this, dim);
        public Tensor norm(float p = 2) => Ops.norm_Scalar.Call(this, p);
        public Tensor norm(int dim, bool keepdim = false, float p = 2) => Ops.norm_ScalarOpt_dim.Call(this, p, dim, keepdim);
        public Tensor dist(Tensor other, float p = 2) => Ops.dist.Call(this, other, p);
        public Tensor count_nonzero(long[]? dims = null) => dims is null ? Ops.count_nonzero.Call(this) : Ops.count_nonzero_dim_IntList.Call(this, dims);
        public Tensor diff(long n = 1, long dim = -1, Tensor? prepend = null, Tensor? append = null) => Ops.diff.Call(this, n, dim, prepend, append);
        public Tensor renorm(float p, long dim, float maxnorm) => Ops.renorm.Call(this, p, dim, maxnorm);
    }
}
