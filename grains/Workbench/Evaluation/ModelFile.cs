namespace Darkroom.Workbench.Evaluation;

/// <summary>Finds the checkpoint that ships with the project.</summary>
internal static class ModelFile
{
    private const string Shipped = "weights/llmra-compact.safetensors";

    /// <summary>Gets the path of the shipped checkpoint: in the repository that this program was built in, else below the current folder.</summary>
    public static string Default()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, Shipped);
            if (File.Exists(path))
                return path;
        }

        return Path.GetFullPath(Shipped);
    }
}
