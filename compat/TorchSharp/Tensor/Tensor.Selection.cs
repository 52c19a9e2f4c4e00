using TorchSharp.Interop;

namespace TorchSharp;

file static class Ops
{
    internal static readonly Op bincount = new("bincount");
    internal static readonly Op bucketize_Tensor = new("bucketize", "Tensor");
    internal static readonly Op copy_ = new("copy_");
    internal static readonly Op fill__Scalar = new("fill_", "Scalar");
    internal static readonly Op gather = new("gather");
    internal static readonly Op histc = new("histc");
    internal static readonly Op index_add = new("index_add");
    internal static readonly Op index_add_ = new("index_add_");
    internal static readonly Op index_copy = new("index_copy");
    internal static readonly Op index_copy_ = new("index_copy_");
    internal static readonly Op index_fill__int_Scalar = new("index_fill_", "int_Scalar");
    internal static readonly Op index_fill_int_Scalar = new("index_fill", "int_Scalar");
    internal static readonly Op index_select = new("index_select");
    internal static readonly Op masked_fill_Scalar = new("masked_fill", "Scalar");
    internal static readonly Op masked_fill__Scalar = new("masked_fill_", "Scalar");
    internal static readonly Op masked_scatter = new("masked_scatter");
    internal static readonly Op masked_scatter_ = new("masked_scatter_");
    internal static readonly Op masked_select = new("masked_select");
    internal static readonly Op scatter__src = new("scatter_", "src");
    internal static readonly Op scatter_add = new("scatter_add");
    internal static readonly Op scatter_add_ = new("scatter_add_");
    internal static readonly Op scatter_src = new("scatter", "src");
    internal static readonly Op select_scatter = new("select_scatter");
    internal static readonly Op slice_scatter = new("slice_scatter");
    internal static readonly Op take = new("take");
    internal static readonly Op take_along_dim = new("take_along_dim");
    internal static readonly Op where_self = new("where", "self");
    internal static readonly Op zero_ = new("zero_");
}

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor where(Tensor condition, Tensor y) => Ops.where_self.Call(condition, this, y);
        public Tensor masked_fill(Tensor mask, Scalar value) => Ops.masked_fill_Scalar.Call(this, mask, value);
        public Tensor masked_fill_(Tensor mask, Scalar value) => Ops.masked_fill__Scalar.CallInPlace(this, mask, value);
        public Tensor masked_select(Tensor mask) => Ops.masked_select.Call(this, mask);
        public Tensor masked_scatter(Tensor mask, Tensor value) => Ops.masked_scatter.Call(this, mask, value);
        public Tensor masked_scatter_(Tensor mask, Tensor value) => Ops.masked_scatter_.CallInPlace(this, mask, value);
        public Tensor gather(long dim, Tensor index) => Ops.gather.Call(this, dim, index);
        public Tensor scatter(long dim, Tensor index, Tensor src) => Ops.scatter_src.Call(this, dim, index, src);
        public Tensor scatter_(long dim, Tensor index, Tensor src) => Ops.scatter__src.CallInPlace(this, dim, index, src);
        public Tensor scatter_add(long dim, Tensor index, Tensor src) => Ops.scatter_add.Call(this, dim, index, src);
        public Tensor scatter_add_(long dim, Tensor index, Tensor src) => Ops.scatter_add_.CallInPlace(this, dim, index, src);
        public Tensor select_scatter(Tensor src, long dim, long index) => Ops.select_scatter.Call(this, src, dim, index);
        public Tensor slice_scatter(Tensor src, long dim = 0, long? start = null, long? end = null, long step = 1) => Ops.slice_scatter.Call(this, src, dim, start, end, step);
        public Tensor index_select(long dim, Tensor index) => Ops.index_select.Call(this, dim, index);
        public Tensor index_add(long dim, Tensor index, Tensor source, Scalar alpha) => Ops.index_add.Call(this, dim, index, source, alpha);
        public Tensor index_add_(long dim, Tensor index, Tensor source, Scalar alpha) => Ops.index_add_.CallInPlace(this, dim, index, source, alpha);
        public Tensor index_copy(long dim, Tensor index, Tensor source) => Ops.index_copy.Call(this, dim, index, source);
        public Tensor index_copy_(long dim, Tensor index, Tensor source) => Ops.index_copy_.CallInPlace(this, dim, index, source);
        public Tensor index_fill(long dim, Tensor index, Scalar value) => Ops.index_fill_int_Scalar.Call(this, dim, index, value);
        public Tensor index_fill_(long dim, Tensor index, Scalar value) => Ops.index_fill__int_Scalar.CallInPlace(this, dim, index, value);
        public Tensor take(Tensor index) => Ops.take.Call(this, index);
        public Tensor take_along_dim(Tensor indices) => Ops.take_along_dim.Call(this, indices);
        public Tensor take_along_dim(Tensor indices, long dim) => Ops.take_along_dim.Call(this, indices, dim);
        public Tensor bincount(Tensor? weights, long minlength = 0) => Ops.bincount.Call(this, weights, minlength);
        public Tensor bucketize(Tensor boundaries, bool outInt32 = false, bool right = false) => Ops.bucketize_Tensor.Call(this, boundaries, outInt32, right);
        public Tensor histc(long bins = 100, long min = 0, long max = 0) => Ops.histc.Call(this, bins, min, max);

        public Tensor fill_(Scalar value) => Ops.fill__Scalar.CallInPlace(this, value);
        public Tensor zero_() => Ops.zero_.CallInPlace(this);
        public Tensor copy_(Tensor source, bool nonBlocking = false) => Ops.copy_.CallInPlace(this, source, nonBlocking);
    }
}
