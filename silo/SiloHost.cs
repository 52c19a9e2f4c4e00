using Darkroom.Silo.Clustering;
using Darkroom.Silo.Management;
using Darkroom.Silo.Secrets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Darkroom.Silo;

/// <summary>The host of a silo that is a process of its own.</summary>
public static class SiloHost
{
    /// <summary>Builds the host; configuration comes from <c>appsettings.json</c>, the environment, the arguments and the files of <c>DARKROOM_SECRETS</c>, the last one first.</summary>
    /// <param name="arguments">Command-line arguments, such as <c>--Cluster:SiloPort=11112</c>.</param>
    /// <exception cref="ClusteringException">The section <c>Cluster</c> is wrong, or this build cannot run in several processes.</exception>
    /// <exception cref="SecretFilesException">The folder of secrets cannot be used.</exception>
    public static IHost Build(string[] arguments)
    {
        var cluster = ReadCluster(arguments);
        if (!cluster.IsClustered)
        {
            return EmbeddedCluster.Build(
                new EmbeddedClusterOptions { LogLevel = LogLevel.Information, Configure = host => host.AddManagement(ManagementOptions.DefaultPort) }, arguments);
        }

        var builder = Host.CreateApplicationBuilder(Settings(arguments));
        builder.Configuration.AddSecretFiles();
        builder.Logging.ClearProviders();
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.AddManagement(ManagementOptions.DefaultPort);
        builder.AddClusteredSilo(cluster);
        return builder.Build();
    }

    /// <summary>Makes the tables of the cluster's database, with the rights of whoever the connection string names.</summary>
    /// <param name="arguments">Command-line arguments.</param>
    /// <exception cref="ClusteringException">There is no database to prepare, or it cannot be prepared.</exception>
    /// <exception cref="SecretFilesException">The folder of secrets cannot be used.</exception>
    public static void PrepareDatabase(string[] arguments) => SiloClustering.PrepareDatabase(ReadCluster(arguments));

    private static SiloClusterOptions ReadCluster(string[] arguments)
    {
        var configuration = Host.CreateApplicationBuilder(Settings(arguments)).Configuration;
        configuration.AddSecretFiles();
        return SiloClustering.ReadOptions(configuration);
    }

    private static HostApplicationBuilderSettings Settings(string[] arguments) =>
        new() { Args = arguments, ContentRootPath = AppContext.BaseDirectory };
}
