using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Jobs;
using Darkroom.Contracts.Runs;
using Darkroom.Contracts.Tenants;
using Darkroom.Grains.Tenants;
using Darkroom.Tests.Cluster.Jobs;
using Darkroom.Tests.Cluster.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Darkroom.Tests.Cluster.Tenants;

public sealed class KeyTests
{
    [Fact]
    public async Task Run_SameKeyTwice_IsOneRunAndOtherContentIsRefused()
    {
        await using var cluster = await DarkroomTestCluster.StartAsync();
        var client = cluster.Client();
        var request = await RequestAsync(cluster);
        var runs = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => client.StartRunAsync(request, "order-17")));

        Assert.Single(runs.Select(run => run.Id).Distinct());
        Assert.Equal(RunStage.Completed, (await runs[0].WaitAsync()).Stage);
        Assert.Equal(TestPipeline.DefaultSteps, cluster.Log.Steps.Count);
        // Also after its end, and the same for everybody who says the same.
        Assert.Equal(runs[0].Id, (await client.StartRunAsync(request, "order-17")).Id);
        var error = await Assert.ThrowsAsync<KeyConflictException>(() => client.StartRunAsync(request with { Words = "brighter" }, "order-17"));
        Assert.Contains("order-17", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<KeyConflictException>(() => client.StartJobOnceAsync(JobSamples.Request with { Prefix = "a" }, "order-17"));
        Assert.NotEqual(runs[0].Id, (await client.StartRunAsync(request, "order-18")).Id);
        Assert.NotEqual(runs[0].Id, (await cluster.Client("other").StartRunAsync(request, "order-17")).Id);
        Assert.Throws<RunNotFoundException>(() => cluster.Client("other").Run(runs[0].Id));
    }

    [Fact]
    public async Task Job_SameKeyAfterTheSiloDied_IsTheSameJob()
    {
        await using var cluster = await DarkroomTestCluster.StartAsync(silos: 2);
        var client = cluster.Client();
        var hash = await client.UploadAsync(TestPictures.Png());
        var list = await (await client.StartJobAsync(JobSamples.Items(3, hash), JobSamples.Request)).WaitAsync();
        var request = JobSamples.Request with { ListHash = await ListAsync(cluster, hash) };
        var first = await client.StartJobOnceAsync(request, "album");
        await cluster.StartSiloAsync();
        await cluster.KillAsync(cluster.Silos[0].Name);
        var second = await client.StartJobOnceAsync(request, "album");

        Assert.Equal(first.Key, second.Key);
        Assert.Equal((JobStage.Completed, 3), ((await second.WaitAsync()).Stage, list.Completed));
    }

    [Fact]
    public async Task Key_OlderThanItsLifetime_IsForgotten()
    {
        var time = new JumpingTime();
        await using var cluster = await DarkroomTestCluster.StartAsync(configure: services => services.AddSingleton<TimeProvider>(time));
        var keys = Keys(cluster, "order-17");
        var request = await RequestAsync(cluster);
        var first = await keys.ClaimRunAsync("order-17", request, CancellationToken.None);
        time.Jump(TimeSpan.FromHours(23));
        Assert.Equal((first.Id, false), IdAndNews(await keys.ClaimRunAsync("order-17", request, CancellationToken.None)));
        time.Jump(TimeSpan.FromHours(1));
        var second = await keys.ClaimRunAsync("order-17", request with { Words = "another" }, CancellationToken.None);

        Assert.True(second.IsNew);
        Assert.NotEqual(first.Id, second.Id);
    }

    [Fact]
    public async Task Keys_MoreThanAllowed_AreRefusedUntilTheOldestIsForgotten()
    {
        var time = new JumpingTime();
        await using var cluster = await DarkroomTestCluster.StartAsync(configure: services =>
        {
            services.AddSingleton<TimeProvider>(time);
            services.PostConfigure<TenantOptions>(options => options.MaxKeys = IdempotencyKey.Parts);   // one in each part
        });
        var request = await RequestAsync(cluster);
        var same = Enumerable.Range(0, 1000).Select(i => $"key{i}").Where(key => IdempotencyKey.GrainKeyOf("acme", key) == "acme/0").Take(2).ToList();
        var keys = Keys(cluster, same[0]);
        await keys.ClaimRunAsync(same[0], request, CancellationToken.None);
        time.Jump(TimeSpan.FromHours(20));
        var error = await Assert.ThrowsAsync<QuotaExceededException>(() => keys.ClaimRunAsync(same[1], request, CancellationToken.None));
        Assert.Equal((QuotaLimit.IdempotencyKeys, 1, 1), (error.Limit, error.Actual, error.Allowed));
        Assert.InRange(error.RetryAfter, TimeSpan.FromHours(3.9), TimeSpan.FromHours(4));
        time.Jump(error.RetryAfter);
        Assert.True((await keys.ClaimRunAsync(same[1], request, CancellationToken.None)).IsNew);
    }

    [Fact]
    public async Task Key_WhoseWriteIsDoneButReportedFailed_NamesTheSameRunAgain()
    {
        await using var cluster = await DarkroomTestCluster.StartAsync();
        var request = await RequestAsync(cluster);
        var lost = 0;
        cluster.Blobs.LosesAcknowledgement = name => name.StartsWith("state/key/", StringComparison.Ordinal) && Interlocked.Increment(ref lost) == 1;
        var run = await cluster.Client().StartRunAsync(request, "order-17");   // says it again by itself

        Assert.Equal(1, cluster.Blobs.FailureCount);
        Assert.Equal((run.Id, false), IdAndNews(await Keys(cluster, "order-17").ClaimRunAsync("order-17", request, CancellationToken.None)));
        Assert.Equal(RunStage.Completed, (await run.WaitAsync()).Stage);
    }

    private static (string Id, bool IsNew) IdAndNews(KeyClaim claim) => (claim.Id, claim.IsNew);

    private static IKeyGrain Keys(DarkroomTestCluster cluster, string key) => cluster.Grains.GetGrain<IKeyGrain>(IdempotencyKey.GrainKeyOf("acme", key));

    private static async Task<RunRequest> RequestAsync(DarkroomTestCluster cluster)
    {
        var session = await cluster.Client().OpenSessionAsync(TestPictures.Png());
        return new RunRequest((await session.GetAsync()).Source, RunKind.Refine, "a little brighter", null, new RestorationSettings());
    }

    private static async Task<string> ListAsync(DarkroomTestCluster cluster, string hash)
    {
        using var list = new MemoryStream();
        await Storage.JsonLines.WriteAsync(list, JobSamples.Items(3, hash));
        list.Position = 0;
        return (await cluster.Contents.PutAsync(list)).Hash;
    }
}
