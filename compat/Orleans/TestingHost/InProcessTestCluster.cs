using System.Collections.ObjectModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Orleans.TestingHost;

/// <summary>Several silos and a client in one process, each with a host of its own.</summary>
public sealed class InProcessTestCluster : IDisposable, IAsyncDisposable
{
    private const int FirstSiloPort = 11111;
    private const int FirstGatewayPort = 30000;
    private static int s_ports;

    private readonly Lock _lock = new();
    private readonly List<InProcessSiloHandle> _silos = [];
    private readonly ClusterRuntime _cluster = new();
    private IHost? _clientHost;
    private short _started;

    internal InProcessTestCluster(InProcessTestClusterOptions options) => Options = options;

    public InProcessTestClusterOptions Options { get; }

    public IClusterClient Client =>
        _clientHost?.Services.GetRequiredService<IClusterClient>()
        ?? throw new InvalidOperationException("The cluster has no client. Await DeployAsync first.");

    public ReadOnlyCollection<InProcessSiloHandle> Silos
    {
        get
        {
            lock (_lock)
                return _silos.ToArray().AsReadOnly();
        }
    }

    public async Task DeployAsync()
    {
        if (Silos.Count > 0)
            throw new InvalidOperationException("The cluster is already deployed.");
        await StartSilosAsync(Options.InitialSilosCount);
        if (Options.InitializeClientOnDeploy)
            await InitializeClientAsync();
    }

    public async Task InitializeClientAsync()
    {
        var builder = NewHostBuilder("client");
        builder.UseOrleansClient();
        foreach (var configure in Options.ClientHostConfigurationDelegates)
            configure(builder);
        _clientHost = builder.Build();
        await _clientHost.StartAsync();
    }

    public IEnumerable<InProcessSiloHandle> GetActiveSilos() => Silos.Where(s => s.IsActive);

    public InProcessSiloHandle? GetSiloForAddress(SiloAddress siloAddress) => GetActiveSilos().FirstOrDefault(s => s.SiloAddress.Equals(siloAddress));

    public IServiceProvider GetSiloServiceProvider(SiloAddress? silo = null) =>
        (silo is null ? GetActiveSilos().FirstOrDefault() : GetSiloForAddress(silo))?.ServiceProvider
        ?? throw new InvalidOperationException(silo is null ? "No silo is active." : $"No active silo has the address {silo}.");

    public bool TryGetGrainContext(GrainId grainId, out IGrainContext? grainContext)
    {
        grainContext = _cluster.FindActivation(grainId);
        return grainContext is not null;
    }

    public async Task<InProcessSiloHandle> StartAdditionalSiloAsync() => (await StartSilosAsync(1))[0];

    public async Task<List<InProcessSiloHandle>> StartSilosAsync(int silosToStart)
    {
        var started = new List<InProcessSiloHandle>();
        for (var i = 0; i < silosToStart; i++)
        {
            var port = Interlocked.Increment(ref s_ports);
            started.Add(await CreateSiloAsync(new InProcessTestSiloSpecificOptions
            {
                SiloName = _started == 0 ? "Primary" : $"Secondary_{_started}",
                SiloPort = FirstSiloPort + (port % 15_000),
                GatewayPort = FirstGatewayPort + (port % 15_000),
            }));
        }

        return started;
    }

    public async Task<InProcessSiloHandle> CreateSiloAsync(InProcessTestSiloSpecificOptions siloOptions)
    {
        var builder = NewHostBuilder(siloOptions.SiloName);
        builder.Services.Configure<EndpointOptions>(options =>
        {
            options.SiloPort = siloOptions.SiloPort;
            options.GatewayPort = siloOptions.GatewayPort;
        });
        builder.Services.Configure<SiloOptions>(options => options.SiloName = siloOptions.SiloName);
        builder.UseOrleans();
        foreach (var configure in Options.SiloHostConfigurationDelegates)
            configure(siloOptions, builder);
        var host = builder.Build();
        try
        {
            await host.StartAsync();
        }
        catch
        {
            host.Dispose();
            throw;
        }

        var details = host.Services.GetRequiredService<ILocalSiloDetails>();
        var handle = new InProcessSiloHandle
        {
            Name = siloOptions.SiloName,
            InstanceNumber = _started++,
            SiloHost = host,
            SiloAddress = details.SiloAddress,
            GatewayAddress = details.GatewayAddress,
        };
        lock (_lock)
            _silos.Add(handle);
        return handle;
    }

    public Task StopSiloAsync(InProcessSiloHandle instance) => EndSiloAsync(instance, gracefully: true);

    /// <summary>The silo is lost at once: no grain on it is deactivated, calls to them fail.</summary>
    public Task KillSiloAsync(InProcessSiloHandle instance) => EndSiloAsync(instance, gracefully: false);

    public async Task<InProcessSiloHandle> RestartSiloAsync(InProcessSiloHandle instance)
    {
        await StopSiloAsync(instance);
        return await CreateSiloAsync(new InProcessTestSiloSpecificOptions
        {
            SiloName = instance.Name,
            SiloPort = instance.SiloAddress.Endpoint.Port,
            GatewayPort = instance.GatewayAddress.Endpoint.Port,
        });
    }

    public async Task StopSilosAsync()
    {
        foreach (var silo in Silos.Reverse())
            await StopSiloAsync(silo);
    }

    public async Task StopAllSilosAsync()
    {
        await StopClusterClientAsync();
        await StopSilosAsync();
    }

    public async Task StopClusterClientAsync()
    {
        if (_clientHost is not null)
            await _clientHost.StopAsync();
    }

    public async Task KillClientAsync()
    {
        if (Interlocked.Exchange(ref _clientHost, null) is not { } host)
            return;
        await host.StopAsync();
        host.Dispose();
    }

    // Every silo of one process knows of a change at once.
    public Task WaitForLivenessToStabilizeAsync(bool didKill = false) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await KillClientAsync();
        foreach (var silo in Silos.Reverse())
            await EndSiloAsync(silo, gracefully: true);
    }

    public void Dispose() => Task.Run(async () => await DisposeAsync()).GetAwaiter().GetResult();

    private async Task EndSiloAsync(InProcessSiloHandle silo, bool gracefully)
    {
        await silo.StopSiloAsync(gracefully);
        lock (_lock)
            _silos.Remove(silo);
        await silo.DisposeAsync();
    }

    private HostApplicationBuilder NewHostBuilder(string name)
    {
        // Not the default builder: it would read the settings and the environment of the test runner.
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = name, EnvironmentName = "Development" });
        builder.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Information));
        builder.Services.AddSingleton(_cluster);
        builder.Services.Configure<ClusterOptions>(options =>
        {
            options.ClusterId = Options.ClusterId;
            options.ServiceId = Options.ServiceId;
        });
        return builder;
    }
}
