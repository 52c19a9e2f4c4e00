using System.Buffers.Binary;
using static TorchSharp.torch;

namespace Darkroom.Models.Checkpoints.Pickles;

/// <summary>
/// A file of <c>torch.save</c>: the zip of PyTorch 1.6 and later, or the format before it. Only its tensors are read; nothing that
/// it asks for is executed.
/// </summary>
/// <remarks>The state dictionary may be at the root or one level below; see docs/checkpoints.md. Formats: PyTorch's <c>torch/serialization.py</c>.</remarks>
public sealed class TorchPickleFile : ITensorSource
{
    /// <summary>How many times as large as the file all its tensors may be: a few share memory, such as tied embeddings.</summary>
    private const int MaxExpansion = 8;

    private static ReadOnlySpan<byte> ZipStart => "PK\x03\x04"u8;

    private readonly RandomFile file;
    private readonly Dictionary<string, PickleTensor> tensors;
    private readonly Dictionary<string, TensorEntry> entries;
    private readonly IReadOnlyDictionary<string, long> storages;

    private TorchPickleFile(RandomFile file, object? root, IReadOnlyDictionary<string, long> storages)
    {
        this.file = file;
        this.storages = storages;
        tensors = StateDictionary.Find(root);
        entries = tensors.ToDictionary(pair => pair.Key, pair => Entry(pair.Key, pair.Value), StringComparer.Ordinal);
        var total = entries.Values.Sum(entry => (decimal)entry.ByteCount);
        if (total > MaxExpansion * (decimal)file.Length)
            throw new InvalidCheckpointException($"The tensors take {total} bytes, the file {file.Length}; at most {MaxExpansion} times as much is allowed.");
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorEntry> Entries => entries;

    /// <summary>Opens a file and reads the names and shapes of its tensors.</summary>
    /// <param name="path">Path of the file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidCheckpointException">It is damaged, or wants more than tensors.</exception>
    public static TorchPickleFile Open(string path)
    {
        var file = new RandomFile(path);
        try
        {
            Span<byte> start = stackalloc byte[4];
            if (file.Length < start.Length)
                throw new InvalidCheckpointException($"The file has {file.Length} bytes; that is no file of torch.save.");
            file.Read(0, start);
            if (start.SequenceEqual(ZipStart))
                return OpenZip(file);
            return start[0] == (byte)PickleOpcode.Proto
                ? OpenLegacy(file)
                : throw new InvalidCheckpointException("The file begins neither like a zip nor like a pickle; expected a file of torch.save.");
        }
        catch (Exception error)
        {
            file.Dispose();
            if (error is InvalidCheckpointException)
                throw new InvalidCheckpointException($"{path}: {error.Message}", error);
            throw;
        }
    }

    /// <inheritdoc/>
    public void ReadInto(string name, Tensor target)
    {
        var entry = this.Find(name);
        var tensor = tensors[name];
        var offset = storages[tensor.Storage.Key] + (tensor.Storage.Start + tensor.Offset) * ElementTypes.SizeOf(entry.Type);
        if (tensor.IsContiguous || entry.ByteCount == 0)
        {
            TensorCopy.Contiguous(file, offset, entry, target);
            return;
        }

        TensorCopy.RequireShape(entry, target);
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var extent = tensor.Extent;
        var memory = empty([extent], dtype: entry.Type);
        TensorCopy.Contiguous(file, offset, new TensorEntry(name, entry.Type, [extent], extent * ElementTypes.SizeOf(entry.Type)), memory);
        target.copy_(memory.as_strided(tensor.Shape, tensor.Strides));
    }

    /// <summary>Closes the file. Tensors that were read stay valid.</summary>
    public void Dispose() => file.Dispose();

    private static TensorEntry Entry(string name, PickleTensor tensor) =>
        new(name, tensor.Storage.Type, tensor.Shape, checked(tensor.ElementCount * ElementTypes.SizeOf(tensor.Storage.Type)));

    private static TorchPickleFile OpenZip(RandomFile file)
    {
        const string pickleName = "/data.pkl";
        var zip = ZipDirectory.Read(file);
        var names = zip.Names.Where(name => name.EndsWith(pickleName, StringComparison.Ordinal)).ToList();
        if (names.Count != 1)
            throw new InvalidCheckpointException($"The zip has {names.Count} entries called data.pkl; a file of torch.save has one.");
        var folder = names[0][..^pickleName.Length];
        RequireLittleEndian(file, zip, folder);

        var (offset, bytes) = zip.Find(names[0])!.Value;
        var (root, mentioned) = PickleReader.Read(new PickleInput(file, offset, offset + bytes));
        var storages = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var storage in mentioned)
        {
            if (zip.Find($"{folder}/data/{storage.Key}") is not var (start, size))
                throw new InvalidCheckpointException($"The zip has no storage '{storage.Key}', which the pickle refers to.");
            RequireSize(storage, size / ElementTypes.SizeOf(storage.Type));
            storages[storage.Key] = start;
        }

        return new TorchPickleFile(file, root, storages);
    }

    private static void RequireLittleEndian(RandomFile file, ZipDirectory zip, string folder)
    {
        if (zip.Find($"{folder}/byteorder") is not var (offset, bytes))
            return;
        var order = new byte[Math.Min(bytes, 16)];
        file.Read(offset, order);
        if (!order.AsSpan().SequenceEqual("little"u8))
            throw new InvalidCheckpointException("The file was written on a machine with another byte order than little-endian; such files are not read.");
    }

    /// <summary>Magic number, version, system, the tensors' pickle, the storages' names; then each storage's length and bytes.</summary>
    private static TorchPickleFile OpenLegacy(RandomFile file)
    {
        var magic = System.Numerics.BigInteger.Parse("119547037146038801333356", System.Globalization.CultureInfo.InvariantCulture);
        const long version = 1001;
        long position = 0;
        if (Next().Value is not System.Numerics.BigInteger number || number != magic || Next().Value is not version)
            throw new InvalidCheckpointException("The pickle does not begin as files of torch.save do.");
        if (Next().Value is not PickleDictionary system || !system.Exists(pair => pair is { Key: "little_endian", Value: true }))
            throw new InvalidCheckpointException("The file was not written on a little-endian machine; such files are not read.");
        var (root, mentioned) = Next();
        if (Next().Value is not List<object?> keys)
            throw new InvalidCheckpointException("The file has no list of storages.");

        var types = new Dictionary<string, PickleStorage>(StringComparer.Ordinal);
        foreach (var storage in mentioned)
        {
            if (types.TryAdd(storage.Key, storage) || types[storage.Key].Type == storage.Type)
                continue;
            throw new InvalidCheckpointException($"Storage '{storage.Key}' has two element types.");
        }

        var storages = new Dictionary<string, (long Start, long Count)>(StringComparer.Ordinal);
        Span<byte> length = stackalloc byte[sizeof(long)];
        foreach (var key in keys)
        {
            if (key is not string name || !types.TryGetValue(name, out var storage))
                throw new InvalidCheckpointException("The list of storages names one that the pickle does not refer to.");
            file.Read(position, length);
            var count = BinaryPrimitives.ReadInt64LittleEndian(length);
            var start = position + sizeof(long);
            if (count < 0 || count > (file.Length - start) / ElementTypes.SizeOf(storage.Type) || !storages.TryAdd(name, (start, count)))
                throw new InvalidCheckpointException($"Storage '{name}' has {count} elements at byte {start}, or is there twice; the file has {file.Length} bytes: it is truncated or damaged.");
            position = start + count * ElementTypes.SizeOf(storage.Type);
        }

        foreach (var storage in mentioned)
        {
            if (!storages.TryGetValue(storage.Key, out var found))
                throw new InvalidCheckpointException($"The file has no storage '{storage.Key}', which the pickle refers to.");
            RequireSize(storage, found.Count);
        }

        return new TorchPickleFile(file, root, storages.ToDictionary(pair => pair.Key, pair => pair.Value.Start, StringComparer.Ordinal));

        (object? Value, IReadOnlyList<PickleStorage> Storages) Next()
        {
            var input = new PickleInput(file, position, file.Length);
            var result = PickleReader.Read(input);
            position = input.Position;
            return result;
        }
    }

    private static void RequireSize(PickleStorage storage, long elementCount)
    {
        if (storage.ElementCount > elementCount - storage.Start)
            throw new InvalidCheckpointException($"Storage '{storage.Key}' has {elementCount} elements; the pickle wants {storage.ElementCount} from element {storage.Start}.");
    }
}
