using System.Net;
using Darkroom.Grains.Devices;
using Darkroom.Silo.Clustering;
using Darkroom.Silo.Health;
using Darkroom.Silo.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace Darkroom.Silo.Management;

/// <summary>Adds health, the management port and an orderly stop to a host that has a silo.</summary>
public static class ManagementHosting
{
    private static readonly TimeSpan CheckTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Adds them. Call it before anything else is added: what is added first starts first and stops last.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="defaultPort">The port where none is configured, or null: there is no listener then.</param>
    public static IHostApplicationBuilder AddManagement(this IHostApplicationBuilder builder, int? defaultPort)
    {
        var services = builder.Services;
        if (Listens(builder.Configuration, defaultPort) is { } address)
        {
            services.AddSingleton(provider => ActivatorUtilities.CreateInstance<ManagementListener>(provider, address));
            services.AddHostedService(provider => provider.GetRequiredService<ManagementListener>());
        }

        services.AddOptions<ManagementOptions>().BindConfiguration(ManagementOptions.SectionName).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<HostOptions>().Configure<IOptions<ManagementOptions>>((host, management) => host.ShutdownTimeout = management.Value.GracePeriod);
        services.AddHealthChecks()
            .Add(Check<DeviceLivenessCheck>("devices", HealthProbe.Live))
            .Add(Check<DeviceReadinessCheck>("device", HealthProbe.Ready))
            .Add(Check<BlobCheck>("blob", HealthProbe.Ready))
            .Add(Check<MembershipCheck>("cluster", HealthProbe.Ready));
        // A gateway may be a client of silos that are other processes.
        services.AddSingleton(provider => new DeviceLivenessCheck(
            provider.GetService<DeviceHealth>(), provider.GetRequiredService<IOptions<ManagementOptions>>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new DeviceReadinessCheck(provider.GetService<DeviceHealth>()));
        services.AddSingleton(provider => new MembershipCheck(provider.GetService<ISiloStatusOracle>(), provider.GetRequiredService<IGrainFactory>()));
        services.AddSingleton<BlobCheck>();
        // The probe tells of changes; what every look finds is nobody's to read.
        builder.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
        services.AddSingleton<HealthProbe>();
        services.AddSingleton<HostPhase>();
        foreach (var endpoint in ManagementEndpoint.Health)
            services.AddSingleton(endpoint);
        builder.AddDarkroomMetrics();
        services.AddSingleton(DarkroomMetrics.Endpoint);
        services.AddHostedService(provider => provider.GetRequiredService<HostPhase>());
        return builder;
    }

    // Read before the host is built; a value that is not allowed is told when it starts.
    private static IPEndPoint? Listens(IConfiguration configuration, int? defaultPort)
    {
        var options = configuration.GetSection(ManagementOptions.SectionName).Get<ManagementOptions>() ?? new ManagementOptions();
        if (!options.Enabled || (options.Port ?? defaultPort) is not (>= 0 and <= IPEndPoint.MaxPort and var port))
            return null;
        if (IPAddress.TryParse(options.Address, out var address))
            return new IPEndPoint(address, port);
        return new IPEndPoint(SiloClustering.ReadOptions(configuration).IsClustered ? IPAddress.Any : IPAddress.Loopback, port);
    }

    private static HealthCheckRegistration Check<T>(string name, string tag)
        where T : class, IHealthCheck =>
        new(name, services => services.GetRequiredService<T>(), HealthStatus.Unhealthy, [tag], CheckTimeout);
}
