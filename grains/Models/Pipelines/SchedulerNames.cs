using Darkroom.Models.Schedulers;

namespace Darkroom.Models.Pipelines;

/// <summary>The words by which users choose an update rule.</summary>
public static class SchedulerNames
{
    private static readonly Dictionary<string, SchedulerKind> Kinds = new(StringComparer.Ordinal)
    {
        ["ddpm"] = SchedulerKind.Ddpm,
        ["ddim"] = SchedulerKind.Ddim,
        ["unipc"] = SchedulerKind.UniPc,
        ["pndm"] = SchedulerKind.Pndm,
        ["euler-ancestral"] = SchedulerKind.EulerAncestral,
    };

    /// <summary>Finds the update rule that a run asks for.</summary>
    /// <param name="name">The word, or null for the first of those that are offered.</param>
    /// <param name="offered">What the pipeline offers, its default first.</param>
    /// <returns>Index into <paramref name="offered"/>.</returns>
    /// <exception cref="ArgumentException">The pipeline does not offer it.</exception>
    public static int Choose(string? name, params ReadOnlySpan<SchedulerKind> offered)
    {
        if (name is null)
            return 0;
        if (Kinds.TryGetValue(name, out var kind) && offered.IndexOf(kind) is var index and >= 0)
            return index;
        var allowed = new List<string>();
        foreach (var one in offered)
            allowed.Add(Kinds.First(pair => pair.Value == one).Key);
        throw new ArgumentException($"The scheduler '{name}' was asked for; the pipeline offers {string.Join(", ", allowed)}.");
    }
}
