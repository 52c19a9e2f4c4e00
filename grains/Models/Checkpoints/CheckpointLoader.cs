using static TorchSharp.torch;

namespace Darkroom.Models.Checkpoints;

/// <summary>Fills a network from a checkpoint, strictly.</summary>
public static class CheckpointLoader
{
    private const int MaxNamesListed = 8;

    /// <summary>Copies every tensor of the network from the checkpoint, converting the element type to the network's.</summary>
    /// <param name="network">The network.</param>
    /// <param name="source">The checkpoint.</param>
    /// <param name="prefix">What the keys begin with in the checkpoint; other keys are not looked at.</param>
    /// <exception cref="InvalidCheckpointException">
    /// A tensor is missing, extra or of another shape; all of them are named and nothing is loaded.
    /// </exception>
    public static void Load(nn.Module network, ITensorSource source, string prefix = "")
    {
        var state = network.state_dict();
        var missing = state.Keys.Where(name => !source.Entries.ContainsKey(prefix + name)).ToList();
        var extra = source.Entries.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)
            && !state.ContainsKey(name[prefix.Length..])).ToList();
        var misshapen = state
            .Where(pair => source.Entries.TryGetValue(prefix + pair.Key, out var entry) && !entry.Shape.SequenceEqual(pair.Value.shape))
            .Select(pair => $"{pair.Key} is [{string.Join(", ", source.Entries[prefix + pair.Key].Shape)}] and should be [{string.Join(", ", pair.Value.shape)}]")
            .ToList();
        if (missing.Count + extra.Count + misshapen.Count > 0)
            throw new InvalidCheckpointException(
                $"The checkpoint does not fit {network.GetName()}: {List("missing", missing)}{List("extra", extra)}{List("wrong shape", misshapen)}".TrimEnd());

        using var guard = no_grad();
        foreach (var (name, target) in state)
            source.ReadInto(prefix + name, target);
    }

    private static string List(string what, List<string> names) => names.Count == 0
        ? string.Empty
        : $"{names.Count} {what} ({string.Join("; ", names.Take(MaxNamesListed))}{(names.Count > MaxNamesListed ? "; ..." : string.Empty)}) ";
}
