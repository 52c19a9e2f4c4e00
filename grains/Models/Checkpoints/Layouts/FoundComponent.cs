using System.Text.Json;

namespace Darkroom.Models.Checkpoints.Layouts;

/// <summary>A network of a checkpoint on the disk.</summary>
/// <param name="Name">Its name within the checkpoint: the path of its folder or file, without extension, with slashes.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Class">The class that its configuration names; empty without one.</param>
/// <param name="Config">Its configuration, as published or made of names and shapes.</param>
/// <param name="WeightFiles">Full paths of the files with its tensors; several networks may share one.</param>
/// <param name="Index">Full path of the index over several files, or null.</param>
public sealed record FoundComponent(
    string Name, ComponentKind Kind, string Class, JsonElement Config, IReadOnlyList<string> WeightFiles, string? Index)
{
    /// <summary>Opens its tensors under the network's names.</summary>
    /// <exception cref="InvalidCheckpointException">A file is damaged or missing.</exception>
    public ITensorSource Open()
    {
        var files = Index is null ? TensorFiles.Open(WeightFiles[0]) : TensorFiles.OpenIndex(Index);
        try
        {
            return Kind.Adapt(Class, files);
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    /// <summary>Compares the files with the network.</summary>
    /// <exception cref="InvalidCheckpointException">A file is damaged or missing, or the configuration is not of this kind.</exception>
    public CheckpointDifference Compare()
    {
        using var tensors = Open();
        return Kind.Compare(Config, tensors);
    }
}

/// <summary>What a folder or file holds.</summary>
/// <param name="Layout">Name of the layout, one of <see cref="CheckpointLayout.Names"/>.</param>
/// <param name="Components">The networks.</param>
/// <param name="OtherFiles">Full paths of what belongs to them, such as schedulers and tokenizers.</param>
/// <param name="Skipped">What was left out, a line each with the reason.</param>
/// <param name="Root">The folder that names are relative to.</param>
public sealed record FoundCheckpoint(
    string Layout, IReadOnlyList<FoundComponent> Components, IReadOnlyList<string> OtherFiles, IReadOnlyList<string> Skipped, string Root)
{
    /// <summary>Gets the folder that was looked over; the root, or below it.</summary>
    public string Start { get; init; } = Root;
}
