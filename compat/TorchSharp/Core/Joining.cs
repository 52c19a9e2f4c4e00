using TorchSharp.Interop;

namespace TorchSharp;

file static class Ops
{
    internal static readonly Op block_diag = new("block_diag");
    internal static readonly Op broadcast_tensors = new("broadcast_tensors");
    internal static readonly Op cartesian_prod = new("cartesian_prod");
    internal static readonly Op cat = new("cat");
    internal static readonly Op cdist = new("cdist");
    internal static readonly Op chain_matmul = new("chain_matmul");
    internal static readonly Op column_stack = new("column_stack");
    internal static readonly Op dstack = new("dstack");
    internal static readonly Op einsum = new("einsum");
    internal static readonly Op hstack = new("hstack");
    internal static readonly Op meshgrid_indexing = new("meshgrid", "indexing");
    internal static readonly Op searchsorted_Tensor = new("searchsorted", "Tensor");
    internal static readonly Op stack = new("stack");
    internal static readonly Op vstack = new("vstack");
    internal static readonly Op where = new("where");
    internal static readonly Op where_self = new("where", "self");
}

public static partial class torch
{
    public static Tensor cat(IList<Tensor> tensors, long dim = 0) => Ops.cat.Call(tensors.ToArray(), dim);
    public static Tensor cat(ReadOnlySpan<Tensor> tensors, long dim = 0) => Ops.cat.Call(tensors.ToArray(), dim);
    public static Tensor cat(Tensor[] tensors, long dim = 0) => Ops.cat.Call(tensors, dim);
    public static Tensor concat(IList<Tensor> tensors, long dim = 0) => Ops.cat.Call(tensors.ToArray(), dim);
    public static Tensor concat(Tensor[] tensors, long dim = 0) => Ops.cat.Call(tensors, dim);
    public static Tensor concatenate(IList<Tensor> tensors, long axis = 0) => Ops.cat.Call(tensors.ToArray(), axis);
    public static Tensor concatenate(Tensor[] tensors, long axis = 0) => Ops.cat.Call(tensors, axis);
    public static Tensor stack(IEnumerable<Tensor> tensors, long dim = 0) => Ops.stack.Call(tensors.ToArray(), dim);
    public static Tensor hstack(params Tensor[] tensors) => Ops.hstack.Call(tensors);
    public static Tensor vstack(params Tensor[] tensors) => Ops.vstack.Call(tensors);
    public static Tensor dstack(params Tensor[] tensors) => Ops.dstack.Call(tensors);
    public static Tensor column_stack(params Tensor[] tensors) => Ops.column_stack.Call(tensors);
    public static Tensor block_diag(params Tensor[] tensors) => Ops.block_diag.Call(tensors);
    public static Tensor cartesian_prod(params Tensor[] tensors) => Ops.cartesian_prod.Call(tensors);
    public static IList<Tensor> broadcast_tensors(params Tensor[] tensors) => Ops.broadcast_tensors.CallList(tensors);
    public static Tensor[] meshgrid(IEnumerable<Tensor> tensors, string indexing = "ij") => Ops.meshgrid_indexing.CallList(tensors.ToArray(), indexing);
    public static Tensor einsum(string equation, params Tensor[] tensors) => Ops.einsum.Call(equation, tensors);
    public static Tensor chain_matmul(params Tensor[] matrices) => Ops.chain_matmul.Call(matrices);
    public static Tensor[] where(Tensor condition) => Ops.where.CallList(condition);
    public static Tensor where(Tensor condition, Tensor x, Tensor y) => Ops.where_self.Call(condition, x, y);
    public static Tensor cdist(Tensor x1, Tensor x2, double p = 2, compute_mode compute_mode = compute_mode.use_mm_for_euclid_dist_if_necessary) => Ops.cdist.Call(x1, x2, p, (int)compute_mode);
    public static Tensor searchsorted(Tensor sorted_sequence, Tensor values, bool out_int32 = false, bool right = false, Tensor? sorter = null) =>
        Ops.searchsorted_Tensor.Call(sorted_sequence, values, out_int32, right, Arg.None, sorter);
}
