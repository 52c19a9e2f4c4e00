namespace Darkroom.Models.Checkpoints.Layouts;

/// <summary>Every kind of network that a checkpoint may hold.</summary>
public static class ComponentCatalogue
{
    /// <summary>Classes in published folders that no pipeline of ours has a use for.</summary>
    private static readonly string[] NotNeeded = ["StableDiffusionSafetyChecker"];

    /// <summary>Gets all kinds.</summary>
    public static IReadOnlyList<ComponentKind> All { get; } =
    [
        DiffusionComponents.UNet, DiffusionComponents.Vae, DiffusionComponents.ControlNet,
        DiffusionComponents.TaskPromptBranch, DiffusionComponents.SpatialComplementBranch,
        DiffusionComponents.DarkDiffUNet, DiffusionComponents.DarkDiffContext, DiffusionComponents.DarkDiffVae,
        ClipComponents.Text, ClipComponents.Vision,
        LanguageComponents.T5Encoder, LanguageComponents.Llama, LanguageComponents.Llava,
        PaperComponents.Ipfm, PaperComponents.PluginSelector, PaperComponents.EditHead, PaperComponents.EditEmbeddings,
        RestormerComponent.Kind, PaperComponents.Llmra,
        QualityComponents.AlexNet, QualityComponents.Vgg16, QualityComponents.LpipsHeads, QualityComponents.FidInception, QualityComponents.Musiq,
    ];

    /// <summary>Finds a kind.</summary>
    /// <exception cref="InvalidCheckpointException">There is none of this name.</exception>
    public static ComponentKind Find(string name) => All.FirstOrDefault(kind => kind.Name == name)
        ?? throw new InvalidCheckpointException($"There is no kind of component '{name}'; known are {string.Join(", ", All.Select(kind => kind.Name))}.");

    /// <summary>Finds the kinds that a class of a published configuration holds; none when it is unknown.</summary>
    public static IReadOnlyList<ComponentKind> OfClass(string name) => [.. All.Where(kind => kind.Classes.Contains(name, StringComparer.Ordinal))];

    /// <summary>Finds the kinds that a file's names show; none when they are unknown.</summary>
    public static IReadOnlyList<ComponentKind> OfNames(IReadOnlyDictionary<string, TensorEntry> entries) => [.. All.Where(kind => kind.IsIn?.Invoke(entries) == true)];

    /// <summary>Whether a class is known to have no use here.</summary>
    public static bool IsNotNeeded(string name) => NotNeeded.Contains(name, StringComparer.Ordinal);
}
