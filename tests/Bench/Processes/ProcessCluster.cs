using Darkroom.Contracts.Devices;
using Darkroom.Contracts.Images;
using Darkroom.Contracts.Runs;
using Darkroom.Bench.Cluster;
using Darkroom.Bench.Imaging;
using Darkroom.Imaging;
using Darkroom.Imaging.Codecs;
using Darkroom.Storage;
using Darkroom.Storage.LocalFolder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Darkroom.Bench.Processes;

/// <summary>Several silo processes on one database and one folder, and a client of theirs.</summary>
internal sealed class ProcessCluster : IAsyncDisposable
{
    private const string Model = "bench";
    private const int Side = 64;
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(5);

    private readonly string folder = Directory.CreateTempSubdirectory("darkroom-processes-").FullName;
    private readonly List<SiloProcess> silos = [];
    private PrivatePostgres? postgres;
    private IHost? client;

    public ProcessCluster() =>
        Blobs = new FolderBlobStore(Options.Create(new BlobStoreOptions { Folder = Path.Combine(folder, "blobs"), FlushToDisk = false }), TimeProvider.System);

    /// <summary>Gets the blobs of the cluster.</summary>
    public IBlobStore Blobs { get; }

    private IGrainFactory Grains => client!.Services.GetRequiredService<IClusterClient>();

    /// <summary>Starts database, silos and client, with a small diffusion model of random weights.</summary>
    public async Task StartAsync(int processes, CancellationToken cancellationToken)
    {
        await Tool.RunAsync(
            "dotnet",
            [CommandProcess.Assembly, "checkpoint", "init", "vlm-imi", "--seed", "1", "-o", Path.Combine(folder, "nano"), "--as", Model, "--data", Path.Combine(folder, "blobs")],
            cancellationToken);
        postgres = await PrivatePostgres.StartAsync(cancellationToken);
        for (var i = 0; i < processes; i++)
            silos.Add(SiloProcess.Start(postgres.ConnectionString, folder));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StartTimeout);
        await ConnectAsync(limit.Token);
        while ((await ReportsAsync(limit.Token)).Count < processes)
            await Task.Delay(100, limit.Token);
    }

    /// <summary>Starts runs that differ in their seeds.</summary>
    /// <returns>Their ids.</returns>
    public async Task<string[]> StartRunsAsync(string name, int count, int steps, CancellationToken cancellationToken)
    {
        var file = ImageEncoder.Encode(BenchPictures.Draw(Side, Side), ImageFormat.Png);
        using var stream = new MemoryStream(file);
        var hash = (await new ContentStore(Blobs).PutAsync(stream, cancellationToken: cancellationToken)).Hash;
        var source = new ImageRef(hash, Side, Side, "image/png", file.Length);
        var ids = Enumerable.Range(0, count).Select(i => $"bench/{name}-{i}").ToArray();
        for (var i = 0; i < count; i++)
        {
            var request = new RunRequest(
                source, RunKind.Refine, "brighter", null, new RestorationSettings { Seed = (ulong)i, Steps = steps }, Model);
            await Grains.GetGrain<IRunGrain>(ids[i]).StartAsync(request, cancellationToken);
        }

        return ids;
    }

    /// <summary>Waits until no run is unfinished, without asking any, and then asks each how it ended.</summary>
    public async Task<RunStatus[]> EndAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        while (await Blobs.ListAsync("unfinished/", cancellationToken).AnyAsync(cancellationToken))
            await Task.Delay(20, cancellationToken);
        return await Task.WhenAll(ids.Select(id => Grains.GetGrain<IRunGrain>(id).GetStatusAsync(cancellationToken)));
    }

    /// <summary>Tells by how many levels of 255 two results differ at most.</summary>
    public async Task<int> DifferenceAsync(RunStatus first, RunStatus second, CancellationToken cancellationToken)
    {
        var (left, right) = (await ReadAsync(first, cancellationToken), await ReadAsync(second, cancellationToken));
        return left is null || right is null ? byte.MaxValue : left.Zip(right).Max(pair => Math.Abs(pair.First - pair.Second));
    }

    /// <summary>Finds the silo whose device has the model and the most work.</summary>
    public async Task<SiloProcess> BusiestAsync(CancellationToken cancellationToken)
    {
        var reports = await ReportsAsync(cancellationToken);
        var busiest = reports.OrderByDescending(report => report.Devices.Max(device => (device.ResidentModels.Contains(Model), device.QueueDepth))).First();
        return silos.Single(silo => busiest.Silo.Contains($":{silo.SiloPort}@", StringComparison.Ordinal));
    }

    /// <summary>Fails if a silo ended that was not told to.</summary>
    public void RequireAlive(SiloProcess? but = null)
    {
        foreach (var silo in silos.Where(silo => silo != but))
            silo.RequireAlive();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (client is not null)
        {
            await client.StopAsync();
            client.Dispose();
        }

        foreach (var silo in silos)
            await silo.DisposeAsync();
        if (postgres is not null)
            await postgres.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private async Task<IReadOnlyList<SiloReport>> ReportsAsync(CancellationToken cancellationToken)
    {
        RequireAlive();
        return await Grains.GetGrain<IDirectoryGrain>(IDirectoryGrain.Key).ListAsync(cancellationToken);
    }

    private async Task<List<int>?> ReadAsync(RunStatus status, CancellationToken cancellationToken)
    {
        if (status.Result is not { } result)
            return null;
        await using var content = await new ContentStore(Blobs).OpenAsync(result.Hash, verify: true, cancellationToken);
        using var file = new MemoryStream();
        await content.Stream.CopyToAsync(file, cancellationToken);
        var picture = new ImageDecoder(new ImagingOptions()).Decode(file.ToArray());
        return [.. from channel in Enumerable.Range(0, picture.Channels)
                   from y in Enumerable.Range(0, picture.Height)
                   from x in Enumerable.Range(0, picture.Width)
                   select (int)MathF.Round(picture.Row(channel, y)[x] * byte.MaxValue)];
    }

    private async Task ConnectAsync(CancellationToken cancellationToken)
    {
        foreach (var silo in silos)
        {
            while (!await TryConnectAsync(silo, cancellationToken))
            {
                RequireAlive();
                await Task.Delay(100, cancellationToken);
            }
        }

        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.UseOrleansClient(orleans => orleans
            .UseStaticClustering([.. silos.Select(silo => silo.Gateway)])
            .Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = ("darkroom", "darkroom")));
        client = builder.Build();
        await client.StartAsync(cancellationToken);
    }

    private static async Task<bool> TryConnectAsync(SiloProcess silo, CancellationToken cancellationToken)
    {
        using var probe = new System.Net.Sockets.TcpClient();
        try
        {
            await probe.ConnectAsync(silo.Gateway, cancellationToken);
            return true;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return false;
        }
    }
}
