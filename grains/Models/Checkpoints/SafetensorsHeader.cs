using System.Buffers.Binary;
using System.Text.Json;
using static TorchSharp.torch;

namespace Darkroom.Models.Checkpoints;

/// <summary>Reads and checks the header of a safetensors file; nothing in the file is trusted.</summary>
/// <remarks>Format: https://github.com/huggingface/safetensors#format - 8 bytes length, JSON, data.</remarks>
internal static class SafetensorsHeader
{
    /// <summary>The largest header accepted (bytes); the largest published checkpoints need a few MB.</summary>
    public const long MaxHeaderBytes = 100_000_000;

    private const int MaxDimensions = 8;
    private const int LengthBytes = sizeof(ulong);

    private static readonly Dictionary<string, (ScalarType Type, int Size)> Types = new(StringComparer.Ordinal)
    {
        ["BOOL"] = (ScalarType.Bool, 1), ["U8"] = (ScalarType.Byte, 1), ["I8"] = (ScalarType.Int8, 1),
        ["I16"] = (ScalarType.Int16, 2), ["I32"] = (ScalarType.Int32, 4), ["I64"] = (ScalarType.Int64, 8),
        ["F16"] = (ScalarType.Float16, 2), ["BF16"] = (ScalarType.BFloat16, 2),
        ["F32"] = (ScalarType.Float32, 4), ["F64"] = (ScalarType.Float64, 8),
    };

    /// <summary>Gets the format's name of an element type.</summary>
    /// <exception cref="ArgumentException">The format has no such type.</exception>
    public static string NameOf(ScalarType type) =>
        Types.FirstOrDefault(pair => pair.Value.Type == type).Key
        ?? throw new ArgumentException($"safetensors cannot store {type}; allowed are {string.Join(", ", Types.Keys)}.");

    /// <summary>Gets the size of an element (bytes).</summary>
    public static int SizeOf(ScalarType type) => Types[NameOf(type)].Size;

    /// <summary>Reads the header of a file.</summary>
    /// <param name="file">The file, at its start.</param>
    /// <param name="fileBytes">Its length (bytes).</param>
    /// <returns>Entries in file order, the metadata, and where the data starts.</returns>
    /// <exception cref="InvalidCheckpointException">The header is not that of a safetensors file of this length.</exception>
    public static (List<TensorEntry> Entries, Dictionary<string, string> Metadata, long DataStart) Read(Stream file, long fileBytes)
    {
        if (fileBytes < LengthBytes)
            throw new InvalidCheckpointException($"The file has {fileBytes} bytes; a safetensors file has at least {LengthBytes}.");
        Span<byte> lengthBytes = stackalloc byte[LengthBytes];
        file.ReadExactly(lengthBytes);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(lengthBytes);
        if (length > MaxHeaderBytes || length > (ulong)(fileBytes - LengthBytes))
            throw new InvalidCheckpointException(
                $"The header says it has {length} bytes; the file has {fileBytes - LengthBytes} after its length, and at most {MaxHeaderBytes} are allowed.");

        var json = new byte[length];
        file.ReadExactly(json);
        var dataStart = LengthBytes + (long)length;
        var entries = new List<TensorEntry>();
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            // AllowDuplicateProperties = false: a second entry of a name could smuggle other weights past a check.
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 8, AllowDuplicateProperties = false });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new InvalidCheckpointException("The header is not a JSON object.");
            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (property.Name == "__metadata__")
                    ReadMetadata(property.Value, metadata);
                else
                    entries.Add(ReadEntry(property.Name, property.Value, fileBytes - dataStart));
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new InvalidCheckpointException($"The header is not valid: {error.Message}", error);
        }

        RequireNoOverlap(entries);
        return (entries, metadata, dataStart);
    }

    private static void ReadMetadata(JsonElement element, Dictionary<string, string> metadata)
    {
        foreach (var property in element.EnumerateObject())
            metadata[property.Name] = property.Value.GetString() ?? string.Empty;
    }

    private static TensorEntry ReadEntry(string name, JsonElement element, long dataBytes)
    {
        var typeName = element.GetProperty("dtype").GetString() ?? string.Empty;
        if (!Types.TryGetValue(typeName, out var type))
            throw new InvalidCheckpointException($"Tensor '{Shorten(name)}' has element type '{Shorten(typeName)}'; allowed are {string.Join(", ", Types.Keys)}.");

        var shape = element.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()).ToArray();
        if (shape.Length > MaxDimensions || shape.Any(size => size < 0))
            throw new InvalidCheckpointException($"Tensor '{Shorten(name)}' has the shape [{string.Join(", ", shape.Take(9))}]; allowed are up to {MaxDimensions} sizes, none negative.");
        var offsets = element.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt64()).ToArray();
        if (offsets.Length != 2 || offsets[0] < 0 || offsets[1] < offsets[0] || offsets[1] > dataBytes)
            throw new InvalidCheckpointException($"Tensor '{Shorten(name)}' lies at [{string.Join(", ", offsets.Take(3))}]; the file has data from 0 to {dataBytes}.");

        long bytes = type.Size;
        try
        {
            foreach (var size in shape)
                bytes = checked(bytes * size);
        }
        catch (OverflowException error)
        {
            throw new InvalidCheckpointException($"Tensor '{Shorten(name)}' has the shape [{string.Join(", ", shape)}], more than any file holds.", error);
        }

        if (bytes != offsets[1] - offsets[0])
            throw new InvalidCheckpointException($"Tensor '{Shorten(name)}' of shape [{string.Join(", ", shape)}] and type {typeName} needs {bytes} bytes; the header gives it {offsets[1] - offsets[0]}.");
        return new TensorEntry(name, type.Type, shape, offsets[0], bytes);
    }

    private static void RequireNoOverlap(List<TensorEntry> entries)
    {
        TensorEntry? previous = null;
        foreach (var entry in entries.Where(entry => entry.ByteCount > 0).OrderBy(entry => entry.Offset))
        {
            if (previous is not null && entry.Offset < previous.Offset + previous.ByteCount)
                throw new InvalidCheckpointException($"Tensors '{Shorten(previous.Name)}' and '{Shorten(entry.Name)}' overlap in the file.");
            previous = entry;
        }
    }

    private static string Shorten(string text) => text.Length <= 80 ? text : text[..80] + "...";
}
