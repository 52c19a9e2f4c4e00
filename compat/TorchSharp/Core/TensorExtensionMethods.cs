using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp;

public static class TensorExtensionMethods
{
    public static bool ToBoolean(this Tensor value) => value.ToScalar().ToBoolean();
    public static byte ToByte(this Tensor value) => value.ToScalar().ToByte();
    public static sbyte ToSByte(this Tensor value) => value.ToScalar().ToSByte();
    public static short ToInt16(this Tensor value) => value.ToScalar().ToInt16();
    public static int ToInt32(this Tensor value) => value.ToScalar().ToInt32();
    public static long ToInt64(this Tensor value) => value.ToScalar().ToInt64();
    public static Half ToHalf(this Tensor value) => value.ToScalar().ToHalf();
    public static BFloat16 ToBFloat16(this Tensor value) => value.ToScalar().ToBFloat16();
    public static float ToSingle(this Tensor value) => value.ToScalar().ToSingle();
    public static double ToDouble(this Tensor value) => value.ToScalar().ToDouble();

    public static int ElementSize(this ScalarType type) => SizeOf(type);
    public static long TotalSize(this IEnumerable<long> shape) => shape.Aggregate(1L, (product, d) => product * d);
    public static ReadOnlySpan<int> IntShape(this Tensor tensor) => Array.ConvertAll(tensor.shape, d => checked((int)d));
    public static Parameter AsParameter(this Tensor tensor) => new(tensor);

    public static void Save(this Tensor tensor, BinaryWriter writer) => TensorFormat.Write(tensor, writer);

    public static void Save(this Tensor tensor, Stream stream)
    {
        // Closes the stream, as TorchSharp does.
        using var writer = new BinaryWriter(stream);
        TensorFormat.Write(tensor, writer);
    }

    public static void Save(this Tensor tensor, string location) => tensor.save(location);

    public static Tensor Load(BinaryReader reader, bool skip = false) => TensorFormat.Read(reader, skip)!;

    /// <summary>Reads into an existing tensor of the same type and shape.</summary>
    public static void Load(this Tensor tensor, BinaryReader reader, bool skip = false) => TensorFormat.ReadInto(tensor, reader, skip);
}
