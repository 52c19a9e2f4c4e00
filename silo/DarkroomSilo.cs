using Darkroom.Grains;
using Darkroom.Silo.Operator;
using Darkroom.Storage;
using Microsoft.Extensions.Hosting;

namespace Darkroom.Silo;

/// <summary>Wires a silo: blob store, grains, traces that span silos. How silos find each other, and where telemetry goes, is the caller's to say.</summary>
public static class DarkroomSilo
{
    /// <summary>Adds everything a silo needs but its clustering.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="configureCluster">Says how silos find each other.</param>
    public static IHostApplicationBuilder AddDarkroomSilo(this IHostApplicationBuilder builder, Action<ISiloBuilder> configureCluster)
    {
        builder.Services.AddDarkroomBlobStore();
        return builder.UseOrleans(silo =>
        {
            configureCluster(silo);
            silo.AddDarkroomGrains();
            // A trace goes on in the grains that a call reaches, on this silo or another one.
            silo.AddActivityPropagation();
            silo.Services.AddDarkroomOperator();
        });
    }

    /// <summary>Adds everything a client of a cluster needs but the way to its silos; it has the cluster's blob store, and no devices.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="configureCluster">Says how the silos are found.</param>
    public static IHostApplicationBuilder AddDarkroomClient(this IHostApplicationBuilder builder, Action<IClientBuilder> configureCluster)
    {
        builder.Services.AddDarkroomBlobStore();
        return builder.UseOrleansClient(client =>
        {
            configureCluster(client);
            // A trace begins here and goes on in the silos.
            client.AddActivityPropagation();
        });
    }
}
