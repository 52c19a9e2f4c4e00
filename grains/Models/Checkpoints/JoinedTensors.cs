using static TorchSharp.torch;

namespace Darkroom.Models.Checkpoints;

/// <summary>Several files as one.</summary>
public sealed class JoinedTensors : ITensorSource
{
    private readonly IReadOnlyList<ITensorSource> sources;
    private readonly Dictionary<string, (ITensorSource Source, TensorEntry Entry)> found = new(StringComparer.Ordinal);

    /// <summary>Joins files; they are disposed with this.</summary>
    /// <exception cref="InvalidCheckpointException">Two of them have a tensor of the same name; they are not disposed.</exception>
    public JoinedTensors(IReadOnlyList<ITensorSource> sources)
    {
        this.sources = sources;
        foreach (var source in sources)
        {
            foreach (var (name, entry) in source.Entries)
            {
                if (!found.TryAdd(name, (source, entry)))
                    throw new InvalidCheckpointException($"Two files of the checkpoint have tensor '{name}'.");
            }
        }

        Entries = found.ToDictionary(pair => pair.Key, pair => pair.Value.Entry, StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorEntry> Entries { get; }

    /// <inheritdoc/>
    public void ReadInto(string name, Tensor target)
    {
        this.Find(name);
        found[name].Source.ReadInto(name, target);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var source in sources)
            source.Dispose();
    }
}
