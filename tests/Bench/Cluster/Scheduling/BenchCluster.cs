using Darkroom.Bench.Imaging;
using Darkroom.Client;
using Darkroom.Contracts.Images;
using Darkroom.Contracts.Runs;
using Darkroom.Grains.Devices;
using Darkroom.Imaging;
using Darkroom.Imaging.Codecs;
using Darkroom.Silo;
using Darkroom.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Darkroom.Bench.Cluster.Scheduling;

/// <summary>A silo in this process with the small diffusion model, on a folder of its own.</summary>
internal sealed class BenchCluster : IAsyncDisposable
{
    private readonly EmbeddedCluster cluster;
    private readonly string folder;
    private int runs;

    private BenchCluster(EmbeddedCluster cluster, string folder, PassTrace trace, ImageRef source)
    {
        (this.cluster, this.folder, Trace, Source) = (cluster, folder, trace, source);
        Client = new DarkroomClient(cluster.Client, cluster.Contents, "bench");
    }

    public PassTrace Trace { get; }

    public ImageRef Source { get; }

    public DarkroomClient Client { get; }

    public static async Task<BenchCluster> StartAsync(IReadOnlyDictionary<string, string>? settings = null, CancellationToken cancellationToken = default)
    {
        var folder = Directory.CreateTempSubdirectory("darkroom-bench-").FullName;
        var trace = new PassTrace();
        var cluster = await EmbeddedCluster.StartAsync(
            new EmbeddedClusterOptions
            {
                DataFolder = folder,
                Configure = builder =>
                {
                    builder.Services.AddSingleton<IPipelineLoader>(new SmallDiffusionLoader(trace));
                    builder.Configuration[$"{BlobStoreOptions.SectionName}:{nameof(BlobStoreOptions.FlushToDisk)}"] = bool.FalseString;
                    builder.Configuration[$"{ModelOptions.SectionName}:{nameof(ModelOptions.DefaultModel)}"] = SmallDiffusion.ModelName;
                    foreach (var (key, value) in settings ?? new Dictionary<string, string>())
                        builder.Configuration[key] = value;
                },
            },
            cancellationToken);
        var file = ImageEncoder.Encode(BenchPictures.Draw(SmallDiffusion.Side, SmallDiffusion.Side), ImageFormat.Png);
        var stored = await cluster.Contents.PutAsync(file, "image/png", cancellationToken);
        return new BenchCluster(cluster, folder, trace, new ImageRef(stored.Hash, SmallDiffusion.Side, SmallDiffusion.Side, "image/png", file.Length));
    }

    /// <summary>Starts a run and waits for its end.</summary>
    public async Task<RunStatus> RestoreAsync(ulong seed, int steps, string tenant = "bench", string model = SmallDiffusion.ModelName)
    {
        var run = cluster.Client.GetGrain<IRunGrain>(RunKey.Create(tenant, $"run-{Interlocked.Increment(ref runs)}").ToString());
        var request = new RunRequest(Source, RunKind.Refine, "brighter", null, new RestorationSettings(Seed: seed, Steps: steps), model);
        await run.StartAsync(request, default);
        await foreach (var _ in run.WatchAsync(default))
        {
        }

        var status = await run.GetStatusAsync(default);
        return status.Stage == RunStage.Completed ? status : throw new InvalidOperationException($"The run did not complete: {status.Error?.Message}");
    }

    public async ValueTask DisposeAsync()
    {
        await cluster.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}
