using static TorchSharp.torch;

namespace Darkroom.Models.Checkpoints.Pickles;

/// <summary>The names that a file of tensors may mention, and what each stands for.</summary>
internal static class TorchNames
{
    private const int MaxDimensions = 8;

    private static readonly PickleName OrderedDictionary = new("collections", "OrderedDict");
    private static readonly PickleName Size = new("torch", "Size");
    private static readonly PickleName RebuildTensor = new("torch._utils", "_rebuild_tensor");
    private static readonly PickleName RebuildTensor2 = new("torch._utils", "_rebuild_tensor_v2");
    private static readonly PickleName RebuildParameter = new("torch._utils", "_rebuild_parameter");

    private static readonly Dictionary<PickleName, ScalarType> StorageTypes = new()
    {
        [new("torch", "BoolStorage")] = ScalarType.Bool, [new("torch", "ByteStorage")] = ScalarType.Byte, [new("torch", "CharStorage")] = ScalarType.Int8,
        [new("torch", "ShortStorage")] = ScalarType.Int16, [new("torch", "IntStorage")] = ScalarType.Int32, [new("torch", "LongStorage")] = ScalarType.Int64,
        [new("torch", "HalfStorage")] = ScalarType.Float16, [new("torch", "BFloat16Storage")] = ScalarType.BFloat16,
        [new("torch", "FloatStorage")] = ScalarType.Float32, [new("torch", "DoubleStorage")] = ScalarType.Float64,
    };

    private static readonly HashSet<PickleName> Allowed =
        [OrderedDictionary, Size, RebuildTensor, RebuildTensor2, RebuildParameter, .. StorageTypes.Keys];

    /// <summary>Refuses a name that is not on the list.</summary>
    /// <exception cref="InvalidCheckpointException">It is not; the message names it.</exception>
    public static PickleName Require(PickleName name) => Allowed.Contains(name)
        ? name
        : throw new InvalidCheckpointException(
            $"The pickle asks for '{Printable(name.ToString())}', which is not among the names that build tensors; nothing in a pickle is executed. Convert the file to safetensors with its own program, or save the state dictionary alone.");

    /// <summary>Makes what a name, applied to arguments, stands for.</summary>
    public static object Apply(PickleName name, object?[] arguments)
    {
        if (name == OrderedDictionary && arguments is [])
            return new PickleDictionary();
        if (name == Size && arguments is [object?[] sizes])
            return sizes;
        if (name == RebuildParameter && arguments is [PickleTensor tensor, ..])
            return tensor;
        if ((name == RebuildTensor || name == RebuildTensor2) && arguments is [PickleStorage storage, long offset, object?[] shape, object?[] strides, ..])
            return Tensor(storage, offset, Numbers(shape), Numbers(strides));
        throw new InvalidCheckpointException($"The pickle gives '{name}' arguments that it does not take.");
    }

    /// <summary>Reads a reference to a storage: ('storage', type, key, device, length[, view]).</summary>
    public static PickleStorage Storage(object? reference)
    {
        if (reference is not object?[] { Length: 5 or 6 } parts || parts is not ["storage", PickleName name, string key, _, long count, ..] ||
            count < 0 || key.Length > 128 || !StorageTypes.TryGetValue(name, out var type))
        {
            throw new InvalidCheckpointException("The pickle refers to something that is no storage of a known type.");
        }

        // Before PyTorch 1.6 a storage could be a part of another one: (key, first element, length).
        return parts is [.., object?[] view]
            ? view is [string, long start, long length] && start >= 0 && length >= 0 && length <= count - start
                ? new PickleStorage(key, type, length, start)
                : throw new InvalidCheckpointException("The pickle refers to a part of a storage that is outside of it.")
            : new PickleStorage(key, type, count);
    }

    private static PickleTensor Tensor(PickleStorage storage, long offset, long[] shape, long[] strides)
    {
        if (shape.Length != strides.Length || shape.Length > MaxDimensions || offset < 0 || shape.Any(size => size < 0) || strides.Any(stride => stride < 0))
        {
            throw new InvalidCheckpointException(
                $"The pickle has a tensor with {shape.Length} sizes and {strides.Length} strides; allowed are up to {MaxDimensions} of each, none negative.");
        }

        var tensor = new PickleTensor(storage, offset, shape, strides);
        try
        {
            // Not more elements than the storage has: a repeated one could stand for more than any memory holds.
            long count = 1, last = offset;
            for (var i = 0; i < shape.Length; i++)
            {
                count = checked(count * shape[i]);
                last = checked(last + Math.Max(0, shape[i] - 1) * strides[i]);
            }

            if (count > storage.ElementCount || (count > 0 && last >= storage.ElementCount))
                throw new InvalidCheckpointException($"The pickle has a tensor [{string.Join(", ", shape)}] from element {offset} of a storage of {storage.ElementCount}: it does not fit.");
        }
        catch (OverflowException error)
        {
            throw new InvalidCheckpointException($"The pickle has a tensor [{string.Join(", ", shape)}], more than any file holds.", error);
        }

        return tensor;
    }

    private static long[] Numbers(object?[] values) => values.Length <= MaxDimensions && values.All(value => value is long)
        ? [.. values.Cast<long>()]
        : throw new InvalidCheckpointException($"The pickle has a shape that is not up to {MaxDimensions} integers.");

    private static string Printable(string text) => new([.. text.Take(120).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c)]);
}
