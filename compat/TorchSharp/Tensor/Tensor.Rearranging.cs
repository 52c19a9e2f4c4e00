using TorchSharp.Interop;

namespace TorchSharp;

file static class Ops
{
    internal static readonly Op _unique2 = new("_unique2");
    internal static readonly Op argsort = new("argsort");
    internal static readonly Op argwhere = new("argwhere");
    internal static readonly Op channel_shuffle = new("channel_shuffle");
    internal static readonly Op diag = new("diag");
    internal static readonly Op diag_embed = new("diag_embed");
    internal static readonly Op diagflat = new("diagflat");
    internal static readonly Op flip = new("flip");
    internal static readonly Op fliplr = new("fliplr");
    internal static readonly Op flipud = new("flipud");
    internal static readonly Op kthvalue = new("kthvalue");
    internal static readonly Op msort = new("msort");
    internal static readonly Op nonzero = new("nonzero");
    internal static readonly Op repeat = new("repeat");
    internal static readonly Op repeat_interleave_self_Tensor = new("repeat_interleave", "self_Tensor");
    internal static readonly Op repeat_interleave_self_int = new("repeat_interleave", "self_int");
    internal static readonly Op roll = new("roll");
    internal static readonly Op rot90 = new("rot90");
    internal static readonly Op sort_stable = new("sort", "stable");
    internal static readonly Op tile = new("tile");
    internal static readonly Op topk = new("topk");
    internal static readonly Op tril = new("tril");
    internal static readonly Op tril_ = new("tril_");
    internal static readonly Op triu = new("triu");
    internal static readonly Op triu_ = new("triu_");
    internal static readonly Op unique_dim = new("unique_dim");
}

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor flip(params long[] dims) => Ops.flip.Call(this, dims);
        public Tensor fliplr() => Ops.fliplr.Call(this);
        public Tensor flipud() => Ops.flipud.Call(this);
        public Tensor rot90(long k = 1, (long, long)? dims = null) => Ops.rot90.Call(this, k, dims is { } d ? [d.Item1, d.Item2] : RotatedDimensions);
        public Tensor roll(long shifts, long? dims = null) => Ops.roll.Call(this, shifts, dims is { } d ? new[] { d } : []);
        public Tensor roll(params long[] shifts) => Ops.roll.Call(this, shifts);
        public Tensor roll(long[] shifts, long[] dims) => Ops.roll.Call(this, shifts, dims);
        public Tensor roll((long, long) shifts, (long, long) dims) => Ops.roll.Call(this, new[] { shifts.Item1, shifts.Item2 }, new[] { dims.Item1, dims.Item2 });
        public Tensor roll(ReadOnlySpan<long> shifts, ReadOnlySpan<long> dims = default) => Ops.roll.Call(this, shifts, dims);
        public Tensor repeat(params long[] sizes) => Ops.repeat.Call(this, sizes);
        public Tensor tile(params long[] reps) => Ops.tile.Call(this, reps);
        public Tensor repeat_interleave(long repeats, long? dim = null, long? output_size = null) => Ops.repeat_interleave_self_int.Call(this, repeats, dim, output_size);
        public Tensor repeat_interleave(Tensor repeats, long? dim = null, long? output_size = null) => Ops.repeat_interleave_self_Tensor.Call(this, repeats, dim, output_size);
        public Tensor tril(long diagonal = 0) => Ops.tril.Call(this, diagonal);
        public Tensor tril_(long diagonal = 0) => Ops.tril_.CallInPlace(this, diagonal);
        public Tensor triu(long diagonal = 0) => Ops.triu.Call(this, diagonal);
        public Tensor triu_(long diagonal = 0) => Ops.triu_.CallInPlace(this, diagonal);
        public Tensor diag(long diagonal = 0) => Ops.diag.Call(this, diagonal);
        public Tensor diagflat(long offset = 0) => Ops.diagflat.Call(this, offset);
        public Tensor diag_embed(long offset = 0, long dim1 = -2, long dim2 = -1) => Ops.diag_embed.Call(this, offset, dim1, dim2);
        public Tensor channel_shuffle(long groups) => Ops.channel_shuffle.Call(this, groups);

        private static readonly long[] RotatedDimensions = [0, 1];

        public (Tensor Values, Tensor Indexes) sort(long dim = -1, bool descending = false, bool stable = false) => Ops.sort_stable.Call2(this, stable, dim, descending);
        public Tensor argsort(long dim = -1, bool descending = false) => Ops.argsort.Call(this, dim, descending);
        public Tensor msort() => Ops.msort.Call(this);
        public (Tensor values, Tensor indexes) topk(int k, int dim = -1, bool largest = true, bool sorted = true) => Ops.topk.Call2(this, k, dim, largest, sorted);
        public (Tensor values, Tensor indices) kthvalue(long k, long? dim, bool keepdim = false) => Ops.kthvalue.Call2(this, k, dim ?? -1, keepdim);
        public Tensor nonzero() => Ops.nonzero.Call(this);
        public Tensor argwhere() => Ops.argwhere.Call(this);
        public (Tensor output, Tensor inverse_indices, Tensor counts) unique(bool sorted = true, bool return_inverse = false, bool return_counts = false, int? dim = null) => dim is { } d
            ? Ops.unique_dim.Call3(this, d, sorted, return_inverse, return_counts)
            : Ops._unique2.Call3(this, sorted, return_inverse, return_counts);
    }
}
