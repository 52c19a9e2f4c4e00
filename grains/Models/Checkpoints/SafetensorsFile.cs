using System.IO.MemoryMappedFiles;
using static TorchSharp.torch;

namespace Darkroom.Models.Checkpoints;

/// <summary>A safetensors file, memory-mapped: only the tensors that are asked for are read.</summary>
/// <remarks>Everything the header says is checked against the file before anything is read; see <see cref="InvalidCheckpointException"/>.</remarks>
public sealed class SafetensorsFile : IDisposable
{
    private readonly MemoryMappedFile? map;
    private readonly long dataStart;
    private readonly Dictionary<string, TensorEntry> entries;

    private SafetensorsFile(MemoryMappedFile? map, long dataStart, List<TensorEntry> entries, IReadOnlyDictionary<string, string> metadata)
    {
        this.map = map;
        this.dataStart = dataStart;
        this.entries = entries.ToDictionary(entry => entry.Name, StringComparer.Ordinal);
        Metadata = metadata;
    }

    /// <summary>Gets the tensors by name.</summary>
    public IReadOnlyDictionary<string, TensorEntry> Entries => entries;

    /// <summary>Gets the file's own notes (<c>__metadata__</c>).</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Opens a file and checks its header.</summary>
    /// <param name="path">Path of the file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidCheckpointException">It is not a sound safetensors file.</exception>
    public static SafetensorsFile Open(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        var length = stream.Length;
        try
        {
            var (entries, metadata, dataStart) = SafetensorsHeader.Read(stream, length);
            var map = length > dataStart
                ? MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read)
                : null;
            return new SafetensorsFile(map, dataStart, entries, metadata);
        }
        catch (InvalidCheckpointException error)
        {
            throw new InvalidCheckpointException($"{path}: {error.Message}", error);
        }
    }

    /// <summary>Reads a tensor.</summary>
    /// <param name="name">Its key.</param>
    /// <param name="type">Element type wanted, or null for the stored one.</param>
    /// <returns>The tensor on the CPU; the caller disposes it.</returns>
    /// <exception cref="KeyNotFoundException">The file has no such tensor.</exception>
    /// <exception cref="InvalidCheckpointException">The tensor has 2 GiB or more.</exception>
    public unsafe Tensor Read(string name, ScalarType? type = null)
    {
        if (!entries.TryGetValue(name, out var entry))
            throw new KeyNotFoundException($"The checkpoint has no tensor '{name}'.");
        if (entry.ByteCount > int.MaxValue)
            throw new InvalidCheckpointException($"Tensor '{name}' has {entry.ByteCount} bytes; at most {int.MaxValue} are allowed.");
        using var scope = NewDisposeScope();
        var tensor = empty(entry.Shape.ToArray(), dtype: entry.Type);
        if (entry.ByteCount > 0)
        {
            using var view = map!.CreateViewAccessor(dataStart + entry.Offset, entry.ByteCount, MemoryMappedFileAccess.Read);
            byte* source = null;
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref source);
            try
            {
                new ReadOnlySpan<byte>(source + view.PointerOffset, (int)entry.ByteCount).CopyTo(tensor.bytes);
            }
            finally
            {
                view.SafeMemoryMappedViewHandle.ReleasePointer();
            }
        }

        var result = type is null || type == entry.Type ? tensor : tensor.to(type.Value);
        return result.MoveToOuterDisposeScope();
    }

    /// <summary>Unmaps the file. Tensors that were read stay valid.</summary>
    public void Dispose() => map?.Dispose();
}
