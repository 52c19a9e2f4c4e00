namespace Darkroom.Models.Checkpoints.Layouts;

/// <summary>The files of one set of weights: a single file, or an index and its files.</summary>
/// <param name="Paths">Full paths of the files.</param>
/// <param name="Index">Full path of the index, or null.</param>
internal sealed record WeightFiles(IReadOnlyList<string> Paths, string? Index)
{
    /// <summary>The name of a published configuration.</summary>
    public const string ConfigName = "config.json";

    /// <summary>The names that libraries give to a folder's only weights, the better first: safetensors need no conversion.</summary>
    private static readonly string[] StandardNames =
    [
        "diffusion_pytorch_model.safetensors", "model.safetensors", "pytorch_model.safetensors", "diffusion_pytorch_model.bin", "pytorch_model.bin",
        "diffusion_pytorch_model.fp16.safetensors", "model.fp16.safetensors", "diffusion_pytorch_model.fp16.bin", "pytorch_model.fp16.bin",
    ];

    /// <summary>Whether a name says nothing but that it is the folder's weights.</summary>
    public static bool IsStandardName(string name) => StandardNames.Contains(name, StringComparer.Ordinal) || name.Contains("-of-", StringComparison.Ordinal);

    /// <summary>Chooses among the files of a folder: one set where the names are standard ones, else every file by itself.</summary>
    /// <exception cref="InvalidCheckpointException">An index is damaged or a file of it is missing.</exception>
    public static IReadOnlyList<WeightFiles> Choose(IReadOnlyList<string> files)
    {
        foreach (var name in StandardNames)
        {
            if (Named(name) is { } file)
                return [new WeightFiles([file], null)];
            if (Named(name + TensorFiles.IndexExtension) is { } index)
            {
                var folder = Path.GetDirectoryName(index)!;
                return [new WeightFiles([.. TensorFiles.ReadIndex(index).Select(shard => Path.Combine(folder, shard))], index)];
            }
        }

        if (files.FirstOrDefault(file => TensorFiles.IsName(file) && Path.GetFileName(file).Contains("-of-", StringComparison.Ordinal)) is { } lone)
            throw new InvalidCheckpointException($"{lone} is one of several files, but their index ({TensorFiles.IndexExtension}) is not there.");
        return [.. files.Where(TensorFiles.IsName).Select(file => new WeightFiles([file], null))];

        string? Named(string name) => files.FirstOrDefault(file => Path.GetFileName(file) == name);
    }
}
