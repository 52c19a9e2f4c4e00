using System.Text.Json.Nodes;
using Darkroom.Contracts.Jobs;
using Darkroom.Tests.Cluster.Operator.Support;
using Darkroom.Tests.Cluster.Support;

namespace Darkroom.Tests.Cluster.Operator;

/// <summary>Resources of people who want more than is theirs, on a server that checks nothing before.</summary>
public sealed class HostileResourceTests : IAsyncLifetime
{
    private OperatorCluster cluster = null!;

    public async ValueTask InitializeAsync()
    {
        cluster = await OperatorCluster.StartAsync();
        cluster.Api.Store.ChecksNothing = true;
    }

    public ValueTask DisposeAsync() => cluster.DisposeAsync();

    [Theory]
    [InlineData("""{"images":{"prefix":"../globex/"}}""", "spec.images.prefix")]
    [InlineData("""{"images":{"prefix":"a/../../globex/x"}}""", "spec.images.prefix")]
    [InlineData("""{"images":{"prefix":"/etc"}}""", "spec.images.prefix")]
    [InlineData("""{"images":{"prefix":"a/.."}}""", "'.' or '..'")]
    [InlineData("""{"images":{"prefix":"a\\b"}}""", "spec.images.prefix")]
    [InlineData("""{"images":{"items":[{"name":"../../globex/secret.png"}]}}""", "spec.images.items[0].name")]
    [InlineData("""{"images":{"items":[{"name":"a\u0000b"}]}}""", "spec.images.items[0].name")]
    [InlineData("""{"images":{"items":[{"name":"a","hash":"zz"}]}}""", "spec.images.items[0].hash")]
    [InlineData("""{"images":{"items":[]}}""", "1 to 1000")]
    [InlineData("""{"images":{"items":[null]}}""", "null")]
    [InlineData("""{"images":{"prefix":"a","items":[{"name":"b"}]}}""", "either a prefix or items")]
    [InlineData("""{"images":{}}""", "either a prefix or items")]
    [InlineData("""{}""", "either a prefix or items")]
    [InlineData("""[1,2]""", "no spec")]
    [InlineData("""{"images":{"prefix":7}}""", "$.images.prefix")]
    [InlineData("""{"images":{"prefix":"a"},"words":null}""", "words")]
    [InlineData("""{"images":{"prefix":"a"},"settings":{"strength":"1"}}""", "$.settings.strength")]
    [InlineData("""{"images":{"prefix":"a"},"settings":{"strength":2}}""", "Strength is 2")]
    [InlineData("""{"images":{"prefix":"a"},"settings":{"seed":-1}}""", "$.settings.seed")]
    [InlineData("""{"images":{"prefix":"a"},"settings":{"steps":1e99}}""", "$.settings.steps")]
    [InlineData("""{"images":{"prefix":"a"},"settings":{"region":{"feather":1}}}""", "mask")]
    [InlineData("""{"images":{"prefix":"a"},"command":"Destroy"}""", "$.command")]
    [InlineData("""{"images":{"prefix":"a"},"command":1}""", "$.command")]
    [InlineData("""{"images":{"prefix":"a"},"pipeline":"../x"}""", "pipeline")]
    [InlineData("""{"images":{"prefix":"a"},"concurrency":0}""", "Concurrency is 0")]
    [InlineData("""{"images":{"prefix":"a"},"results":{"prefix":"../globex/"}}""", "spec.results.prefix")]
    [InlineData("""{"images":{"prefix":"a"},"results":{"prefix":"/"}}""", "spec.results.prefix")]
    [InlineData("""{"images":{"prefix":"a"},"results":{"prefix":"out"}}""", "spec.results.prefix")]
    [InlineData("""{"images":{"prefix":"a/"},"results":{"prefix":"a/"}}""", "is not spec.images.prefix")]
    [InlineData("""{"images":{"prefix":"a"},"results":{}}""", "it lacks 'prefix'")]
    [InlineData("""{"images":{"items":[{"hash":"a"}]}}""", "it lacks 'name'")]
    [InlineData("""{"images":{"prefix":"a"},"settings":{"region":{"box":{"x":1}}}}""", "it lacks")]
    public async Task Spec_ThatIsNotAllowed_IsRefusedWithTheReason(string spec, string reason)
    {
        cluster.CreateJob("bad", spec);
        var refused = await cluster.UntilPhaseAsync("bad", "Refused");

        Assert.Equal("False/InvalidSpec", OperatorCluster.Condition(refused, "Accepted"));
        Assert.Contains(reason, (string)refused["status"]!["conditions"]![0]!["message"]!, StringComparison.Ordinal);
        Assert.Equal(0, await cluster.CountJobsAsync());
    }

    [Fact]
    public async Task Spec_WithTooManyPicturesOrWords_IsRefusedAndOthersGoOn()
    {
        await cluster.UploadAsync("in/1.png");
        var items = string.Join(',', Enumerable.Range(0, 5000).Select(i => $$$"""{"name":"{{{i:D200}}}"}"""));
        cluster.CreateJob("huge", $$$"""{"images":{"items":[{{{items}}}]}}""");
        cluster.CreateJob("wordy", $$$"""{"images":{"prefix":"in/"},"words":"{{{new string('x', 1_000_000)}}}"}""");
        cluster.CreateJob("good");

        var huge = await cluster.UntilPhaseAsync("huge", "Refused");
        var wordy = await cluster.UntilPhaseAsync("wordy", "Refused");
        await cluster.UntilPhaseAsync("good", "Complete");

        Assert.Contains("5000", (string)huge["status"]!["conditions"]![0]!["message"]!, StringComparison.Ordinal);
        Assert.Contains("1000000", (string)wordy["status"]!["conditions"]![0]!["message"]!, StringComparison.Ordinal);
        Assert.Equal(1, await cluster.CountJobsAsync());
    }

    [Fact]
    public async Task Namespace_WithoutATenant_IsRefusedWhateverTheResourceSays()
    {
        await cluster.UploadAsync("in/1.png");
        cluster.CreateJob("theirs", """{"images":{"prefix":"in/"},"tenant":"acme"}""", space: "stranger");
        var refused = await cluster.UntilPhaseAsync("theirs", "Refused", "stranger");

        Assert.Equal("False/NamespaceNotMapped", OperatorCluster.Condition(refused, "Accepted"));
        Assert.Equal(0, await cluster.CountJobsAsync());
    }

    [Fact]
    public async Task Picture_OfAnotherTenant_IsAsIfItWereNotThere()
    {
        var theirs = await cluster.Silos.Client("globex").UploadAsync(TestPictures.Png());
        var spec = $$$"""{"images":{"items":[{"name":"a.png","hash":"{{{theirs}}}"}]},"tenant":"globex"}""";
        cluster.CreateJob("thief", spec);
        var refused = await cluster.UntilPhaseAsync("thief", "Refused");
        var mask = $$$$"""{"images":{"prefix":"in/"},"settings":{"region":{"maskHash":"{{{{theirs}}}}"}}}""";
        cluster.CreateJob("mask", mask);
        await cluster.UntilPhaseAsync("mask", "Refused");

        Assert.Contains("has no picture", (string)refused["status"]!["conditions"]![0]!["message"]!, StringComparison.Ordinal);
        Assert.Equal(0, await cluster.CountJobsAsync());
        Assert.Equal(0, await cluster.CountJobsAsync("globex"));
    }

    [Fact]
    public async Task Prefix_OfTheSameNameInTwoNamespaces_ReadsEachTenantsOwn()
    {
        await cluster.UploadAsync("in/1.png");
        await cluster.UploadAsync("in/1.png", "globex");
        await cluster.UploadAsync("in/2.png", "globex");
        cluster.CreateJob("same");
        cluster.CreateJob("same", space: "team-b");
        var ours = await cluster.UntilPhaseAsync("same", "Complete");
        var theirs = await cluster.UntilPhaseAsync("same", "Complete", "team-b");

        Assert.Equal(("1/1", "2/2"), ((string)ours["status"]!["progress"]!, (string)theirs["status"]!["progress"]!));
        Assert.Equal(("acme", "globex"), ((string)ours["status"]!["tenant"]!, (string)theirs["status"]!["tenant"]!));
    }

    [Fact]
    public async Task Spec_ChangedOnAServerThatAllowsIt_IsRefusedAndTheJobStaysWhatItWas()
    {
        await cluster.UploadAsync("in/1.png");
        var pause = cluster.Log.PauseAt(step => step.Step == 1);
        cluster.CreateJob("holiday");
        await pause.ReachedAsync();
        var running = await cluster.UntilPhaseAsync("holiday", "Running");
        cluster.Api.Store.Patch("restorationjobs", OperatorCluster.Space, "holiday", (JsonObject)JsonNode.Parse("""{"spec":{"words":"others"}}""")!, isStatus: false);
        var refused = await cluster.UntilPhaseAsync("holiday", "Refused");
        pause.End();
        var job = await cluster.Silos.Client().Job((string)running["status"]!["job"]!).WaitAsync();

        Assert.Equal("False/SpecChanged", OperatorCluster.Condition(refused, "Accepted"));
        Assert.Equal((JobStage.Completed, 1), (job.Stage, job.Completed));
        Assert.Equal(1, await cluster.CountJobsAsync());
    }

    [Fact]
    public async Task Status_ThatSomebodySpoilt_IsWrittenAnew()
    {
        await cluster.UploadAsync("in/1.png");
        cluster.CreateJob("holiday");
        cluster.Api.Store.Patch("restorationjobs", OperatorCluster.Space, "holiday", (JsonObject)JsonNode.Parse("""{"status":{"phase":[1],"conditions":"none","images":7}}""")!, isStatus: true);

        var done = await cluster.UntilAsync("holiday", job => job["status"]?["phase"] is JsonValue phase && phase.ToString() == "Complete", "it is done");

        Assert.Equal("True/AllRestored", OperatorCluster.Condition(done, "Complete"));
    }
}
