using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>TorchSharp's own format of one tensor: type, rank and sizes as LEB128 integers, then the elements, row-major, little-endian.</summary>
internal static class TensorFormat
{
    private const int BufferSize = 1 << 20;

    internal static void Write(Tensor tensor, BinaryWriter writer)
    {
        Encode(writer, (long)tensor.dtype);
        var shape = tensor.shape;
        Encode(writer, shape.Length);
        foreach (long d in shape)
            Encode(writer, d);
        writer.Flush();
        tensor.WriteBytesToStream(writer.BaseStream, BufferSize);
    }

    internal static Tensor? Read(BinaryReader reader, bool skip)
    {
        var (type, shape) = ReadHeader(reader);
        if (skip)
        {
            Skip(reader, type, shape);
            return null;
        }
        var tensor = empty(shape, type, CPU);
        tensor.ReadBytesFromStream(reader.BaseStream, BufferSize);
        return tensor;
    }

    internal static void ReadInto(Tensor tensor, BinaryReader reader, bool skip)
    {
        var (type, shape) = ReadHeader(reader);
        if (skip)
        {
            Skip(reader, type, shape);
            return;
        }
        if (type != tensor.dtype)
            throw new ArgumentException($"Mismatched tensor data types while loading: the file has {type}, the tensor {tensor.dtype}. Make sure that the model you are loading into is exactly the same as the origin.");
        if (!shape.AsSpan().SequenceEqual(tensor.shape))
            throw new ArgumentException($"Mismatched tensor shape while loading: the file has [{string.Join(", ", shape)}], the tensor [{string.Join(", ", tensor.shape)}]. Make sure that the model you are loading into is exactly the same as the origin.");
        using var guard = no_grad();
        tensor.ReadBytesFromStream(reader.BaseStream, BufferSize);
    }

    private static (ScalarType Type, long[] Shape) ReadHeader(BinaryReader reader)
    {
        long type = Decode(reader), rank = Decode(reader);
        if (type < 0 || type > sbyte.MaxValue || !Enum.IsDefined((ScalarType)type))
            throw new FormatException($"{type} is not a type of tensor elements: the data is not a saved tensor");
        if (rank is < 0 or > 64)
            throw new FormatException($"a tensor of {rank} dimensions: the data is not a saved tensor");
        var shape = new long[rank];
        for (int i = 0; i < shape.Length; i++)
            shape[i] = Decode(reader) is >= 0 and var d ? d : throw new FormatException("a negative size: the data is not a saved tensor");
        return ((ScalarType)type, shape);
    }

    private static void Skip(BinaryReader reader, ScalarType type, long[] shape) =>
        reader.BaseStream.Seek(checked(shape.TotalSize() * SizeOf(type)), SeekOrigin.Current);

    private static void Encode(BinaryWriter writer, long value) => writer.Write7BitEncodedInt64(value);

    private static long Decode(BinaryReader reader) => reader.Read7BitEncodedInt64();
}
