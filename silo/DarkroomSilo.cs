using Darkroom.Grains;
using Darkroom.Storage;
using Microsoft.Extensions.Hosting;

namespace Darkroom.Silo;

/// <summary>Wires a silo: blob store, grains, telemetry. How silos find each other is the caller's to say.</summary>
public static class DarkroomSilo
{
    /// <summary>Adds everything a silo needs but its clustering.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="configureCluster">Says how silos find each other.</param>
    public static IHostApplicationBuilder AddDarkroomSilo(this IHostApplicationBuilder builder, Action<ISiloBuilder> configureCluster)
    {
        builder.Services.AddDarkroomBlobStore();
        builder.AddDarkroomTelemetry();
        return builder.UseOrleans(silo =>
        {
            configureCluster(silo);
            silo.AddDarkroomGrains();
        });
    }
}
