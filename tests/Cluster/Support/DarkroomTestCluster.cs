using Darkroom.Client;
using Darkroom.Contracts.Errors;
using Darkroom.Grains;
using Darkroom.Grains.Devices;
using Darkroom.Grains.Jobs;
using Darkroom.Grains.Runs;
using Darkroom.Grains.Supervision;
using Darkroom.Storage;
using Darkroom.Storage.LocalFolder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.TestingHost;

namespace Darkroom.Tests.Cluster.Support;

/// <summary>Silos in this process on a folder of their own, with the test pipeline.</summary>
internal sealed class DarkroomTestCluster : IAsyncDisposable
{
    private readonly InProcessTestCluster cluster;
    private readonly bool ownsFolder;
    private readonly List<(Pause Held, Task Killing)> lost = [];

    private DarkroomTestCluster(InProcessTestCluster cluster, string folder, bool ownsFolder, FaultyBlobStore blobs, StepLog log)
    {
        (this.cluster, Folder, this.ownsFolder, Blobs, Log) = (cluster, folder, ownsFolder, blobs, log);
        Contents = new ContentStore(blobs);
    }

    public string Folder { get; }

    public FaultyBlobStore Blobs { get; }

    public ContentStore Contents { get; }

    public StepLog Log { get; }

    public IGrainFactory Grains => cluster.Client;

    public IReadOnlyList<InProcessSiloHandle> Silos => cluster.Silos;

    public static string NewFolder() => Path.Combine(Path.GetTempPath(), $"darkroom-test-{Guid.NewGuid():N}");

    public static async Task<DarkroomTestCluster> StartAsync(
        short silos = 1, string? folder = null, StepLog? log = null, Action<IServiceCollection>? configure = null)
    {
        log ??= new StepLog();
        var path = folder ?? NewFolder();
        var options = Options.Create(new BlobStoreOptions { Folder = path, FlushToDisk = false });
        var blobs = new FaultyBlobStore(new FolderBlobStore(options, TimeProvider.System));
        var builder = new InProcessTestClusterBuilder(silos);
        var started = 0;
        builder.ConfigureSiloHost((silo, host) =>
        {
            // Orleans numbers a new silo by how many there are: after a death two would have one name.
            silo.SiloName = $"silo-{Interlocked.Increment(ref started)}";
            host.Services.AddSingleton<IBlobStore>(blobs);
            host.Services.AddSingleton(new ContentStore(blobs));
            host.Services.AddSingleton<IPipelineLoader>(new TestPipelineLoader(log, silo.SiloName));
        });
        builder.ConfigureSilo((_, silo) =>
        {
            silo.AddDarkroomGrains();
            silo.AddActivityPropagation();
            silo.Services.PostConfigure<DeviceOptions>(device =>
            {
                device.Names = ["cpu:0"];
                device.Threads = 1;
                device.ProfileTime = TimeSpan.Zero;
                device.ReportPeriod = TimeSpan.FromMilliseconds(50);
            });
            silo.Services.PostConfigure<ModelOptions>(model => model.DefaultModel = TestPipeline.ModelName);
            silo.Services.PostConfigure<RunOptions>(run =>
            {
                run.CallWait = TimeSpan.FromMilliseconds(100);
                run.RetryDelay = TimeSpan.FromMilliseconds(10);
                run.CheckpointEverySteps = 2;
            });
            silo.Services.PostConfigure<SupervisorOptions>(supervisor =>
            {
                supervisor.PulsePeriod = TimeSpan.FromMilliseconds(50);
                supervisor.MaxSilence = TimeSpan.FromSeconds(1);
                supervisor.RoundPeriod = TimeSpan.FromSeconds(1);
            });
            silo.Services.PostConfigure<JobOptions>(job =>
            {
                job.Concurrency = 8;
                job.PageSize = 16;
                job.RetryDelay = TimeSpan.FromMilliseconds(10);
            });
            configure?.Invoke(silo.Services);
        });
        builder.ConfigureClient(client => client.AddActivityPropagation().AddOutgoingGrainCallFilter<ActivationErrors>());
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return new DarkroomTestCluster(cluster, path, folder is null, blobs, log);
    }

    public DarkroomClient Client(string tenant = "acme") => new(cluster.Client, Contents, tenant);

    public Task KillAsync(string siloName) => cluster.KillSiloAsync(cluster.Silos.First(silo => silo.Name == siloName && silo.IsActive));

    /// <summary>Stops a silo as SIGTERM does.</summary>
    public Task StopAsync(string siloName) => cluster.StopSiloAsync(cluster.Silos.First(silo => silo.Name == siloName && silo.IsActive));

    /// <summary>Stops the silo whose work stands still, or is going to; the work goes on once the silo is leaving.</summary>
    public async Task StopAsync(Pause held)
    {
        var silo = await held.ReachedAsync();
        var drain = Service<SiloDrain>(silo);
        var stopping = StopAsync(silo);
        await Eventually.TrueAsync(() => drain.Leaving.IsCancellationRequested, "the silo drains");
        held.End();
        await stopping;
    }

    /// <summary>Kills a silo whose work stands still. It stands still for good, as that of a lost machine does.</summary>
    public async Task KillAsync(string siloName, Pause held)
    {
        var handle = cluster.Silos.First(silo => silo.Name == siloName && silo.IsActive);
        var drain = handle.ServiceProvider.GetRequiredService<SiloDrain>();
        // Clearing the silo away may wait for its device, which is let go with the cluster.
        var killing = Task.Run(() => cluster.KillSiloAsync(handle));
        lost.Add((held, killing));
        await Eventually.TrueAsync(() => killing.IsCompleted || !cluster.Silos.Contains(handle), "the silo is cut off");
        // What a silo drives ends with its process; here the process lives on, and the silo may be heard until the others have it on their lists.
        drain.Dispose();
    }

    public Task StartSiloAsync() => cluster.StartAdditionalSiloAsync();

    public T Service<T>(string? siloName = null)
        where T : notnull =>
        cluster.Silos.First(silo => siloName is null || silo.Name == siloName).ServiceProvider.GetRequiredService<T>();

    public async ValueTask DisposeAsync()
    {
        await cluster.DisposeAsync();
        foreach (var (held, killing) in lost)
        {
            held.Abandon();
            await killing;
        }

        if (ownsFolder && Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
    }
}
