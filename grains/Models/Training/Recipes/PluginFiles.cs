using Darkroom.Models.Checkpoints;
using Darkroom.Models.Checkpoints.Layouts;
using Darkroom.Models.Training.Loop;

namespace Darkroom.Models.Training.Recipes;

/// <summary>Where the plugins of a Diff-Plugin checkpoint lie: each in a folder that has its task's name.</summary>
internal static class PluginFiles
{
    public const string PromptsKind = "task-prompt-branch";
    public const string ComplementsKind = "spatial-complement-branch";

    /// <summary>The tasks that there are task prompts for.</summary>
    public static IReadOnlyList<string> Tasks(TrainingCheckpoint checkpoint) => [.. checkpoint.Find(PromptsKind).Select(TaskOf)];

    /// <summary>Finds a task's branch.</summary>
    /// <exception cref="InvalidCheckpointException">There is none, or more than one.</exception>
    public static FoundComponent Find(TrainingCheckpoint checkpoint, string kind, string task)
    {
        var all = checkpoint.Find(kind);
        return all.Where(component => TaskOf(component) == task).ToList() is [var found]
            ? found
            : throw new InvalidCheckpointException(
                $"The checkpoint needs one network of kind '{kind}' in a folder '{task}'; there are {string.Join(", ", all.Select(component => component.Name).DefaultIfEmpty("none"))}.");
    }

    private static string TaskOf(FoundComponent component)
    {
        var parts = component.Name.Split('/');
        return parts.Length < 2 ? string.Empty : parts[^2].ToLowerInvariant();
    }
}
