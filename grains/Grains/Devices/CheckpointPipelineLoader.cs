using Darkroom.Models.Pipelines;
using Microsoft.Extensions.Options;
using static TorchSharp.torch;

namespace Darkroom.Grains.Devices;

/// <summary>Loads models from the checkpoints in the weights folder.</summary>
internal sealed class CheckpointPipelineLoader(IOptions<ModelOptions> options) : IPipelineLoader
{
    private const string Extension = ".safetensors";
    private const string FolderName = "weights";

    private readonly string? folder = options.Value.WeightsFolder ?? FindFolder();

    /// <inheritdoc/>
    public IReadOnlyList<string> ListModels() => folder is null || !Directory.Exists(folder)
        ? []
        : [.. Directory.EnumerateFiles(folder, "*" + Extension).Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];

    /// <inheritdoc/>
    public LoadedModel Load(string model, Device device)
    {
        // The name comes with a request: only names of the list are joined to a path.
        if (!ListModels().Contains(model, StringComparer.Ordinal))
            throw new FileNotFoundException($"the folder '{folder ?? FolderName}' ({ModelOptions.SectionName}:{nameof(ModelOptions.WeightsFolder)}) has {string.Join(", ", ListModels().DefaultIfEmpty("no checkpoint"))}.");
        return PipelineLoader.Load(Path.Combine(folder!, model + Extension), device);
    }

    private static string? FindFolder()
    {
        for (var place = new DirectoryInfo(AppContext.BaseDirectory); place is not null; place = place.Parent)
        {
            var candidate = Path.Combine(place.FullName, FolderName);
            if (Directory.Exists(candidate) && Directory.EnumerateFiles(candidate, "*" + Extension).Any())
                return candidate;
        }

        return null;
    }
}
