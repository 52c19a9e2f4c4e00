using static TorchSharp.torch;

namespace Darkroom.Models.Checkpoints;

/// <summary>Fills a network from a checkpoint, strictly.</summary>
public static class CheckpointLoader
{
    /// <summary>Copies every tensor of the network from the checkpoint, converting the element type to the network's.</summary>
    /// <param name="network">The network, on the device where it is to stay: nothing is kept elsewhere while it is filled.</param>
    /// <param name="source">The checkpoint.</param>
    /// <param name="prefix">What the keys begin with in the checkpoint; other keys are not looked at.</param>
    /// <exception cref="InvalidCheckpointException">
    /// A tensor is missing, extra, of another shape, or holds integers for floating-point numbers; all of them are named and nothing is loaded.
    /// </exception>
    public static void Load(nn.Module network, ITensorSource source, string prefix = "")
    {
        if (Compare(network, source, prefix) is { IsEmpty: false } difference)
            throw new InvalidCheckpointException($"The checkpoint does not fit {network.GetName()}: {difference}");
        using var guard = no_grad();
        foreach (var (name, target) in network.state_dict())
            source.ReadInto(prefix + name, target);
    }

    /// <summary>Compares names, shapes and kinds of element types; nothing is read.</summary>
    /// <param name="network">The network.</param>
    /// <param name="source">The checkpoint.</param>
    /// <param name="prefix">What the keys begin with in the checkpoint; other keys are not looked at.</param>
    public static CheckpointDifference Compare(nn.Module network, ITensorSource source, string prefix = "")
    {
        var state = network.state_dict();
        return new CheckpointDifference(
            [.. state.Keys.Where(name => !source.Entries.ContainsKey(prefix + name))],
            [.. source.Entries.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal) && !state.ContainsKey(name[prefix.Length..]))],
            [.. state
                .Where(pair => source.Entries.TryGetValue(prefix + pair.Key, out var entry) && !entry.Shape.SequenceEqual(pair.Value.shape))
                .Select(pair => $"{pair.Key} is [{string.Join(", ", source.Entries[prefix + pair.Key].Shape)}] and should be [{string.Join(", ", pair.Value.shape)}]")],
            [.. state
                .Where(pair => source.Entries.TryGetValue(prefix + pair.Key, out var entry) && ElementTypes.IsFloat(entry.Type) != ElementTypes.IsFloat(pair.Value.dtype))
                .Select(pair => $"{pair.Key} is {ElementTypes.NameOf(source.Entries[prefix + pair.Key].Type)} and should be {ElementTypes.NameOf(pair.Value.dtype)} or a type like it")]);
    }
}
