using Darkroom.Models.Checkpoints;
using static TorchSharp.torch;

namespace Darkroom.Models.StableDiffusion;

/// <summary>A VAE's checkpoint seen under today's names, whichever names and shapes its attentions have.</summary>
/// <remarks>
/// Files from before diffusers 0.17, which most published ones are, say query, key, value and proj_attn for to_q, to_k, to_v
/// and to_out.0; those made from the original code hold them as 1x1 convolutions.
/// </remarks>
public sealed class LegacyVaeNames : ITensorSource
{
    private static readonly (string Old, string New)[] Names =
    [
        (".query.", ".to_q."), (".key.", ".to_k."), (".value.", ".to_v."), (".proj_attn.", ".to_out.0."),
    ];

    private readonly ITensorSource source;
    private readonly Dictionary<string, TensorEntry> stored = [];               // by today's name
    private readonly Dictionary<string, TensorEntry> entries = [];

    /// <summary>Wraps a checkpoint; names that are today's already stay.</summary>
    /// <param name="source">The checkpoint; disposed with this.</param>
    /// <exception cref="InvalidCheckpointException">It has a tensor under both names.</exception>
    public LegacyVaeNames(ITensorSource source)
    {
        this.source = source;
        foreach (var (name, entry) in source.Entries)
        {
            var current = Current(name);
            if (!stored.TryAdd(current, entry))
                throw new InvalidCheckpointException($"The checkpoint has '{current}' twice, once under its old name.");
            var isConvolution = current.Contains(".attentions.", StringComparison.Ordinal) && entry.Shape is [_, _, 1, 1];
            entries[current] = entry with { Name = current, Shape = isConvolution ? [.. entry.Shape.Take(2)] : entry.Shape };
        }
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorEntry> Entries => entries;

    /// <inheritdoc/>
    public void ReadInto(string name, Tensor target)
    {
        var entry = stored.TryGetValue(name, out var found) ? found : throw new KeyNotFoundException($"The checkpoint has no tensor '{name}'.");
        using var shaped = target.view([.. entry.Shape]);                       // the same memory
        source.ReadInto(entry.Name, shaped);
    }

    /// <inheritdoc/>
    public void Dispose() => source.Dispose();

    private static string Current(string name) => name.Contains(".attentions.", StringComparison.Ordinal)
        ? Names.Aggregate(name, (current, pair) => current.Replace(pair.Old, pair.New, StringComparison.Ordinal))
        : name;
}
