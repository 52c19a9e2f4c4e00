using System.Net;
using System.Net.Sockets;
using Darkroom.Silo.Secrets;
using Darkroom.Silo.Telemetry;
using Darkroom.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Darkroom.Silo;

/// <summary>A whole cluster of one silo inside this process: what a command-line program restores with.</summary>
public sealed class EmbeddedCluster : IAsyncDisposable
{
    private const string Name = "darkroom";

    private readonly IHost host;

    private EmbeddedCluster(IHost host) => this.host = host;

    /// <summary>Gets the way to the grains.</summary>
    public IClusterClient Client => host.Services.GetRequiredService<IClusterClient>();

    /// <summary>Gets the content store that the grains use.</summary>
    public ContentStore Contents => host.Services.GetRequiredService<ContentStore>();

    /// <summary>Gets the host's services.</summary>
    public IServiceProvider Services => host.Services;

    /// <summary>Starts a cluster; it is ready for work when this returns.</summary>
    /// <param name="options">Folders, threads and logs.</param>
    /// <param name="cancellationToken">Stops the start.</param>
    /// <returns>The cluster; the caller disposes it.</returns>
    public static async Task<EmbeddedCluster> StartAsync(EmbeddedClusterOptions options, CancellationToken cancellationToken = default)
    {
        var host = Build(options);
        try
        {
            await host.StartAsync(cancellationToken).ConfigureAwait(false);
            return new EmbeddedCluster(host);
        }
        catch
        {
            await DisposeAsync(host).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Builds the host of a cluster of one silo without starting it.</summary>
    /// <param name="options">Folders, threads and logs.</param>
    /// <param name="arguments">Command-line arguments, which count before environment and files.</param>
    public static IHost Build(EmbeddedClusterOptions options, string[]? arguments = null)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { Args = arguments, ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddSecretFiles();
        builder.Logging.ClearProviders();
        builder.Logging.SetMinimumLevel(options.LogLevel);
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(
            console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        AddTo(builder, options);
        return builder.Build();
    }

    /// <summary>Adds a cluster of one silo to a host that also does something else.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="options">Folders and threads; its log level is the host's to say.</param>
    public static IHostApplicationBuilder AddTo(IHostApplicationBuilder builder, EmbeddedClusterOptions options)
    {
        builder.Configuration.AddSettings(options);
        options.Configure?.Invoke(builder);
        // The meter is the process's: the first silo sends for all.
        if (options.PrimaryPort is null)
            builder.AddDarkroomTelemetry();
        var primary = options.PrimaryPort is { } port ? new IPEndPoint(IPAddress.Loopback, port) : null;
        return builder.AddDarkroomSilo(silo => silo.UseLocalhostClustering(options.SiloPort ?? FreePort(), FreePort(), primary, Name, Name));
    }

    /// <summary>Stops the cluster; runs under way are taken up when a cluster starts on the same folder again.</summary>
    public async ValueTask DisposeAsync()
    {
        await host.StopAsync().ConfigureAwait(false);
        await DisposeAsync(host).ConfigureAwait(false);
    }

    private static async ValueTask DisposeAsync(IHost host)
    {
        if (host is IAsyncDisposable disposable)
            await disposable.DisposeAsync().ConfigureAwait(false);
        else
            host.Dispose();
    }

    /// <summary>Finds a free port: several programs may each hold a cluster on one machine.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
