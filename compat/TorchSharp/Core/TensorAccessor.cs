using System.Collections;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp.Utils;

/// <summary>The elements of a tensor on the CPU, in row-major order whatever its strides. It refers to the tensor's memory.</summary>
public sealed unsafe class TensorAccessor<T> : IDisposable, IEnumerable<T> where T : unmanaged
{
    private readonly Tensor tensor;
    private readonly T* elements;
    private readonly long[] shape;
    private readonly long[] strides;
    private readonly bool contiguous;

    internal TensorAccessor(Tensor tensor)
    {
        this.tensor = tensor;
        elements = (T*)tensor.DataPointer();
        Count = tensor.numel();
        shape = tensor.shape;
        strides = tensor.stride();
        contiguous = tensor.is_contiguous();
    }

    public long Count { get; }

    public bool IsReadOnly => false;

    public T this[params long[] indices]
    {
        get => *Address(indices);
        set => *Address(indices) = value;
    }

    private T* Address(long[] indices)
    {
        CheckAlive();
        if (indices.Length == 1)
        {
            if (indices[0] < 0 || indices[0] >= Count)
                throw new IndexOutOfRangeException($"element {indices[0]} of a tensor of {Count}");
            return elements + Offset(indices[0]);
        }
        if (indices.Length != shape.Length)
            throw new ArgumentException($"{indices.Length} indices for a tensor of {shape.Length} dimensions");
        long offset = 0;
        for (int i = 0; i < shape.Length; i++)
        {
            if (indices[i] < 0 || indices[i] >= shape[i])
                throw new IndexOutOfRangeException($"index {indices[i]} in dimension {i} of size {shape[i]}");
            offset += indices[i] * strides[i];
        }
        return elements + offset;
    }

    internal T At(long linear)
    {
        CheckAlive();
        return elements[Offset(linear)];
    }

    private void CheckAlive() => _ = tensor.Handle;

    private long Offset(long linear)
    {
        if (contiguous)
            return linear;
        long offset = 0;
        for (int d = shape.Length - 1; d >= 0; d--)
        {
            offset += linear % shape[d] * strides[d];
            linear /= shape[d];
        }
        return offset;
    }

    public T[] ToArray()
    {
        if (Count > Array.MaxLength)
            throw new NotSupportedException($"an array holds at most {Array.MaxLength} elements; the tensor has {Count}");
        var array = GC.AllocateUninitializedArray<T>((int)Count);
        CopyTo(array.AsSpan());
        return array;
    }

    public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyTo(array.AsSpan(), arrayIndex, tensorIndex);

    /// <summary>Copies from element <paramref name="tensorIndex"/> on as many as both sides have.</summary>
    public void CopyTo(Span<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        CheckAlive();
        var target = array[arrayIndex..];
        int count = (int)Math.Min(target.Length, Count - tensorIndex);
        if (contiguous)
            new ReadOnlySpan<T>(elements + tensorIndex, count).CopyTo(target);
        else
            for (int i = 0; i < count; i++)
                target[i] = elements[Offset(tensorIndex + i)];
        GC.KeepAlive(tensor);
    }

    public void CopyFrom(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyFrom((ReadOnlySpan<T>)array, arrayIndex, tensorIndex);

    public void CopyFrom(ReadOnlySpan<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        CheckAlive();
        var source = array[arrayIndex..];
        int count = (int)Math.Min(source.Length, Count - tensorIndex);
        if (contiguous)
            source[..count].CopyTo(new Span<T>(elements + tensorIndex, count));
        else
            for (int i = 0; i < count; i++)
                elements[Offset(tensorIndex + i)] = source[i];
        GC.KeepAlive(tensor);
    }

    public Array ToNDArray()
    {
        if (shape.Length == 0)
            return new[] { At(0) };
        var array = Array.CreateInstance(typeof(T), shape);
        if (Count > 0)
            CopyTo(MemoryMarshal.CreateSpan(ref MemoryMarshal.GetArrayDataReference(array), checked((int)Count * sizeof(T))));
        return array;
    }

    private void CopyTo(Span<byte> bytes) => CopyTo(MemoryMarshal.Cast<byte, T>(bytes));

    public IEnumerator<T> GetEnumerator()
    {
        for (long i = 0; i < Count; i++)
            yield return At(i);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Nothing to release: the tensor owns the memory.</summary>
    public void Dispose()
    {
    }
}
