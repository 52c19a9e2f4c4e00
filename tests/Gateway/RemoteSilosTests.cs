using Darkroom.Gateway;
using Darkroom.Grains.Devices;
using Darkroom.Silo;
using Darkroom.Tests.Cluster.Support;
using Darkroom.Tests.Gateway.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Hosting;

namespace Darkroom.Tests.Gateway;

/// <summary>A gateway without a silo, as Kubernetes runs it: it has no devices and works on those of others.</summary>
public sealed class RemoteSilosTests : IDisposable
{
    private const string Name = "darkroom";
    private readonly string folder = Directory.CreateTempSubdirectory("darkroom-remote-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Gateway_Client_RestoresOnAnothersDevices()
    {
        var (siloPort, clientPort) = (EmbeddedCluster.FreePort(), EmbeddedCluster.FreePort());
        using var silo = Silo(siloPort, clientPort);
        await silo.StartAsync();
        await using (var gateway = GatewayHost.Build(
            ["--port", "0", "--data", folder],
            builder => builder.Logging.SetMinimumLevel(LogLevel.Error),
            builder => builder.AddDarkroomClient(client => client.UseLocalhostClustering(clientPort, Name, Name))))
        {
            await gateway.StartAsync();
            using var http = new HttpClient { BaseAddress = new Uri(gateway.Urls.First()) };

            Assert.Null(gateway.Services.GetService<DeviceSet>());
            Assert.Equal("v1", await http.RestoreAsync(await http.OpenAsync()));
            await gateway.StopAsync();
        }

        await silo.StopAsync();
    }

    [Fact]
    public void Gateway_NoSiloAndNoCluster_IsRefusedWithTheRemedy() =>
        Assert.Contains("Cluster:ConnectionString", Assert.Throws<GatewayStartException>(() => GatewayHost.Build(["--silos", "0", "--port", "0", "--data", folder])).Message, StringComparison.Ordinal);

    private IHost Silo(int siloPort, int clientPort)
    {
        var builder = Host.CreateApplicationBuilder();
        (builder.Configuration["BlobStore:Folder"], builder.Configuration["BlobStore:FlushToDisk"]) = (folder, "false");
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.Services.AddSingleton<IPipelineLoader>(new TestPipelineLoader(new StepLog(), Name));
        builder.Services.PostConfigure<DeviceOptions>(device => (device.Names, device.Threads, device.ProfileTime) = (["cpu:0"], 1, TimeSpan.Zero));
        builder.Services.PostConfigure<ModelOptions>(model => model.DefaultModel = TestPipeline.ModelName);
        builder.AddDarkroomSilo(silo => silo.UseLocalhostClustering(siloPort, clientPort, null, Name, Name));
        return builder.Build();
    }
}
