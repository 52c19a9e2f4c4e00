using System.Buffers.Binary;
using System.Text.Json;

namespace Darkroom.Models.Checkpoints;

/// <summary>Reads and checks the header of a safetensors file; nothing in the file is trusted.</summary>
/// <remarks>Format: https://github.com/huggingface/safetensors#format - 8 bytes length, JSON, data.</remarks>
internal sealed class SafetensorsHeader
{
    /// <summary>The largest header accepted (bytes); published checkpoints need up to 1 MB, and parsing takes ten times as much memory.</summary>
    public const long MaxHeaderBytes = 32 << 20;

    private const int MaxDimensions = 8;
    private const int LengthBytes = sizeof(ulong);

    private SafetensorsHeader(List<(TensorEntry Entry, long Offset)> tensors, Dictionary<string, string> metadata, long dataStart) =>
        (Tensors, Metadata, DataStart) = (tensors, metadata, dataStart);

    /// <summary>Gets the tensors in file order, and their first bytes counted from <see cref="DataStart"/>.</summary>
    public IReadOnlyList<(TensorEntry Entry, long Offset)> Tensors { get; }

    /// <summary>Gets the file's notes.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Gets where the data starts in the file (bytes).</summary>
    public long DataStart { get; }

    /// <summary>Reads the header of a file.</summary>
    /// <exception cref="InvalidCheckpointException">The header is not that of a safetensors file of this length.</exception>
    public static SafetensorsHeader Read(RandomFile file)
    {
        if (file.Length < LengthBytes)
            throw new InvalidCheckpointException($"The file has {file.Length} bytes; a safetensors file has at least {LengthBytes}.");
        Span<byte> lengthBytes = stackalloc byte[LengthBytes];
        file.Read(0, lengthBytes);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(lengthBytes);
        if (length > MaxHeaderBytes || length > (ulong)(file.Length - LengthBytes))
            throw new InvalidCheckpointException(
                $"The header says it has {length} bytes; the file has {file.Length - LengthBytes} after its length, and at most {MaxHeaderBytes} are allowed.");

        var json = new byte[length];
        file.Read(LengthBytes, json);
        var dataStart = LengthBytes + (long)length;
        var tensors = new List<(TensorEntry Entry, long Offset)>();
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
                    tensors.Add(ReadEntry(property.Name, property.Value, file.Length - dataStart));
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new InvalidCheckpointException($"The header is not valid: {error.Message}", error);
        }

        RequireNoOverlap(tensors);
        return new SafetensorsHeader(tensors, metadata, dataStart);
    }

    private static void ReadMetadata(JsonElement element, Dictionary<string, string> metadata)
    {
        foreach (var property in element.EnumerateObject())
            metadata[property.Name] = property.Value.GetString() ?? string.Empty;
    }

    private static (TensorEntry Entry, long Offset) ReadEntry(string name, JsonElement element, long dataBytes)
    {
        var typeName = element.GetProperty("dtype").GetString() ?? string.Empty;
        if (!ElementTypes.Known.TryGetValue(typeName, out var type))
            throw new InvalidCheckpointException($"Tensor '{Shorten(name)}' has element type '{Shorten(typeName)}'; allowed are {string.Join(", ", ElementTypes.Known.Keys)}.");

        var shape = ReadNumbers(element, "shape");
        if (shape.Length > MaxDimensions || shape.Any(size => size < 0))
            throw new InvalidCheckpointException($"Tensor '{Shorten(name)}' has the shape [{string.Join(", ", shape)}]; allowed are up to {MaxDimensions} sizes, none negative.");
        var offsets = ReadNumbers(element, "data_offsets");
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
        return (new TensorEntry(name, type.Type, shape, bytes), offsets[0]);
    }

    // One more than a valid list has is enough to refuse it.
    private static long[] ReadNumbers(JsonElement element, string property) =>
        [.. element.GetProperty(property).EnumerateArray().Take(MaxDimensions + 1).Select(number => number.GetInt64())];

    private static void RequireNoOverlap(List<(TensorEntry Entry, long Offset)> tensors)
    {
        (TensorEntry Entry, long Offset)? previous = null;
        foreach (var tensor in tensors.Where(tensor => tensor.Entry.ByteCount > 0).OrderBy(tensor => tensor.Offset))
        {
            if (previous is { } before && tensor.Offset < before.Offset + before.Entry.ByteCount)
                throw new InvalidCheckpointException($"Tensors '{Shorten(before.Entry.Name)}' and '{Shorten(tensor.Entry.Name)}' overlap in the file.");
            previous = tensor;
        }
    }

    private static string Shorten(string text) => text.Length <= 80 ? text : text[..80] + "...";
}
