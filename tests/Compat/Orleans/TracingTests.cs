using System.Diagnostics;
using Orleans;
using Orleans.Hosting;
using Orleans.TestingHost;
using Xunit;

namespace Darkroom.Tests.Compat.Orleans;

public interface ITracedGrain : IGrainWithStringKey
{
    Task<string> Trace(ITracedGrain? next);
}

public sealed class TracedGrain : Grain, ITracedGrain
{
    public Task<string> Trace(ITracedGrain? next) =>
        next is null ? Task.FromResult(Activity.Current?.TraceId.ToString() ?? "none") : next.Trace(null);
}

public sealed class TracingTests
{
    [Fact]
    public async Task Calls_WithActivityPropagation_AreOneTrace()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name.StartsWith("Microsoft.Orleans", StringComparison.Ordinal) || source.Name == "test",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        await using var cluster = Build(propagate: true);
        await cluster.DeployAsync();
        using var source = new ActivitySource("test");
        using var activity = source.StartActivity("request");

        var trace = await cluster.Client.GetGrain<ITracedGrain>("a").Trace(cluster.Client.GetGrain<ITracedGrain>("b"));

        Assert.Equal(activity!.TraceId.ToString(), trace);
        Assert.Same(activity, Activity.Current);
    }

    [Fact]
    public async Task Calls_WithoutActivityPropagation_DoNotLeakTheCallersActivity()
    {
        await using var cluster = Build(propagate: false);
        await cluster.DeployAsync();
        using var activity = new Activity("request").Start();

        Assert.Equal("none", await cluster.Client.GetGrain<ITracedGrain>("a").Trace(null));
    }

    private static InProcessTestCluster Build(bool propagate)
    {
        var builder = new InProcessTestClusterBuilder(1);
        if (propagate)
        {
            builder.ConfigureSilo((_, silo) => silo.AddActivityPropagation());
            builder.ConfigureClient(client => client.AddActivityPropagation());
        }

        return builder.Build();
    }
}
