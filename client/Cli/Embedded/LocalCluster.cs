using System.Globalization;
using System.Runtime.CompilerServices;
using Darkroom.Cli.Clusters;
using Darkroom.Cli.CommandLine;
using Darkroom.Client;
using Darkroom.Contracts.Catalog;
using Darkroom.Contracts.Devices;
using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Images;
using Darkroom.Contracts.Jobs;
using Darkroom.Contracts.Runs;
using Darkroom.Contracts.Supervision;
using Darkroom.Grains.Checkpoints.Pipelines;
using Darkroom.Grains.Devices;
using Darkroom.Grains.Runs;
using Darkroom.Grains.Supervision;
using Darkroom.Grains.Tenants;
using Darkroom.Silo;
using Darkroom.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Darkroom.Cli.Embedded;

/// <summary>The cluster that a command starts for itself.</summary>
internal sealed class LocalCluster : ICluster
{
    private const string Tenant = "local";
    private const string CheckpointExtension = ".safetensors";
    private const string FlushKey = $"{BlobStoreOptions.SectionName}:{nameof(BlobStoreOptions.FlushToDisk)}";

    private const string WakeKey = $"{TenantOptions.SectionName}:{nameof(TenantOptions.WakesSilentRuns)}";
    private const string SupervisorKey = $"{SupervisorOptions.SectionName}:{nameof(SupervisorOptions.IsEnabled)}";
    private const string PreviewKey = $"{RunOptions.SectionName}:{nameof(RunOptions.PreviewEverySteps)}";
    private const string ProfileKey = $"{DeviceOptions.SectionName}:{nameof(DeviceOptions.ProfileTime)}";

    private static readonly TimeSpan ReportPoll = TimeSpan.FromMilliseconds(50);

    private readonly EmbeddedCluster cluster;
    private readonly DarkroomClient client;
    private readonly string? model;
    private readonly string? pipeline;

    private LocalCluster(EmbeddedCluster cluster, string dataFolder, string? model, string? pipeline)
    {
        (this.cluster, this.model, this.pipeline, DataFolder) = (cluster, model, pipeline, dataFolder);
        client = new DarkroomClient(cluster.Client, cluster.Contents, Tenant);
    }

    /// <inheritdoc/>
    public bool EndsWithProcess => true;

    /// <summary>Gets where the cluster keeps its blobs.</summary>
    public string DataFolder { get; }

    /// <summary>Starts a cluster.</summary>
    /// <param name="dataFolder">Where it keeps its blobs, or null for the default.</param>
    /// <param name="choice">The model to restore with.</param>
    /// <param name="previewEverySteps">Steps between two previews of a run, or null for what the configuration says.</param>
    /// <param name="cancellationToken">Stops the start.</param>
    /// <exception cref="InputException">The folder cannot be written, or the checkpoint is not there.</exception>
    public static async Task<LocalCluster> StartAsync(string? dataFolder, ModelChoice choice, int? previewEverySteps, CancellationToken cancellationToken)
    {
        choice.Require();
        var folder = new BlobStoreOptions { Folder = dataFolder }.ResolvedFolder;
        RequireWritable(folder);
        var (weights, model) = choice.Path is null ? (null, null) : Locate(choice.Path);
        var cluster = await EmbeddedCluster.StartAsync(
            new EmbeddedClusterOptions
            {
                DataFolder = folder,
                WeightsFolder = weights,
                Configure = builder => Configure(builder, previewEverySteps),
            },
            cancellationToken);
        try
        {
            model ??= await choice.ResolveAsync(cluster.Services.GetRequiredService<StoredPipelines>(), cancellationToken);
            var started = new LocalCluster(cluster, folder, model, choice.Pipeline);
            // What was imported a moment ago is known with the silo's next report.
            while (model is not null && (await started.ListSilosAsync(cancellationToken)).All(silo => !silo.Models.Contains(model)))
                await Task.Delay(ReportPoll, cancellationToken);
            return started;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<ISession> OpenSessionAsync(byte[] picture, string? name, CancellationToken cancellationToken) =>
        new LocalSession(await client.OpenSessionAsync(new MemoryStream(picture), name, model, pipeline, cancellationToken));

    /// <inheritdoc/>
    public ISession Session(string name) => new LocalSession(client.Session(name));

    /// <inheritdoc/>
    public async IAsyncEnumerable<SessionRow> ListSessionsAsync(int limit, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var (name, at) in (await ListNewestAsync(TenantIndex.Sessions, cancellationToken)).Take(limit))
        {
            var info = await FindAsync<Contracts.Sessions.SessionInfo, SessionNotFoundException>(client.Session(name).GetAsync(cancellationToken));
            if (info is not null)
                yield return new SessionRow(info.Session, at, info.Source, info.CurrentVersionId, info.VersionCount);
        }
    }

    /// <inheritdoc/>
    public Task<string> UploadAsync(Stream picture, CancellationToken cancellationToken) => client.UploadAsync(picture, cancellationToken);

    /// <inheritdoc/>
    public Task DownloadAsync(ImageRef image, Stream destination, CancellationToken cancellationToken) => client.DownloadAsync(image, destination, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> DownloadPreviewAsync(RunProgress glimpse, Stream destination, CancellationToken cancellationToken) =>
        client.DownloadPreviewAsync(glimpse, destination, cancellationToken);

    /// <inheritdoc/>
    public async Task<IJob> StartJobAsync(JobPlan plan, IProgress<int> progress, CancellationToken cancellationToken)
    {
        var request = new JobRequest(plan.Prefix, null, plan.Kind, plan.Words, plan.Settings, model, plan.Concurrency, pipeline);
        if (plan.Prefix is not null)
            return new LocalJob(await client.StartJobAsync(request, plan.Name, cancellationToken), client);
        var items = new List<JobItem>(plan.Photos.Count);
        foreach (var file in plan.Photos)
        {
            await using var content = file.Open();
            items.Add(new JobItem(file.Name, await client.UploadAsync(content, cancellationToken)));
            progress.Report(items.Count);
        }

        return new LocalJob(await client.StartJobAsync(items, request, plan.Name, cancellationToken), client);
    }

    /// <inheritdoc/>
    public IJob Job(string name) => new LocalJob(client.Job(name), client);

    /// <inheritdoc/>
    public async IAsyncEnumerable<JobStatus> ListJobsAsync(int limit, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var (name, _) in (await ListNewestAsync(TenantIndex.Jobs, cancellationToken)).Take(limit))
        {
            if (await FindAsync<JobStatus, JobNotFoundException>(client.Job(name).GetAsync(cancellationToken)) is { } status)
                yield return status;
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<CheckpointInfo>> ListCheckpointsAsync(CancellationToken cancellationToken) =>
        await cluster.Client.GetGrain<ICatalogGrain>(ICatalogGrain.Key).ListCheckpointsAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task<ClusterState> GetStateAsync(CancellationToken cancellationToken) => new(
        [.. (await ListSilosAsync(cancellationToken)).Select(silo => new SiloState(silo.Silo, silo.Devices, silo.Models, silo.DefaultModel, silo.IsStopping))],
        (await cluster.Client.GetGrain<ISupervisorGrain>(ISupervisorGrain.Key).GetStatusAsync(cancellationToken)).Unfinished);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => cluster.DisposeAsync();

    private async Task<IReadOnlyList<SiloReport>> ListSilosAsync(CancellationToken cancellationToken) =>
        await cluster.Client.GetGrain<IDirectoryGrain>(IDirectoryGrain.Key).ListAsync(cancellationToken);

    private Task<List<(string Name, DateTimeOffset At)>> ListNewestAsync(string kind, CancellationToken cancellationToken) =>
        cluster.Services.GetRequiredService<TenantIndex>().ListNewestAsync(Tenant, kind, cancellationToken);

    // What was deleted meanwhile, or whose start did not come to its end, is in the index but not there.
    private static async Task<T?> FindAsync<T, TMissing>(Task<T> finding)
        where T : class
        where TMissing : Exception
    {
        try
        {
            return await finding;
        }
        catch (TMissing)
        {
            return null;
        }
    }

    private static void Configure(IHostApplicationBuilder builder, int? previewEverySteps)
    {
        if (previewEverySteps is { } steps)
            builder.Configuration[PreviewKey] = steps.ToString(CultureInfo.InvariantCulture);
        builder.Logging.ClearProviders().AddProvider(new LogFileProvider(LogFile.OfProcess));
        // Only a power failure could lose what a killed process leaves behind; a run writes four times, 4 to 15 ms each.
        if (string.IsNullOrEmpty(builder.Configuration[FlushKey]))
            builder.Configuration[FlushKey] = bool.FalseString;
        // What an earlier command left unfinished is not this one's work.
        builder.Configuration[SupervisorKey] = bool.FalseString;
        builder.Configuration[WakeKey] = bool.FalseString;
        // One person's few runs gain nothing from the best size of a shared pass, and would wait for its measurement.
        if (string.IsNullOrEmpty(builder.Configuration[ProfileKey]))
            builder.Configuration[ProfileKey] = TimeSpan.Zero.ToString();
    }

    private static (string Folder, string Model) Locate(string path)
    {
        var full = Path.GetFullPath(path);
        if (!full.EndsWith(CheckpointExtension, StringComparison.Ordinal))
            throw new InputException($"The checkpoint '{path}' has another extension than {CheckpointExtension}; only safetensors are read.");
        return File.Exists(full)
            ? (Path.GetDirectoryName(full)!, Path.GetFileNameWithoutExtension(full))
            : throw new InputException($"There is no checkpoint '{path}'.");
    }

    /// <summary>Refuses a data folder that cannot be written.</summary>
    /// <exception cref="InputException">It cannot; the message says why.</exception>
    internal static void RequireWritable(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            var probe = Path.Combine(folder, $".{Guid.NewGuid():N}.probe");
            File.Create(probe).Dispose();
            File.Delete(probe);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new InputException($"The data folder '{folder}' cannot be written: {error.Message} Choose another with --data.", error);
        }
    }
}
