using Darkroom.Contracts.Jobs;
using Darkroom.Silo.Operator;
using Darkroom.Tests.Cluster.Operator.Support;
using Darkroom.Tests.Cluster.Support;

namespace Darkroom.Tests.Cluster.Operator;

/// <summary>One silo looks after the resources; another one takes over when it dies.</summary>
public sealed class OperatorLeaderTests
{
    [Fact]
    public async Task Leader_KilledInTheMiddleOfAJob_AnotherTakesOverAndTheJobIsOne()
    {
        await using var cluster = await OperatorCluster.StartAsync(silos: 3, options: ShortLease);
        for (var i = 0; i < 4; i++)
            await cluster.UploadAsync($"in/{i}.png");
        var leader = await LeaderAsync(cluster);
        cluster.CreateJob("first");
        await cluster.UntilAsync("first", job => OperatorCluster.Phase(job).Length > 0, "the job has begun");

        await cluster.Silos.KillAsync(leader);
        await cluster.UntilPhaseAsync("first", "Complete");
        cluster.CreateJob("second");
        await cluster.UntilPhaseAsync("second", "Complete");

        Assert.NotEqual(leader, await LeaderAsync(cluster));
        Assert.Equal(2, await cluster.CountJobsAsync());
    }

    [Fact]
    public async Task Leader_StoppedInOrder_HandsOverAtOnce()
    {
        // Nobody would wait for the end of this lease; asking is a quarter of it.
        await using var cluster = await OperatorCluster.StartAsync(silos: 2, options: set => set.LeaseDuration = TimeSpan.FromSeconds(8));
        await cluster.UploadAsync("in/1.png");
        var leader = await LeaderAsync(cluster);

        await cluster.Silos.StopAsync(leader);
        cluster.CreateJob("first");
        await cluster.UntilPhaseAsync("first", "Complete");

        Assert.NotEqual(leader, await LeaderAsync(cluster));
    }

    [Fact]
    public async Task Leader_KilledBetweenStartAndStatus_StartsNoSecondJob()
    {
        await using var cluster = await OperatorCluster.StartAsync(silos: 2, options: ShortLease);
        await cluster.UploadAsync("in/1.png");
        var leader = await LeaderAsync(cluster);
        // The job is started, and no word of it reaches its resource.
        cluster.Api.Faults = request => request.Path.EndsWith("/status", StringComparison.Ordinal) ? new StubFault(0) : null;
        cluster.CreateJob("first");
        await Patiently.TrueAsync(async () => await cluster.CountJobsAsync() == 1, "the job is started");
        Assert.Equal(string.Empty, OperatorCluster.Phase(cluster.GetJob("first")));

        await cluster.Silos.KillAsync(leader);
        cluster.Api.Faults = null;
        var done = await cluster.UntilPhaseAsync("first", "Complete");

        Assert.Equal(1, await cluster.CountJobsAsync());
        Assert.Equal(JobStage.Completed, (await cluster.Silos.Client().Job((string)done["status"]!["job"]!).GetAsync()).Stage);
        Assert.Equal(TestPipeline.DefaultSteps, cluster.Log.Steps.Count);
    }

    [Fact]
    public async Task Silos_Several_OneLeadsAndOnlyThatOneAsksTheServer()
    {
        await using var cluster = await OperatorCluster.StartAsync(silos: 3);
        await LeaderAsync(cluster);
        await Patiently.TrueAsync(() => cluster.Api.WatchCount == cluster.Silos.Service<OperatorHost>(cluster.Leader()).Controllers.Count, "one silo watches each kind");

        Assert.Single(cluster.Silos.Silos, silo => silo.Name == cluster.Leader());
    }

    // Long enough for a busy machine, short enough to wait for.
    private static void ShortLease(OperatorOptions options) => options.LeaseDuration = TimeSpan.FromSeconds(2);

    private static async Task<string> LeaderAsync(OperatorCluster cluster)
    {
        string? leader = null;
        await Patiently.TrueAsync(() => (leader = cluster.Leader()) is not null, "a silo leads");
        return leader!;
    }
}
