using static TorchSharp.torch;

namespace Darkroom.Models.Checkpoints;

/// <summary>A safetensors file: only the tensors that are asked for are read, straight into their memory.</summary>
/// <remarks>Everything the header says is checked against the file before anything is read; see <see cref="InvalidCheckpointException"/>.</remarks>
public sealed class SafetensorsFile : ITensorSource
{
    private readonly RandomFile file;
    private readonly Dictionary<string, TensorEntry> entries;
    private readonly Dictionary<string, long> offsets;

    private SafetensorsFile(RandomFile file, SafetensorsHeader header)
    {
        this.file = file;
        entries = header.Tensors.ToDictionary(tensor => tensor.Entry.Name, tensor => tensor.Entry, StringComparer.Ordinal);
        offsets = header.Tensors.ToDictionary(tensor => tensor.Entry.Name, tensor => header.DataStart + tensor.Offset, StringComparer.Ordinal);
        Metadata = header.Metadata;
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorEntry> Entries => entries;

    /// <summary>Gets the file's own notes (<c>__metadata__</c>).</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Opens a file and checks its header.</summary>
    /// <param name="path">Path of the file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidCheckpointException">It is not a sound safetensors file.</exception>
    public static SafetensorsFile Open(string path)
    {
        var file = new RandomFile(path);
        try
        {
            return new SafetensorsFile(file, SafetensorsHeader.Read(file));
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
        TensorCopy.Contiguous(file, offsets[name], entry, target);
    }

    /// <summary>Closes the file. Tensors that were read stay valid.</summary>
    public void Dispose() => file.Dispose();
}
