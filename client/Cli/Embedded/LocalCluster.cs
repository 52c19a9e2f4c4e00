using System.Globalization;
using Darkroom.Cli.CommandLine;
using Darkroom.Client;
using Darkroom.Contracts.Devices;
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

/// <summary>The cluster that a command starts for itself, and its client.</summary>
internal sealed class LocalCluster : IAsyncDisposable
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

    private LocalCluster(EmbeddedCluster cluster, string dataFolder, string? model, string? pipeline)
    {
        this.cluster = cluster;
        DataFolder = dataFolder;
        Model = model;
        Pipeline = pipeline;
        Client = new DarkroomClient(cluster.Client, cluster.Contents, Tenant);
    }

    /// <summary>Gets the client.</summary>
    public DarkroomClient Client { get; }

    /// <summary>Gets the name of the checkpoint that the user chose, or null.</summary>
    public string? Model { get; }

    /// <summary>Gets the name of the pipeline that the user chose, or null.</summary>
    public string? Pipeline { get; }

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

    /// <summary>Starts a cluster whose runs show previews as the configuration says.</summary>
    /// <inheritdoc cref="StartAsync(string?, ModelChoice, int?, CancellationToken)"/>
    public static Task<LocalCluster> StartAsync(string? dataFolder, ModelChoice choice, CancellationToken cancellationToken) =>
        StartAsync(dataFolder, choice, previewEverySteps: null, cancellationToken);

    /// <summary>Lists what the silos of the cluster have; there is one.</summary>
    public async Task<IReadOnlyList<SiloReport>> ListSilosAsync(CancellationToken cancellationToken) =>
        await cluster.Client.GetGrain<IDirectoryGrain>(IDirectoryGrain.Key).ListAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => cluster.DisposeAsync();

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
