using TorchSharp.Interop;
using System.Runtime.InteropServices;
using TorchSharp.Utils;

namespace TorchSharp;

file static class Ops
{
    internal static readonly Op _local_scalar_dense = new("_local_scalar_dense");
    internal static readonly Op scalar_tensor = new("scalar_tensor");
}

public static partial class torch
{
    public partial class Tensor
    {
        public Scalar ToScalar() => Ops._local_scalar_dense.CallScalar(CheckSingle());

        private Tensor CheckSingle() => numel() == 1 ? this : throw new ArgumentException($"Only a tensor of one element can be converted to a scalar; this one has {numel()}.");

        public T item<T>() where T : unmanaged
        {
            CheckSingle();
            ElementTypes.Check<T>(dtype);
            using var local = Local(contiguous: true);
            return MemoryMarshal.Read<T>(local.Bytes());
        }

        /// <summary>This tensor, or a copy of it, on the CPU.</summary>
        private Tensor Local(bool contiguous)
        {
            var moved = cpu();
            if (!contiguous)
                return moved;
            var packed = moved.contiguous();
            moved.Dispose();
            return packed;
        }

        /// <summary>The elements in memory. A span must not outlive the tensor.</summary>
        public TensorAccessor<T> data<T>() where T : unmanaged
        {
            if (device_type != DeviceType.CPU)
                throw new InvalidOperationException("Reading data from non-CPU memory is not supported. Move or copy the tensor to the cpu before reading.");
            ElementTypes.Check<T>(dtype);
            return new TensorAccessor<T>(this);
        }

        /// <summary>The bytes of a contiguous tensor on the CPU, to read and to write.</summary>
        public Span<byte> bytes
        {
            get
            {
                if (device_type != DeviceType.CPU)
                    throw new InvalidOperationException("Reading data from non-CPU memory is not supported. Move or copy the tensor to the cpu before reading.");
                if (!is_contiguous())
                    throw new InvalidOperationException("Reading data from non-contiguous memory is not supported. Call contiguous() first.");
                return Bytes();
            }
            set
            {
                if (value.Length != numel() * ElementSize)
                    throw new ArgumentException($"Mismatched data sizes: the tensor has {numel() * ElementSize} bytes, {value.Length} were given.");
                value.CopyTo(bytes);
            }
        }

        internal unsafe Span<byte> Bytes()
        {
            long size = numel() * ElementSize;
            if (size > int.MaxValue)
                throw new NotSupportedException($"A span holds at most {int.MaxValue} bytes; the tensor has {size}.");
            return new Span<byte>(DataPointer(), (int)size);
        }

        internal unsafe void* DataPointer()
        {
            if (numel() == 0)
                return null;
            var pointer = Native.Check(Native.dk_data_ptr(Handle));
            GC.KeepAlive(this);
            return (void*)pointer;
        }

        /// <summary>Fills a contiguous tensor on the CPU from a stream.</summary>
        public void ReadBytesFromStream(Stream stream, int bufferSize = 1024)
        {
            using var owner = BeginRaw();
            for (long done = 0, total = owner.numel() * ElementSize; done < total;)
            {
                var part = owner.Part(done, bufferSize);
                stream.ReadExactly(part);
                done += part.Length;
            }
            if (owner.Handle != Handle)
                copy_(owner);
        }

        public void WriteBytesToStream(Stream stream, int bufferSize = 1024)
        {
            using var owner = BeginRaw();
            for (long done = 0, total = owner.numel() * ElementSize; done < total;)
            {
                var part = owner.Part(done, bufferSize);
                stream.Write(part);
                done += part.Length;
            }
        }

        private Tensor BeginRaw() => device_type == DeviceType.CPU && is_contiguous() ? alias() : Local(contiguous: true);

        private unsafe Span<byte> Part(long offset, int most)
        {
            long left = numel() * ElementSize - offset;
            return new Span<byte>((byte*)DataPointer() + offset, (int)Math.Min(left, Math.Max(most, 1 << 20)));
        }

        private T ReadAt<T>(long i) where T : unmanaged
        {
            var accessor = data<T>();
            return i >= 0 && i < numel() ? accessor.At(i) : throw new IndexOutOfRangeException($"element {i} of a tensor of {numel()}");
        }

        public bool ReadCpuBool(long i) => ReadAt<bool>(i);
        public byte ReadCpuByte(long i) => ReadAt<byte>(i);
        public sbyte ReadCpuSByte(long i) => ReadAt<sbyte>(i);
        public short ReadCpuInt16(long i) => ReadAt<short>(i);
        public int ReadCpuInt32(long i) => ReadAt<int>(i);
        public long ReadCpuInt64(long i) => ReadAt<long>(i);
        public float ReadCpuSingle(long i) => ReadAt<float>(i);
        public double ReadCpuDouble(long i) => ReadAt<double>(i);

        private static Scalar Number(Tensor value) => value.ToScalar();

        public static explicit operator float(Tensor value) => Number(value).ToSingle();
        public static explicit operator double(Tensor value) => Number(value).ToDouble();
        public static explicit operator sbyte(Tensor value) => Number(value).ToSByte();
        public static explicit operator byte(Tensor value) => Number(value).ToByte();
        public static explicit operator short(Tensor value) => Number(value).ToInt16();
        public static explicit operator int(Tensor value) => Number(value).ToInt32();
        public static explicit operator long(Tensor value) => Number(value).ToInt64();
        public static explicit operator bool(Tensor value) => Number(value).ToBoolean();

        public static implicit operator Tensor(byte value) => torch.tensor(value);
        public static implicit operator Tensor(sbyte value) => torch.tensor(value);
        public static implicit operator Tensor(short value) => torch.tensor(value);
        public static implicit operator Tensor(int value) => torch.tensor(value);
        public static implicit operator Tensor(long value) => torch.tensor(value);
        public static implicit operator Tensor(float value) => torch.tensor(value);
        public static implicit operator Tensor(double value) => torch.tensor(value);
        public static implicit operator Tensor(bool value) => torch.tensor(value);
        public static implicit operator Tensor(Scalar scalar) => Ops.scalar_tensor.Call(scalar, scalar.Type);
    }
}
