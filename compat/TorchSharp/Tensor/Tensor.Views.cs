using TorchSharp.Interop;

namespace TorchSharp;

file static class Ops
{
    internal static readonly Op adjoint = new("adjoint");
    internal static readonly Op as_strided = new("as_strided");
    internal static readonly Op atleast_1d = new("atleast_1d");
    internal static readonly Op atleast_2d = new("atleast_2d");
    internal static readonly Op atleast_3d = new("atleast_3d");
    internal static readonly Op chunk = new("chunk");
    internal static readonly Op clone = new("clone");
    internal static readonly Op contiguous = new("contiguous");
    internal static readonly Op detach = new("detach");
    internal static readonly Op detach_ = new("detach_");
    internal static readonly Op diagonal = new("diagonal");
    internal static readonly Op expand = new("expand");
    internal static readonly Op expand_as = new("expand_as");
    internal static readonly Op flatten_using_ints = new("flatten", "using_ints");
    internal static readonly Op imag = new("imag");
    internal static readonly Op matrix_H = new("matrix_H");
    internal static readonly Op movedim_intlist = new("movedim", "intlist");
    internal static readonly Op narrow = new("narrow");
    internal static readonly Op numpy_T = new("numpy_T");
    internal static readonly Op permute = new("permute");
    internal static readonly Op ravel = new("ravel");
    internal static readonly Op real = new("real");
    internal static readonly Op reshape = new("reshape");
    internal static readonly Op select_int = new("select", "int");
    internal static readonly Op slice_Tensor = new("slice", "Tensor");
    internal static readonly Op split_Tensor = new("split", "Tensor");
    internal static readonly Op split_with_sizes = new("split_with_sizes");
    internal static readonly Op squeeze = new("squeeze");
    internal static readonly Op squeeze_ = new("squeeze_");
    internal static readonly Op squeeze__dim = new("squeeze_", "dim");
    internal static readonly Op squeeze_dim = new("squeeze", "dim");
    internal static readonly Op tensor_split_indices = new("tensor_split", "indices");
    internal static readonly Op tensor_split_sections = new("tensor_split", "sections");
    internal static readonly Op transpose_ = new("transpose_");
    internal static readonly Op transpose_int = new("transpose", "int");
    internal static readonly Op unbind_int = new("unbind", "int");
    internal static readonly Op unflatten_int = new("unflatten", "int");
    internal static readonly Op unfold = new("unfold");
    internal static readonly Op unsqueeze = new("unsqueeze");
    internal static readonly Op unsqueeze_ = new("unsqueeze_");
    internal static readonly Op view = new("view");
    internal static readonly Op view_as = new("view_as");
    internal static readonly Op view_as_complex = new("view_as_complex");
    internal static readonly Op view_as_real = new("view_as_real");
}

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor view(params long[] shape) => Ops.view.Call(this, shape);
        public Tensor view_as(Tensor other) => Ops.view_as.Call(this, other);
        public Tensor reshape(params long[] shape) => Ops.reshape.Call(this, shape);
        public Tensor permute(params long[] permutation) => Ops.permute.Call(this, permutation);
        public Tensor permute(IEnumerable<long> permutation) => Ops.permute.Call(this, permutation.ToArray());
        public Tensor transpose(long dim0, long dim1) => Ops.transpose_int.Call(this, dim0, dim1);
        public Tensor transpose_(long dim0, long dim1) => Ops.transpose_.CallInPlace(this, dim0, dim1);
        public Tensor swapaxes(long dim0, long dim1) => Ops.transpose_int.Call(this, dim0, dim1);
        public Tensor swapdims(long dim0, long dim1) => Ops.transpose_int.Call(this, dim0, dim1);
        public Tensor movedim(long[] source, long[] destination) => Ops.movedim_intlist.Call(this, source, destination);
        public Tensor moveaxis(long[] source, long[] destination) => Ops.movedim_intlist.Call(this, source, destination);
        public Tensor T => Ops.numpy_T.Call(this);
        public Tensor mT => Ops.transpose_int.Call(this, -2, -1);
        public Tensor H => Ops.matrix_H.Call(this);
        public Tensor mH => Ops.adjoint.Call(this);
        public Tensor adjoint() => Ops.adjoint.Call(this);
        public Tensor contiguous() => Ops.contiguous.Call(this);
        public Tensor expand(params long[] sizes) => Ops.expand.Call(this, sizes);
        public Tensor expand(long[] sizes, bool isImplicit = false) => Ops.expand.Call(this, sizes, isImplicit);
        public Tensor expand(ReadOnlySpan<long> sizes, bool isImplicit = false) => Ops.expand.Call(this, sizes, isImplicit);
        public Tensor expand(Size sizes, bool isImplicit = false) => Ops.expand.Call(this, sizes.Shape, isImplicit);
        public Tensor expand_as(Tensor other) => Ops.expand_as.Call(this, other);
        public Tensor broadcast_to(params long[] shape) => Ops.expand.Call(this, shape);
        public Tensor flatten(long start_dim = 0, long end_dim = -1) => Ops.flatten_using_ints.Call(this, start_dim, end_dim);
        public Tensor unflatten(long dim, params long[] sizes) => Ops.unflatten_int.Call(this, dim, sizes);
        public Tensor unflatten(long dim, Size sizes) => Ops.unflatten_int.Call(this, dim, sizes.Shape);
        public Tensor ravel() => Ops.ravel.Call(this);
        public Tensor squeeze(long? dim = null) => dim is { } d ? Ops.squeeze_dim.Call(this, d) : Ops.squeeze.Call(this);
        public Tensor squeeze_(long? dim = null) => dim is { } d ? Ops.squeeze__dim.CallInPlace(this, d) : Ops.squeeze_.CallInPlace(this);
        public Tensor unsqueeze(long dim) => Ops.unsqueeze.Call(this, dim);
        public Tensor unsqueeze_(long dim) => Ops.unsqueeze_.CallInPlace(this, dim);
        public Tensor atleast_1d() => Ops.atleast_1d.Call(this);
        public Tensor atleast_2d() => Ops.atleast_2d.Call(this);
        public Tensor atleast_3d() => Ops.atleast_3d.Call(this);
        public Tensor as_strided(long[] size, long[] strides, long storageOffset = 0) => Ops.as_strided.Call(this, size, strides, storageOffset);
        public Tensor unfold(long dimension, long size, long step) => Ops.unfold.Call(this, dimension, size, step);
        public Tensor diagonal(long offset = 0, long dim1 = 0, long dim2 = 1) => Ops.diagonal.Call(this, offset, dim1, dim2);
        public Tensor real => Ops.real.Call(this);
        public Tensor imag => Ops.imag.Call(this);
        public Tensor view_as_real() => Ops.view_as_real.Call(this);
        public Tensor view_as_complex() => Ops.view_as_complex.Call(this);
        public Tensor detach() => Ops.detach.Call(this);
        public Tensor detach_() => Ops.detach_.CallInPlace(this);
        public Tensor clone() => Ops.clone.Call(this);

        public Tensor select(long dim, long index) => Ops.select_int.Call(this, dim, index);
        public Tensor narrow(long dim, long start, long length) => Ops.narrow.Call(this, dim, start, length);
        public Tensor slice(long dim, long start, long finish, long step) => Ops.slice_Tensor.Call(this, dim, start, finish, step);

        public Tensor[] chunk(long chunks, long dim = 0) => Ops.chunk.CallList(this, chunks, dim);
        public Tensor[] split(long size, int dim = 0) => Ops.split_Tensor.CallList(this, size, dim);
        public Tensor[] split(params long[] sizes) => Ops.split_with_sizes.CallList(this, sizes);
        public Tensor[] split(long[] sizes, long dim = 0) => Ops.split_with_sizes.CallList(this, sizes, dim);
        public Tensor[] split(ReadOnlySpan<long> sizes, long dim = 0) => Ops.split_with_sizes.CallList(this, sizes, dim);
        public Tensor[] tensor_split(long size, long dim = 0) => Ops.tensor_split_sections.CallList(this, size, dim);
        public Tensor[] tensor_split(long[] sizes, long dim = 0) => Ops.tensor_split_indices.CallList(this, sizes, dim);
        public Tensor[] unbind(long dimension = 0) => Ops.unbind_int.CallList(this, dimension);
    }
}
