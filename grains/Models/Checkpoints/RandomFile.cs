using Microsoft.Win32.SafeHandles;

namespace Darkroom.Models.Checkpoints;

/// <summary>An open file that is read at any place. Nothing of it is mapped, so what was read does not stay resident.</summary>
internal sealed class RandomFile : IDisposable
{
    private readonly SafeFileHandle handle;

    /// <summary>Opens a file.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public RandomFile(string path)
    {
        handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read, FileOptions.RandomAccess);
        Path = path;
        Length = RandomAccess.GetLength(handle);
    }

    /// <summary>Gets the path it was opened with.</summary>
    public string Path { get; }

    /// <summary>Gets the length when it was opened (bytes).</summary>
    public long Length { get; }

    /// <summary>Fills the whole span.</summary>
    /// <exception cref="InvalidCheckpointException">The file ends before.</exception>
    public void Read(long offset, Span<byte> destination)
    {
        while (destination.Length > 0)
        {
            var read = RandomAccess.Read(handle, destination, offset);
            if (read == 0)
                throw new InvalidCheckpointException($"{Path} ends at byte {offset}; {destination.Length} more were expected.");
            destination = destination[read..];
            offset += read;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => handle.Dispose();
}
