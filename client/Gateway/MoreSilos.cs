using Darkroom.Silo;
using Microsoft.Extensions.Options;

namespace Darkroom.Gateway;

/// <summary>The silos of this process beyond the first: they start behind it and leave before it.</summary>
/// <param name="primaryPort">The port of the first one.</param>
/// <param name="options">How many there are.</param>
/// <param name="configuration">Where the blobs are, among others.</param>
internal sealed class MoreSilos(int primaryPort, IOptions<GatewayOptions> options, IConfiguration configuration) : IHostedService
{
    private readonly List<EmbeddedCluster> silos = [];

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        for (var i = 1; i < options.Value.Silos; i++)
        {
            silos.Add(await EmbeddedCluster.StartAsync(
                new EmbeddedClusterOptions
                {
                    PrimaryPort = primaryPort,
                    Configure = builder => builder.Configuration.AddConfiguration(configuration),
                },
                cancellationToken));
        }
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.WhenAll(silos.Select(silo => silo.DisposeAsync().AsTask()));
}
