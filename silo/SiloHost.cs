using Darkroom.Silo.Clustering;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Darkroom.Silo;

/// <summary>The host of a silo that is a process of its own.</summary>
public static class SiloHost
{
    /// <summary>Builds the host; configuration comes from <c>appsettings.json</c>, the environment and the arguments, the last one first.</summary>
    /// <param name="arguments">Command-line arguments, such as <c>--Cluster:SiloPort=11112</c>.</param>
    /// <exception cref="ClusteringException">The section <c>Cluster</c> is wrong, or this build cannot run in several processes.</exception>
    public static IHost Build(string[] arguments)
    {
        var configuration = Host.CreateApplicationBuilder(Settings(arguments)).Configuration;
        var cluster = SiloClustering.ReadOptions(configuration);
        if (!cluster.IsClustered)
            return EmbeddedCluster.Build(new EmbeddedClusterOptions { LogLevel = LogLevel.Information }, arguments);

        var builder = Host.CreateApplicationBuilder(Settings(arguments));
        builder.Logging.ClearProviders();
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.AddClusteredSilo(cluster);
        return builder.Build();
    }

    private static HostApplicationBuilderSettings Settings(string[] arguments) =>
        new() { Args = arguments, ContentRootPath = AppContext.BaseDirectory };
}
