using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans;
using Orleans.Hosting;
using Orleans.Runtime;
using Xunit;

namespace Darkroom.Tests.Compat.Orleans;

public sealed class HostingTests
{
    private const int SiloPort = 24_111;
    private const int GatewayPort = 24_112;

    [Fact]
    public async Task Host_WithLocalhostClustering_RunsGrainsAndStopsThem()
    {
        using var host = Silo(SiloPort, GatewayPort).Build();
        await host.StartAsync();
        var details = host.Services.GetRequiredService<ILocalSiloDetails>();
        var key = ClusterFixture.NewKey();

        var counter = host.Services.GetRequiredService<IGrainFactory>().GetGrain<ICounterGrain>(key);
        await counter.Increment();

        Assert.Equal(SiloPort, details.SiloAddress.Endpoint.Port);
        Assert.Equal(details.Name, await counter.Where());
        await host.StopAsync();
        Assert.Contains((key, DeactivationReasonCode.ShuttingDown), CounterGrain.Deactivations);
    }

    [Fact]
    public async Task Client_InTheProcessOfTheSilo_Connects()
    {
        using var silo = Silo(SiloPort + 10, GatewayPort + 10).Build();
        await silo.StartAsync();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.UseOrleansClient(client => client.UseLocalhostClustering(GatewayPort + 10));
        using var host = builder.Build();
        await host.StartAsync();

        Assert.Equal(3, await host.Services.GetRequiredService<IClusterClient>().GetGrain<IEchoGrain>("x").Add(1, 2));

        await host.StopAsync();
        await silo.StopAsync();
    }

    [Fact]
    public async Task Host_WithoutClustering_DoesNotStart()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.UseOrleans(_ => { });
        var exception = await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            using var host = builder.Build();
            await host.StartAsync();
        });

        if (StandIn.Has(typeof(Grain)))   // Orleans fails as well, in other words.
            Assert.Contains("lustering has not been configured", exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task StandIn_ConfiguredForSeveralProcesses_RefusesAndNamesTheOfficialPackage()
    {
        Assert.SkipUnless(
            typeof(Grain).Assembly.GetName().Name!.StartsWith("Darkroom.Compat", StringComparison.Ordinal), "The official package runs on many processes.");
        var silo = Host.CreateEmptyApplicationBuilder(null);
        var client = Host.CreateEmptyApplicationBuilder(null);
        var endpoint = new IPEndPoint(IPAddress.Loopback, SiloPort);

        NotSupportedException[] refusals =
        [
            await Assert.ThrowsAsync<NotSupportedException>(JoinAsync),
            Assert.Throws<NotSupportedException>(() => silo.UseOrleans(s => s.UseDevelopmentClustering(endpoint))),
            Assert.Throws<NotSupportedException>(() => client.UseOrleansClient(c => c.UseStaticClustering(endpoint))),
        ];

        Assert.All(refusals, r => Assert.Contains("Microsoft.Orleans.Server", r.Message, StringComparison.Ordinal));
        Assert.All(refusals, r => Assert.Contains("PACKAGES=official ./cluster setup", r.Message, StringComparison.Ordinal));

        // A silo of this process could be joined: only at the start is it known that there is none.
        async Task JoinAsync()
        {
            var joining = Host.CreateEmptyApplicationBuilder(null);
            joining.UseOrleans(s => s.UseLocalhostClustering(SiloPort + 1, GatewayPort + 1, endpoint));
            using var host = joining.Build();
            await host.StartAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public void StandIn_WithClusteringInTheConfiguration_Refuses()
    {
        Assert.SkipUnless(
            typeof(Grain).Assembly.GetName().Name!.StartsWith("Darkroom.Compat", StringComparison.Ordinal), "The official package runs on many processes.");
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection([new("Orleans:Clustering:ProviderType", "AzureTableStorage")]);

        var refusal = Assert.Throws<NotSupportedException>(() => builder.UseOrleans(_ => { }));

        Assert.Contains("AzureTableStorage", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SiloLifecycle_OfAHost_StartsUpwardsAndStopsDownwards()
    {
        var stages = new List<string>();
        var builder = Silo(SiloPort + 20, GatewayPort + 20);
        builder.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(new Participant(stages));
        using var host = builder.Build();

        await host.StartAsync();
        await host.StopAsync();

        Assert.Equal(["start services", "start active", "stop active", "stop services"], stages);
    }

    [Fact]
    public async Task StartupTask_OfASilo_CanCallGrains()
    {
        var sum = 0;
        var builder = Silo(SiloPort + 30, GatewayPort + 30);
        builder.UseOrleans(silo => silo.AddStartupTask(async (services, _) =>
            sum = await services.GetRequiredService<IGrainFactory>().GetGrain<IEchoGrain>("startup").Add(2, 2)));
        using var host = builder.Build();

        await host.StartAsync();
        await host.StopAsync();

        Assert.Equal(4, sum);
    }

    [Fact]
    public async Task SiloLifecycle_ParticipantOfStageActive_CallsGrainsWhileItStops()
    {
        var sum = 0;
        var builder = Silo(SiloPort + 40, GatewayPort + 40);
        builder.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(services => new LateCaller(services, result => sum = result));
        using var host = builder.Build();
        await host.StartAsync();

        await host.StopAsync();

        Assert.Equal(5, sum);
    }

    private static HostApplicationBuilder Silo(int siloPort, int gatewayPort)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(siloPort, gatewayPort);
            silo.AddMemoryGrainStorage("shared");
        });
        return builder;
    }

    private sealed class LateCaller(IServiceProvider services, Action<int> done) : ILifecycleParticipant<ISiloLifecycle>
    {
        public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(
            "test",
            ServiceLifecycleStage.Active,
            _ => Task.CompletedTask,
            async _ => done(await services.GetRequiredService<IGrainFactory>().GetGrain<IEchoGrain>(ClusterFixture.NewKey()).Add(2, 3)));
    }

    private sealed class Participant(List<string> stages) : ILifecycleParticipant<ISiloLifecycle>
    {
        public void Participate(ISiloLifecycle lifecycle)
        {
            lifecycle.Subscribe("test", ServiceLifecycleStage.Active, _ => Note("start active"), _ => Note("stop active"));
            lifecycle.Subscribe("test", ServiceLifecycleStage.ApplicationServices, _ => Note("start services"), _ => Note("stop services"));
        }

        private Task Note(string stage)
        {
            stages.Add(stage);
            return Task.CompletedTask;
        }
    }
}
