using Darkroom.Cli.CommandLine;

namespace Darkroom.Workbench.Training;

/// <summary>Where the files of a training lie: beside the checkpoint, in a place that an import does not look at.</summary>
/// <param name="root">The output folder.</param>
internal sealed class TrainingFolder(string root)
{
    /// <summary>What an import passes over, as every name that begins with a dot.</summary>
    public const string FolderName = ".training";

    /// <summary>Gets the file that the training is resumed from.</summary>
    public string StatePath => Path.Combine(root, FolderName, "state.safetensors");

    /// <summary>Gets the table of losses.</summary>
    public string TablePath => Path.Combine(root, "loss.csv");

    /// <summary>Gets the loss curve.</summary>
    public string CurvePath => Path.Combine(root, "loss.png");

    /// <summary>Refuses a folder in which something else would be overwritten, or in which there is nothing to go on with.</summary>
    /// <exception cref="InputException">It is one.</exception>
    public void RequireUsable(bool isResumed)
    {
        if (File.Exists(root))
            throw new InputException($"The output '{root}' is a file; give a folder.");
        if (isResumed && !File.Exists(StatePath))
            throw new InputException($"There is no training to resume in '{root}': {FolderName}/{Path.GetFileName(StatePath)} is missing.");
        if (!isResumed && Directory.Exists(root) && Directory.EnumerateFileSystemEntries(root).Any())
            throw new InputException($"The output folder '{root}' is not empty; give another one, or --resume to go on with the training in it.");
    }
}
