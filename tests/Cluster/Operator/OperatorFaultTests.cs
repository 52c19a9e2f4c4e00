using System.Text.Json.Nodes;
using Darkroom.Contracts.Jobs;
using Darkroom.Silo.Operator;
using Darkroom.Tests.Cluster.Operator.Support;
using Darkroom.Tests.Cluster.Support;

namespace Darkroom.Tests.Cluster.Operator;

/// <summary>What goes wrong between the operator and the API server.</summary>
public sealed class OperatorFaultTests
{
    private const string Plural = "restorationjobs";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Watch_TooOld_ListsAnewAndDoesNothingTwice(bool asEvent)
    {
        await using var cluster = await OperatorCluster.StartAsync();
        cluster.Api.SaysGoneAsEvent = asEvent;
        await cluster.UploadAsync("in/1.png");
        cluster.CreateJob("first");
        await cluster.UntilPhaseAsync("first", "Complete");
        cluster.Api.Store.Compact();
        cluster.CreateJob("second");
        cluster.Api.EndWatches();

        await cluster.UntilPhaseAsync("second", "Complete");

        Assert.True(Lists(cluster) >= 2, "everything was listed anew");
        Assert.Equal(2, await cluster.CountJobsAsync());
        Assert.Equal(2 * TestPipeline.DefaultSteps, cluster.Log.Steps.Count);
    }

    [Fact]
    public async Task Watch_CutInTheMiddleOfALine_GoesOnWhereItWasWithoutAList()
    {
        await using var cluster = await OperatorCluster.StartAsync();
        await cluster.UploadAsync("in/1.png");
        await Patiently.TrueAsync(() => cluster.Api.WatchCount == 2, "the watch is open");
        var lists = Lists(cluster);
        var cuts = 0;
        cluster.Api.CutsLineAt = () => Interlocked.Increment(ref cuts) <= 3 ? 40 : null;

        cluster.CreateJob("first");
        await cluster.UntilPhaseAsync("first", "Complete");

        Assert.True(cuts > 3, "lines were cut");
        Assert.Equal(lists, Lists(cluster));
        Assert.Equal(1, await cluster.CountJobsAsync());
    }

    [Fact]
    public async Task Watch_EndedByTheServer_GoesOnFromTheLastBookmark()
    {
        await using var cluster = await OperatorCluster.StartAsync();
        await cluster.UploadAsync("in/1.png");
        await Patiently.TrueAsync(() => cluster.Api.WatchCount == 2, "the watch is open");
        // Versions go on without a job: only a bookmark tells how far.
        cluster.Api.Store.Create("restorationmodels", null, (JsonObject)JsonNode.Parse("""{"metadata":{"name":"m"},"spec":{"devices":0}}""")!);
        await cluster.UntilModelAsync("m", model => OperatorCluster.Phase(model) == "Pending", "the model is looked at");
        var version = cluster.Api.Store.Version;
        await Patiently.TrueAsync(() => cluster.Api.Bookmarks.GetValueOrDefault(Plural) == version, "a bookmark was sent");
        cluster.Api.EndWatches();

        await Patiently.TrueAsync(() => cluster.Api.Requests.Any(request => request.Query.Contains($"resourceVersion={version}&", StringComparison.Ordinal) && request.Path.EndsWith(Plural, StringComparison.Ordinal)), "the watch goes on from the bookmark");
        cluster.CreateJob("first");
        await cluster.UntilPhaseAsync("first", "Complete");
    }

    [Fact]
    public async Task Token_Replaced_IsReadAgain()
    {
        await using var cluster = await OperatorCluster.StartAsync();
        await cluster.UploadAsync("in/1.png");
        cluster.CreateJob("first");
        await cluster.UntilPhaseAsync("first", "Complete");
        await cluster.RotateTokenAsync("second");
        cluster.Api.EndWatches();

        cluster.CreateJob("second");

        await cluster.UntilPhaseAsync("second", "Complete");
    }

    [Fact]
    public async Task Server_BusyOrBroken_IsAskedAgainAndTheJobIsOne()
    {
        await using var cluster = await OperatorCluster.StartAsync();
        await cluster.UploadAsync("in/1.png");
        // Every other request fails, in an order that does not keep step with the operator's.
        var chance = new Random(7);
        var count = 0;
        cluster.Api.Faults = request =>
        {
            lock (chance)
            {
                return request.Query.Contains("watch", StringComparison.Ordinal) || chance.Next(2) == 0 ? null : (count++ % 4) switch
                {
                    0 => new StubFault(429, RetryAfter: 0),
                    1 => new StubFault(500),
                    2 => new StubFault(0),
                    _ => new StubFault(0, IsDone: true),
                };
            }
        };
        cluster.CreateJob("first");

        await cluster.UntilPhaseAsync("first", "Complete");

        Assert.True(count > 3, $"{count} requests failed");
        Assert.Equal(1, await cluster.CountJobsAsync());
        Assert.Equal(TestPipeline.DefaultSteps, cluster.Log.Steps.Count);
    }

    [Fact]
    public async Task Resource_ChangedByOthersAllTheTime_GetsItsStatusAllTheSame()
    {
        await using var cluster = await OperatorCluster.StartAsync();
        await cluster.UploadAsync("in/1.png");
        var conflicts = 0;
        // Somebody labels the resource between each read and write of the operator, a few times.
        cluster.Api.Faults = request =>
        {
            if (request.Method == "PATCH" && Interlocked.Increment(ref conflicts) <= 4)
                cluster.Api.Store.Patch(Plural, OperatorCluster.Space, "first", (JsonObject)JsonNode.Parse($$$$"""{"metadata":{"labels":{"n":"{{{{conflicts}}}}"}}}""")!, isStatus: false);
            return null;
        };
        cluster.CreateJob("first");

        var done = await cluster.UntilPhaseAsync("first", "Complete");

        Assert.Equal("4", (string)done["metadata"]!["labels"]!["n"]!);
        Assert.Equal(1, await cluster.CountJobsAsync());
    }

    [Fact]
    public async Task List_ExpiredBetweenItsPages_BeginsAnew()
    {
        await using var cluster = await OperatorCluster.StartAsync(options: set => set.PageSize = 2, before: async api =>
        {
            for (var i = 0; i < 6; i++)
                api.Store.Create(Plural, OperatorCluster.Space, OperatorCluster.Job($"job-{i}", """{"images":{"prefix":"in/"}}"""));
            var compacted = 0;
            api.Faults = request =>
            {
                if (request.Query.Contains("continue=", StringComparison.Ordinal) && Interlocked.Exchange(ref compacted, 1) == 0)
                    api.Store.Compact(alsoLists: true);
                return null;
            };
            await Task.CompletedTask;
        });

        for (var i = 0; i < 6; i++)
            await cluster.UntilPhaseAsync($"job-{i}", "Complete");

        Assert.Equal(6, await cluster.CountJobsAsync());
        Assert.True(cluster.Api.Requests.Count(request => request.Query == "?limit=2") >= 2, "the list was begun twice");
    }

    [Fact]
    public async Task Resources_TenThousandSettled_AreListedInPagesAndNotKept()
    {
        const int count = 10_000;
        await using var cluster = await OperatorCluster.StartAsync(before: api =>
        {
            for (var i = 0; i < count; i++)
            {
                var name = $"job-{i:D5}";
                api.Store.Create(Plural, OperatorCluster.Space, OperatorCluster.Job(name, """{"images":{"prefix":"in/"}}"""));
                api.Store.Patch(Plural, OperatorCluster.Space, name, (JsonObject)JsonNode.Parse("""{"status":{"observedGeneration":1,"phase":"Complete"}}""")!, isStatus: true);
            }

            return Task.CompletedTask;
        });
        await Patiently.TrueAsync(() => cluster.Api.WatchCount == 2, "all are listed");

        var host = cluster.Silos.Service<OperatorHost>();
        Assert.All(host.Controllers, controller => Assert.Equal(0, controller.Count));
        Assert.Equal(100, cluster.Api.Requests.Count(request => request.Path.EndsWith(Plural, StringComparison.Ordinal) && request.Query.StartsWith("?limit=100", StringComparison.Ordinal)));
        Assert.DoesNotContain(cluster.Api.Requests, request => request.Path.Contains("job-", StringComparison.Ordinal));

        await cluster.UploadAsync("in/1.png");
        cluster.CreateJob("one-more");
        await cluster.UntilPhaseAsync("one-more", "Complete");
        Assert.Equal(1, await cluster.CountJobsAsync());
    }

    private static int Lists(OperatorCluster cluster) => cluster.Api.Requests.Count(request => request.Path.EndsWith(Plural, StringComparison.Ordinal) && request.Query == "?limit=100");
}
