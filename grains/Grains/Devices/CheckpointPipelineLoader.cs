using Darkroom.Contracts.Devices;
using Darkroom.Grains.Checkpoints;
using Darkroom.Grains.Checkpoints.Pipelines;
using Darkroom.Grains.Describers;
using Darkroom.Models.Checkpoints;
using Darkroom.Models.Describers;
using Darkroom.Models.Llmra;
using Darkroom.Models.Pipelines;
using Microsoft.Extensions.Options;
using static TorchSharp.torch;

namespace Darkroom.Grains.Devices;

/// <summary>Loads models: the small ones from the weights folder, the papers' from the checkpoints in the blob store.</summary>
internal sealed class CheckpointPipelineLoader(IOptions<ModelOptions> options, IOptions<DescriberOptions> describing, StoredPipelines stored) : IPipelineLoader
{
    private const string Extension = ".safetensors";
    private const string FolderName = "weights";

    // Whose describer looks at pictures for pipelines that have none of their own.
    private const string DescribingModel = "llmra-compact";

    private readonly string? folder = options.Value.WeightsFolder ?? FindFolder();
    private readonly PipelineFiles kinds = new();
    private SharedDescriber? shared;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> ListModelsAsync(CancellationToken cancellationToken)
    {
        var checkpoints = await stored.ListAsync(cancellationToken);
        return [.. ListFiles().Concat(checkpoints.Select(checkpoint => checkpoint.Checkpoint)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<PipelineReport>> ListPipelinesAsync(CancellationToken cancellationToken)
    {
        var files = ListFiles();
        var checkpoints = await stored.ListAsync(cancellationToken);
        return
        [
            .. files.Select(name => (Name: name, Pipeline: kinds.Find(PathOf(name)))).Where(file => file.Pipeline is not null)
                .Select(file => new PipelineReport(file.Name, file.Pipeline!, [], [])),
            .. checkpoints.Where(one => !files.Contains(one.Checkpoint)).Select(one => new PipelineReport(one.Checkpoint, one.Pipeline, [.. one.Missing], [.. one.Tasks])),
        ];
    }

    /// <inheritdoc/>
    public async Task<long> EstimateBytesAsync(string model)
    {
        if (ListFiles().Contains(model, StringComparer.Ordinal))
            return new FileInfo(PathOf(model)).Length;
        try
        {
            return CheckpointStore.IsName(model) && await stored.Store.FindAsync(model) is { } manifest ? manifest.LoadedBytes : 0;
        }
        catch (InvalidCheckpointException)
        {
            return 0;                                                           // whoever loads it hears what is wrong
        }
    }

    /// <inheritdoc/>
    public LoadedModel Load(string model, Device device)
    {
        var loaded = LoadOwn(model, device);
        if (describing.Value.Checkpoint is not { } name)
            return loaded;
        try
        {
            LazyInitializer.EnsureInitialized(ref shared, () => new SharedDescriber(place => LoadLlava(name, place)));
            var describer = shared.Take(device);
            (loaded.Describer as IDisposable)?.Dispose();
            return loaded with { Describer = describer };
        }
        catch
        {
            loaded.Dispose();
            throw;
        }
    }

    private LlavaDescriber LoadLlava(string name, Device device)
    {
        if (!ListFiles().Contains(DescribingModel, StringComparer.Ordinal))
            throw new FileNotFoundException($"'{name}' describes together with the built-in describer, and the folder '{folder ?? FolderName}' has no {DescribingModel}{Extension}.");
        var builtIn = CompactLlmraCheckpoint.LoadDescriber(PathOf(DescribingModel), device);
        try
        {
            return stored.LoadDescriber(name, builtIn, device);
        }
        catch
        {
            builtIn.Dispose();
            throw;
        }
    }

    private LoadedModel LoadOwn(string model, Device device)
    {
        // The name comes with a request: only names of the list are joined to a path.
        if (ListFiles().Contains(model, StringComparer.Ordinal))
            return PipelineLoader.Load(PathOf(model), device);
        if (stored.Load(model, device) is not { } loaded)
            throw new FileNotFoundException($"the folder '{folder ?? FolderName}' ({ModelOptions.SectionName}:{nameof(ModelOptions.WeightsFolder)}) has {string.Join(", ", ListFiles().DefaultIfEmpty("no checkpoint"))}, and no checkpoint of this name was imported.");
        try
        {
            return loaded.Describer is null && ListFiles().Contains(DescribingModel, StringComparer.Ordinal)
                ? loaded with { Describer = CompactLlmraCheckpoint.LoadDescriber(PathOf(DescribingModel), device) }
                : loaded;
        }
        catch
        {
            loaded.Dispose();
            throw;
        }
    }

    private string PathOf(string model) => Path.Combine(folder!, model + Extension);

    private List<string> ListFiles() => folder is null || !Directory.Exists(folder)
        ? []
        : [.. Directory.EnumerateFiles(folder, "*" + Extension).Select(path => Path.GetFileNameWithoutExtension(path))];

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
