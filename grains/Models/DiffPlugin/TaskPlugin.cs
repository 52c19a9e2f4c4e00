namespace Darkroom.Models.DiffPlugin;

/// <summary>What makes the frozen Stable Diffusion do one task.</summary>
/// <param name="Name">The task, such as <c>derain</c>.</param>
/// <param name="Prompts">Its TPB.</param>
/// <param name="Complements">Its SCB.</param>
public sealed record TaskPlugin(string Name, TaskPromptBranch Prompts, SpatialComplementBranch Complements)
{
    // inp_of_unet_is_random_noise of the official code.
    private static readonly string[] FromNoise = ["lowlight", "highlight"];

    /// <summary>Gets the eight tasks of the paper in the order of the official demo; tasks of one sentence are done in this order.</summary>
    public static IReadOnlyList<string> Published { get; } = ["derain", "desnow", "lowlight", "dehaze", "deblur", "highlight", "face", "demoire"];

    /// <summary>Gets a value indicating whether a run starts from pure noise, not from the noised picture.</summary>
    public bool StartsFromNoise { get; init; } = FromNoise.Contains(Name);

    /// <summary>Puts plugins into the order in which they are done: the published ones as published, others behind them by name.</summary>
    public static IReadOnlyList<TaskPlugin> Sort(IEnumerable<TaskPlugin> plugins) =>
        [.. plugins.OrderBy(plugin => Published.Index().Where(pair => pair.Item == plugin.Name).Select(pair => pair.Index).DefaultIfEmpty(Published.Count).First())
            .ThenBy(plugin => plugin.Name, StringComparer.Ordinal)];
}
