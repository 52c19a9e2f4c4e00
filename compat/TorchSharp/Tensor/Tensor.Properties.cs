using TorchSharp.Interop;

namespace TorchSharp;

file static class Ops
{
    internal static readonly Op is_nonzero = new("is_nonzero");
}

public static partial class torch
{
    public partial class Tensor
    {
        private const int MaxDimensions = 64;

        public unsafe long[] shape
        {
            get
            {
                long* sizes = stackalloc long[MaxDimensions];
                int count = CheckedDimensions();
                Native.Check(Native.dk_sizes(handle, sizes));
                var result = new Span<long>(sizes, count).ToArray();
                GC.KeepAlive(this);
                return result;
            }
        }

        public unsafe long[] stride()
        {
            long* strides = stackalloc long[MaxDimensions];
            int count = CheckedDimensions();
            Native.Check(Native.dk_strides(handle, strides));
            var result = new Span<long>(strides, count).ToArray();
            GC.KeepAlive(this);
            return result;
        }

        private int CheckedDimensions()
        {
            int count = (int)dim();
            return count <= MaxDimensions ? count : throw new NotSupportedException($"a tensor of {count} dimensions; at most {MaxDimensions} are supported");
        }

        public long[] size() => shape;
        public unsafe long size(int dim) => Pick(Native.dk_sizes(Handle, Buffer()), dim);
        public unsafe long stride(int dim) => Pick(Native.dk_strides(Handle, Buffer()), dim);

        [ThreadStatic]
        private static long[]? buffer;

        private static unsafe long* Buffer()
        {
            buffer ??= GC.AllocateUninitializedArray<long>(MaxDimensions, pinned: true);
            return (long*)System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(buffer, 0);
        }

        private long Pick(int count, int dim)
        {
            Native.Check(count);
            GC.KeepAlive(this);
            if (dim < -count || dim >= count)
                throw new IndexOutOfRangeException($"Dimension out of range (expected to be in range of [{-count}, {count - 1}], but got {dim})");
            return buffer![dim < 0 ? dim + count : dim];
        }

        public long dim()
        {
            long result = Native.dk_ndim(Handle);
            GC.KeepAlive(this);
            return result;
        }

        public long ndim => dim();
        public long Dimensions => dim();

        public long numel()
        {
            long result = Native.dk_numel(Handle);
            GC.KeepAlive(this);
            return result;
        }

        public long NumberOfElements => numel();
        public long ElementSize => SizeOf(dtype);
        public long element_size() => ElementSize;

        public ScalarType dtype
        {
            get
            {
                var result = (ScalarType)Native.dk_dtype(Handle);
                GC.KeepAlive(this);
                return result;
            }
        }

        public DeviceType device_type
        {
            get
            {
                var result = (DeviceType)Native.dk_device_type(Handle);
                GC.KeepAlive(this);
                return result;
            }
        }

        public int device_index
        {
            get
            {
                int result = Native.dk_device_index(Handle);
                GC.KeepAlive(this);
                return result;
            }
        }

        public Device device => device_type == DeviceType.CPU ? CPU : new Device(device_type, device_index);

        public long storage_offset()
        {
            long result = Native.dk_storage_offset(Handle);
            GC.KeepAlive(this);
            return result;
        }

        private bool Flag(int bit)
        {
            int flags = Native.dk_flags(Handle);
            GC.KeepAlive(this);
            Native.Check(flags);
            return (flags & bit) != 0;
        }

        public bool is_sparse => Flag(1);
        public bool is_quantized() => Flag(2);
        public bool is_conj() => Flag(4);
        public bool is_neg() => Flag(8);
        public bool is_leaf => Flag(16);
        public bool is_meta => device_type == DeviceType.META;
        public bool is_cuda => device_type == DeviceType.CUDA;
        public bool is_cpu() => device_type == DeviceType.CPU;
        public bool is_floating_point() => torch.is_floating_point(dtype);
        public bool is_integral() => torch.is_integral(dtype);
        public bool is_complex() => torch.is_complex(dtype);
        public bool is_nonzero() => Ops.is_nonzero.CallBool(this);

        public bool is_contiguous()
        {
            bool result = Native.dk_is_contiguous(Handle) != 0;
            GC.KeepAlive(this);
            return result;
        }

        public bool requires_grad
        {
            get => Flag(32);
            set
            {
                Native.Check(Native.dk_set_requires_grad(Handle, value ? 1 : 0));
                GC.KeepAlive(this);
            }
        }

        public Tensor requires_grad_(bool requires_grad = true)
        {
            this.requires_grad = requires_grad;
            return this;
        }

        public Tensor with_requires_grad(bool requires_grad = true) => requires_grad_(requires_grad);

        public void retain_grad()
        {
            Native.Check(Native.dk_retain_grad(Handle));
            GC.KeepAlive(this);
        }

        /// <summary>The accumulated gradient, or null.</summary>
        public Tensor? grad
        {
            get
            {
                var gradient = Native.dk_grad(Handle);
                GC.KeepAlive(this);
                return gradient == IntPtr.Zero ? null : new Tensor(gradient);
            }
            set
            {
                Native.Check(Native.dk_set_grad(Handle, value is null ? IntPtr.Zero : value.Handle));
                GC.KeepAlive(value);
                GC.KeepAlive(this);
            }
        }

        public void backward() => autograd.Run([this], null, false, false, null);

        public void backward(IList<Tensor>? grad_tensors = null, bool retain_graph = false, bool create_graph = false, IList<Tensor>? inputs = null) =>
            autograd.Run([this], grad_tensors, retain_graph, create_graph, inputs);
    }
}
