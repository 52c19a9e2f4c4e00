using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Darkroom.Bench.Fuzz;

/// <summary>Writes files as torch.save does, and files as somebody hostile would.</summary>
internal sealed class PickleBuilder
{
    private readonly MemoryStream bytes = new();

    public static byte[] Floats(params float[] values)
    {
        var data = new byte[values.Length * sizeof(float)];
        Buffer.BlockCopy(values, 0, data, 0, data.Length);
        return data;
    }

    /// <summary>The pickle of {"w": tensor [2, 2] over storage "0" of four floats}.</summary>
    public static byte[] OneTensor(long storageLength = 4, int offset = 0, int[]? shape = null, int[]? strides = null, string function = "_rebuild_tensor_v2") =>
        new PickleBuilder().Raw(0x80, 2).Raw('}').Text("w").Tensor(storageLength, offset, shape ?? [2, 2], strides ?? [2, 1], function).Raw('s').Raw('.').ToArray();

    /// <summary>A zip as torch.save makes it.</summary>
    public static byte[] Zip(byte[] pickle, params (string Key, byte[] Data)[] storages)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(zip, "archive/data.pkl", pickle, CompressionLevel.NoCompression);
            foreach (var (key, data) in storages)
                Add(zip, $"archive/data/{key}", data, CompressionLevel.NoCompression);
            Add(zip, "archive/version", "3\n"u8.ToArray(), CompressionLevel.NoCompression);
        }

        return stream.ToArray();
    }

    /// <summary>The same file as files of more than 4 GiB are written: sizes and places in 64 bits.</summary>
    public static byte[] Zip64(byte[] pickle, params (string Key, byte[] Data)[] storages)
    {
        using var file = new MemoryStream();
        using var directory = new MemoryStream();
        foreach (var (name, data) in storages.Select(storage => ($"archive/data/{storage.Key}", storage.Data)).Prepend(("archive/data.pkl", pickle)))
        {
            var path = Encoding.UTF8.GetBytes(name);
            var start = file.Position;
            Write(file, 0x04034b50u, (ushort)45, (ushort)0, (ushort)0, 0u, 0u, uint.MaxValue, uint.MaxValue, (ushort)path.Length, (ushort)20);
            file.Write(path);
            Write(file, (ushort)1, (ushort)16, (long)data.Length, (long)data.Length);
            file.Write(data);
            Write(directory, 0x02014b50u, (ushort)45, (ushort)45, (ushort)0, (ushort)0, 0u, 0u, uint.MaxValue, uint.MaxValue, (ushort)path.Length, (ushort)28, (ushort)0, (ushort)0, (ushort)0, 0u, uint.MaxValue);
            directory.Write(path);
            Write(directory, (ushort)1, (ushort)24, (long)data.Length, (long)data.Length, start);
        }

        var (offset, count) = (file.Position, storages.Length + 1L);
        file.Write(directory.ToArray());
        var end = file.Position;
        Write(file, 0x06064b50u, 44L, (ushort)45, (ushort)45, 0u, 0u, count, count, directory.Length, offset);
        Write(file, 0x07064b50u, 0u, end, 1u);
        Write(file, 0x06054b50u, (ushort)0, (ushort)0, ushort.MaxValue, ushort.MaxValue, uint.MaxValue, uint.MaxValue, (ushort)0);
        return file.ToArray();
    }

    public static byte[] Compressed(byte[] pickle)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
            Add(zip, "archive/data.pkl", pickle, CompressionLevel.SmallestSize);
        return stream.ToArray();
    }

    /// <summary>The format before PyTorch 1.6, of {"w": [2, 2]}.</summary>
    public static byte[] Legacy(long storedLength = 4, params float[] values)
    {
        var builder = new PickleBuilder()
            .Raw(0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19).Raw('.')
            .Raw(0x80, 2).Raw('M').Raw(0xe9, 0x03).Raw('.')
            .Raw(0x80, 2).Raw('}').Text("little_endian").Raw(0x88).Raw('s').Raw('.')
            .Raw(OneTensor())
            .Raw(0x80, 2).Raw(']').Text("0").Raw('a').Raw('.');
        var length = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(length, storedLength);
        return builder.Raw(length).Raw(Floats(values)).ToArray();
    }

    public byte[] ToArray() => bytes.ToArray();

    public PickleBuilder Raw(params byte[] opcodes)
    {
        bytes.Write(opcodes);
        return this;
    }

    public PickleBuilder Raw(char opcode) => Raw((byte)opcode);

    public PickleBuilder Text(string text)
    {
        var encoded = Encoding.UTF8.GetBytes(text);
        return Raw('X').Raw(Int32(encoded.Length)).Raw(encoded);
    }

    public PickleBuilder Int(int value) => Raw('J').Raw(Int32(value));

    public PickleBuilder Global(string module, string name) => Raw('c').Raw(Encoding.UTF8.GetBytes($"{module}\n{name}\n"));

    public PickleBuilder Tensor(long storageLength, int offset, int[] shape, int[] strides, string function = "_rebuild_tensor_v2", string key = "0") =>
        Global("torch._utils", function)
            .Raw('(')
            .Raw('(').Text("storage").Global("torch", "FloatStorage").Text(key).Text("cpu").Int((int)storageLength).Raw('t').Raw('Q')
            .Int(offset).Numbers(shape).Numbers(strides).Raw(0x89).Global("collections", "OrderedDict").Raw(')').Raw('R')
            .Raw('t').Raw('R');

    private PickleBuilder Numbers(int[] numbers)
    {
        Raw('(');
        foreach (var number in numbers)
            Int(number);
        return Raw('t');
    }

    private static void Write(Stream stream, params object[] numbers)
    {
        foreach (var number in numbers)
        {
            stream.Write(number switch
            {
                ushort small => BitConverter.GetBytes(small),
                uint middle => BitConverter.GetBytes(middle),
                _ => BitConverter.GetBytes((long)number),
            });
        }
    }

    private static byte[] Int32(int value)
    {
        var encoded = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(encoded, value);
        return encoded;
    }

    private static void Add(ZipArchive zip, string name, byte[] data, CompressionLevel level)
    {
        using var entry = zip.CreateEntry(name, level).Open();
        entry.Write(data);
    }
}
