using System.Text.RegularExpressions;

namespace Darkroom.Models.Checkpoints.Layouts;

/// <summary>How the names in published files become the names of our network.</summary>
public sealed record KeyRules
{
    /// <summary>Gets the rules that change nothing.</summary>
    public static KeyRules None { get; } = new();

    /// <summary>Gets what the names begin with in the file, taken off; names that begin otherwise belong to another network.</summary>
    public string Prefix { get; init; } = string.Empty;

    /// <summary>Gets what is put before the names after <see cref="Prefix"/> was taken off.</summary>
    public string NewPrefix { get; init; } = string.Empty;

    /// <summary>Gets a pattern of names that published files hold and no network needs.</summary>
    public Regex? Ignored { get; init; }

    /// <summary>Gets replacements for parts of names, applied in order.</summary>
    public IReadOnlyList<(Regex Old, string New)> Renames { get; init; } = [];

    /// <summary>Gets names that are the same tensor: where the file has only one, it stands for the other too.</summary>
    public IReadOnlyList<(string First, string Second)> Ties { get; init; } = [];

    /// <summary>Gets names of linear layers that older files hold as convolutions of 1 x 1: [N, M, 1, 1] is read as [N, M].</summary>
    public Regex? Squeezed { get; init; }

    /// <summary>Gives a file's tensors the network's names.</summary>
    /// <param name="source">The file; the result owns it.</param>
    /// <exception cref="InvalidCheckpointException">Two tensors get the same name; the file is not disposed.</exception>
    public ITensorSource Apply(ITensorSource source)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        var shapes = new Dictionary<string, long[]>(StringComparer.Ordinal);
        foreach (var (stored, entry) in source.Entries)
        {
            if (!stored.StartsWith(Prefix, StringComparison.Ordinal) || Ignored?.IsMatch(stored) == true)
                continue;
            var name = Renames.Aggregate(NewPrefix + stored[Prefix.Length..], (text, rename) => rename.Old.Replace(text, rename.New));
            if (!names.TryAdd(name, stored))
                throw new InvalidCheckpointException($"Tensors '{names[name]}' and '{stored}' are both '{name}' of the network.");
            if (entry.Shape is [var rows, var columns, 1, 1] && Squeezed?.IsMatch(name) == true)
                shapes[name] = [rows, columns];
        }

        foreach (var (first, second) in Ties)
        {
            if (names.TryGetValue(first, out var stored))
                names.TryAdd(second, stored);
            else if (names.TryGetValue(second, out stored))
                names.Add(first, stored);
        }

        return new RenamedTensors(source, names, shapes);
    }
}
