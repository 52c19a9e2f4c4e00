using TorchSharp.Interop;
using System.Runtime.CompilerServices;

namespace TorchSharp;

file static class Ops
{
    internal static readonly Op index_Tensor = new("index", "Tensor");
    internal static readonly Op index_put_ = new("index_put_");
    internal static readonly Op slice_Tensor = new("slice", "Tensor");
}

public static partial class torch
{
    public partial class Tensor
    {
        [IndexerName("TensorItems")]
        public Tensor this[params TensorIndex[] indices]
        {
            get => index(indices);
            set => Assign(value, indices, false);
        }

        [IndexerName("TensorItems")]
        public Tensor this[params Tensor[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        [IndexerName("TensorItems")]
        public Tensor this[params long[] indices]
        {
            get => Selected(indices);
            set => Store(value, indices);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1]
        {
            get => select(0, i1);
            set => Store(value, i1);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2]
        {
            get => Selected(i1, i2);
            set => Store(value, i1, i2);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3]
        {
            get => Selected(i1, i2, i3);
            set => Store(value, i1, i2, i3);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3, long i4]
        {
            get => Selected(i1, i2, i3, i4);
            set => Store(value, i1, i2, i3, i4);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3, long i4, long i5]
        {
            get => Selected(i1, i2, i3, i4, i5);
            set => Store(value, i1, i2, i3, i4, i5);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3, long i4, long i5, long i6]
        {
            get => Selected(i1, i2, i3, i4, i5, i6);
            set => Store(value, i1, i2, i3, i4, i5, i6);
        }

        private Tensor Selected(params ReadOnlySpan<long> indices)
        {
            var current = this;
            foreach (long i in indices)
                current = Replace(current, current.select(0, i));
            return ReferenceEquals(current, this) ? alias() : current;
        }

        private void Store(Tensor value, params ReadOnlySpan<long> indices)
        {
            using var target = Selected(indices);
            target.copy_(value);
        }

        /// <summary>Disposes an intermediate view, but never this tensor itself.</summary>
        private Tensor Replace(Tensor old, Tensor next)
        {
            if (!ReferenceEquals(old, this))
                old.Dispose();
            return next;
        }

        public Tensor index(params TensorIndex[] indices)
        {
            var (view, tensors) = Resolve(indices);
            if (tensors is null)
                return ReferenceEquals(view, this) ? alias() : view;
            return Replace(view, Ops.index_Tensor.Call(view, tensors));
        }

        public Tensor index(params Tensor[] indices) => Ops.index_Tensor.Call(this, indices);

        public Tensor index_put_(Tensor value, params TensorIndex[] indices) => Assign(value, indices, false);
        public Tensor index_put_(Tensor value, TensorIndex[] indices, bool accumulate = false) => Assign(value, indices, accumulate);
        public Tensor index_put_(Tensor value, params Tensor[] indices) => Ops.index_put_.CallInPlace(this, indices, value);
        public Tensor index_put_(Tensor value, Tensor[] indices, bool accumulate = false) => Ops.index_put_.CallInPlace(this, indices, value, accumulate);

        public Tensor index_put_(Scalar value, params TensorIndex[] indices)
        {
            using var tensor = full_like([], value);
            return Assign(tensor, indices, false);
        }

        public Tensor index_put_(Scalar value, params Tensor[] indices)
        {
            using var tensor = full_like([], value);
            return index_put_(tensor, indices);
        }

        private Tensor full_like(long[] size, Scalar value) => torch.full(size, value, dtype, device);

        private Tensor Assign(Tensor value, TensorIndex[] indices, bool accumulate)
        {
            var (view, tensors) = Resolve(indices);
            if (tensors is not null)
                Ops.index_put_.CallInPlace(view, tensors, value, accumulate);
            else if (accumulate)
                view.add_(value);
            else
                view.copy_(value);
            return Replace(view, this);
        }

        /// <summary>Applies what makes a view, and lists the tensors, null where a dimension is taken whole.</summary>
        private (Tensor View, Tensor?[]? Tensors) Resolve(TensorIndex[] indices)
        {
            var view = this;
            List<Tensor?>? tensors = null;
            int covered = 0;   // dimensions of the view that the list accounts for
            int d = 0;
            for (int i = 0; i < indices.Length; i++)
            {
                ref readonly var part = ref indices[i];
                switch (part.Kind)
                {
                    case TensorIndex.Kinds.Single:
                        view = Replace(view, view.select(d, part.Start!.Value));
                        break;
                    case TensorIndex.Kinds.Slice:
                        if (part.Start is not null || part.Stop is not null || part.Step is not null)
                            view = Replace(view, Ops.slice_Tensor.Call(view, d, part.Start, part.Stop, part.Step ?? 1));
                        d++;
                        break;
                    case TensorIndex.Kinds.None:
                        view = Replace(view, view.unsqueeze(d));
                        d++;
                        break;
                    case TensorIndex.Kinds.Ellipsis:
                        int rest = 0;
                        for (int k = i + 1; k < indices.Length; k++)
                            rest += Consumed(indices[k]);
                        d = Math.Max(d, (int)view.dim() - rest);
                        break;
                    case TensorIndex.Kinds.Bool:
                        view = Replace(view, view.unsqueeze(d));
                        Cover(torch.full(new long[] { 1 }, part.Start != 0, ScalarType.Bool, device));
                        break;
                    default:
                        var tensor = part.Value!;
                        Cover(tensor);
                        break;
                }
            }
            return (view, tensors?.ToArray());

            // One dimension for a mask of several too: libtorch counts so, and then wants what follows the mask to be whole.
            void Cover(Tensor tensor)
            {
                tensors ??= [];
                for (; covered < d; covered++)
                    tensors.Add(null);
                tensors.Add(tensor);
                covered++;
                d++;
            }
        }

        private static int Consumed(in TensorIndex part) => part.Kind switch
        {
            TensorIndex.Kinds.Single or TensorIndex.Kinds.Slice => 1,
            TensorIndex.Kinds.Tensor => part.Value!.dtype == ScalarType.Bool ? (int)part.Value.dim() : 1,
            _ => 0,
        };
    }
}
