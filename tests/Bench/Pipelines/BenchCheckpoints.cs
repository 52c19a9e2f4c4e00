using Darkroom.Grains.Checkpoints;
using Darkroom.Models.Pipelines;
using static TorchSharp.torch;

namespace Darkroom.Bench.Pipelines;

/// <summary>A blob store in a folder of its own, and checkpoints that are written for a measurement and imported as a user would.</summary>
internal sealed class BenchCheckpoints : IDisposable
{
    private const string Name = "bench";

    private readonly string folder = Directory.CreateTempSubdirectory("darkroom-bench-").FullName;
    private readonly OfflineCheckpoints checkpoints;

    public BenchCheckpoints() => checkpoints = OfflineCheckpoints.Open(Path.Combine(folder, "blobs"));

    /// <summary>Writes and imports a checkpoint and loads its pipeline; the written folder does not stay.</summary>
    /// <param name="write">Writes it into a folder.</param>
    /// <param name="imported">Told when it is in the store and its weights are going to be read.</param>
    /// <param name="cancellationToken">Stops the import.</param>
    public async Task<LoadedModel> LoadAsync(Action<string> write, Action imported, CancellationToken cancellationToken)
    {
        var source = Directory.CreateDirectory(Path.Combine(folder, "source")).FullName;
        write(source);
        await new CheckpointImporter(checkpoints.Store, TimeProvider.System).ImportAsync(new CheckpointImport(source, Name), cancellationToken: cancellationToken);
        Directory.Delete(source, recursive: true);
        imported();
        return checkpoints.Pipelines.Load(Name, CPU) ?? throw new InvalidOperationException($"The checkpoint '{Name}' was imported and is not there.");
    }

    /// <summary>Writes the file of a compact restorer and loads it; such files are not imported.</summary>
    /// <param name="write">Writes it to a path.</param>
    /// <param name="written">Told when its weights are going to be read.</param>
    public LoadedModel LoadFile(Action<string> write, Action written)
    {
        var path = Path.Combine(folder, "file.safetensors");
        write(path);
        written();
        return PipelineLoader.Load(path, CPU);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        checkpoints.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
