namespace Darkroom.Models.Checkpoints.Pickles;

/// <summary>Finds the tensors of a network in what a pickle holds: trainers put the dictionary of tensors beside other things.</summary>
internal static class StateDictionary
{
    private const int MaxNameLength = 512;
    private const string DataParallelPrefix = "module.";

    /// <summary>Where trainers put it, the first that is there counts: Restormer, Lightning and CompVis, Diff-Plugin, others.</summary>
    private static readonly string[] KnownEntries = ["params", "state_dict", "model", "model_state_dict", "params_ema"];

    /// <summary>Finds the tensors.</summary>
    /// <param name="root">What the pickle holds.</param>
    /// <returns>Tensors by name, without the prefix <c>module.</c> that data-parallel training gives to all.</returns>
    /// <exception cref="InvalidCheckpointException">There is no dictionary of tensors, or there are several.</exception>
    public static Dictionary<string, PickleTensor> Find(object? root)
    {
        if (root is not PickleDictionary outer)
            throw new InvalidCheckpointException("The pickle holds no dictionary; expected one of tensors by name.");
        var tensors = Tensors(HasTensors(outer) ? outer : Inner(outer));
        return tensors.Keys.All(name => name.StartsWith(DataParallelPrefix, StringComparison.Ordinal))
            ? tensors.ToDictionary(pair => pair.Key[DataParallelPrefix.Length..], pair => pair.Value, StringComparer.Ordinal)
            : tensors;
    }

    private static PickleDictionary Inner(PickleDictionary outer)
    {
        var found = outer
            .Where(pair => pair is { Key: string, Value: PickleDictionary inner } && HasTensors(inner))
            .Select(pair => (Name: (string)pair.Key!, Tensors: (PickleDictionary)pair.Value!))
            .ToList();
        foreach (var known in KnownEntries)
        {
            if (found.Find(candidate => candidate.Name == known).Tensors is { } tensors)
                return tensors;
        }

        return found.Count switch
        {
            1 => found[0].Tensors,
            0 => throw new InvalidCheckpointException("The pickle holds no tensors by name, neither at its root nor one level below."),
            _ => throw new InvalidCheckpointException(
                $"The pickle holds {found.Count} dictionaries of tensors ({string.Join(", ", found.Take(8).Select(candidate => candidate.Name))}); expected one, or one called {string.Join(", ", KnownEntries)}."),
        };
    }

    private static bool HasTensors(PickleDictionary dictionary) => dictionary.Exists(pair => pair is { Key: string, Value: PickleTensor });

    // What is no tensor, such as a count of steps, belongs to the trainer.
    private static Dictionary<string, PickleTensor> Tensors(PickleDictionary dictionary)
    {
        var tensors = new Dictionary<string, PickleTensor>(StringComparer.Ordinal);
        foreach (var (key, value) in dictionary)
        {
            if (key is not string name || value is not PickleTensor tensor)
                continue;
            if (name.Length is 0 or > MaxNameLength || name.Any(char.IsControl))
                throw new InvalidCheckpointException($"The pickle has a tensor whose name has {name.Length} characters; allowed are 1 to {MaxNameLength}, none of them control characters.");
            if (!tensors.TryAdd(name, tensor))
                throw new InvalidCheckpointException($"The pickle has tensor '{name}' twice.");
        }

        return tensors;
    }
}
