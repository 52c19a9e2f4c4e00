using static TorchSharp.torch;

namespace Darkroom.Models.Checkpoints.Pickles;

/// <summary>A name that a pickle mentions, such as <c>torch._utils._rebuild_tensor_v2</c>. It is compared, never looked up.</summary>
internal sealed record PickleName(string Module, string Name)
{
    public override string ToString() => $"{Module}.{Name}";
}

/// <summary>A dictionary in the order in which it was filled. A key may be any value of a pickle.</summary>
internal sealed class PickleDictionary : List<KeyValuePair<object?, object?>>;

/// <summary>The memory of one or more tensors, elsewhere in the file.</summary>
/// <param name="Key">Its name in the file.</param>
/// <param name="Type">Element type.</param>
/// <param name="ElementCount">Its length (elements).</param>
/// <param name="Start">Where it starts in the storage of that name (elements); not 0 only in files before PyTorch 1.6.</param>
internal sealed record PickleStorage(string Key, ScalarType Type, long ElementCount, long Start = 0);

/// <summary>A tensor: a view of a storage.</summary>
/// <param name="Storage">The storage.</param>
/// <param name="Offset">First element in it.</param>
/// <param name="Shape">Sizes.</param>
/// <param name="Strides">Steps (elements) of each dimension, none negative.</param>
internal sealed record PickleTensor(PickleStorage Storage, long Offset, long[] Shape, long[] Strides)
{
    /// <summary>Gets the number of elements.</summary>
    public long ElementCount => Shape.Aggregate(1L, (product, size) => product * size);

    /// <summary>Gets the elements of the storage from the first that the view touches to the last.</summary>
    public long Extent => ElementCount == 0 ? 0 : 1 + Shape.Zip(Strides, (size, stride) => (size - 1) * stride).Sum();

    /// <summary>Gets a value indicating whether the elements lie one after another in their order.</summary>
    public bool IsContiguous
    {
        get
        {
            long expected = 1;
            for (var i = Shape.Length - 1; i >= 0; i--)
            {
                if (Shape[i] != 1 && Strides[i] != expected)
                    return false;
                expected *= Shape[i];
            }

            return true;
        }
    }
}
