using Darkroom.Contracts.Devices;
using Darkroom.Grains.Checkpoints;
using Darkroom.Grains.Checkpoints.Pipelines;
using Darkroom.Grains.Describers;
using Darkroom.Grains.Devices;
using Darkroom.Models.Checkpoints.Nano;
using Darkroom.Models.Pipelines;
using Darkroom.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Darkroom.Tests.Cluster.Support;

/// <summary>A cluster that loads models as a real one does, with a nano checkpoint imported.</summary>
internal static class PaperCluster
{
    /// <summary>Starts silos and imports a nano checkpoint.</summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="name">The checkpoint's name.</param>
    /// <param name="configure">More settings.</param>
    public static async Task<DarkroomTestCluster> StartAsync(string pipeline, string name, Action<IServiceCollection>? configure = null)
    {
        var cluster = await DarkroomTestCluster.StartAsync(configure: services =>
        {
            LoadAsReal(services);
            configure?.Invoke(services);
        });
        try
        {
            await ImportAsync(cluster, pipeline, name);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Has silos load models as real ones do.</summary>
    public static void LoadAsReal(IServiceCollection services) => services.AddSingleton<IPipelineLoader>(MakeLoader);

    /// <summary>Has silos load models as real ones do, and tell of each forward pass on the device's thread.</summary>
    public static void Watch(IServiceCollection services, Action<IReadOnlyList<StepContext>> stepping) =>
        services.AddSingleton<IPipelineLoader>(provider => new WatchedLoader(MakeLoader(provider), stepping));

    /// <summary>Deletes a file or folder of a checkpoint; nothing if the path is empty.</summary>
    public static void Delete(string folder, string path)
    {
        var full = Path.Combine(folder, path);
        if (path.Length == 0)
            return;
        if (Directory.Exists(full))
            Directory.Delete(full, recursive: true);
        else
            File.Delete(full);
    }

    /// <summary>Writes a nano checkpoint and imports it.</summary>
    public static async Task<CheckpointManifest> ImportAsync(DarkroomTestCluster cluster, string pipeline, string name, Action<string>? change = null)
    {
        var folder = DarkroomTestCluster.NewFolder();
        try
        {
            NanoCheckpoint.Write(pipeline, seed: 1, folder);
            change?.Invoke(folder);
            var store = new CheckpointStore(cluster.Blobs, new ContentStore(cluster.Blobs));
            var imported = await new CheckpointImporter(store, TimeProvider.System).ImportAsync(new CheckpointImport(folder, name), null, default);
            // One that only describes is no model that runs are sent to.
            if (StoredPipelines.PipelineOf(imported.Manifest) is not null)
                await ReportedAsync(cluster, name);
            return imported.Manifest;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // A model that was imported a moment ago is known to the directory with the silo's next report.
    private static async Task ReportedAsync(DarkroomTestCluster cluster, string name)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var directory = cluster.Grains.GetGrain<IDirectoryGrain>(IDirectoryGrain.Key);
        while (!(await directory.ListAsync(timeout.Token)).Any(report => report.Models.Contains(name)))
            await Task.Delay(5, timeout.Token);
    }

    private static CheckpointPipelineLoader MakeLoader(IServiceProvider provider) =>
        new(provider.GetRequiredService<IOptions<ModelOptions>>(), provider.GetRequiredService<IOptions<DescriberOptions>>(), provider.GetRequiredService<StoredPipelines>());
}
