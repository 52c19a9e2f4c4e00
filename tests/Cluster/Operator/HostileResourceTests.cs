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

    [Fact]
    public async Task Specs_ThatAreNotAllowed_AreRefusedWithTheReason()
    {
        (string Spec, string Reason)[] bad =
        [
            ("""{"images":{"prefix":"../globex/"}}""", "spec.images.prefix"),
            ("""{"images":{"prefix":"a/../../globex/x"}}""", "spec.images.prefix"),
            ("""{"images":{"prefix":"/etc"}}""", "spec.images.prefix"),
            ("""{"images":{"prefix":"a/.."}}""", "'.' or '..'"),
            ("""{"images":{"prefix":"a\\b"}}""", "spec.images.prefix"),
            ("""{"images":{"items":[{"name":"../../globex/secret.png"}]}}""", "spec.images.items[0].name"),
            ("""{"images":{"items":[{"name":"a\u0000b"}]}}""", "spec.images.items[0].name"),
            ("""{"images":{"items":[{"name":"a","hash":"zz"}]}}""", "spec.images.items[0].hash"),
            ("""{"images":{"items":[]}}""", "1 to 1000"),
            ("""{"images":{"items":[null]}}""", "null"),
            ("""{"images":{"prefix":"a","items":[{"name":"b"}]}}""", "either a prefix or items"),
            ("""{"images":{}}""", "either a prefix or items"),
            ("""{}""", "either a prefix or items"),
            ("""[1,2]""", "no spec"),
            ("""{"images":{"prefix":7}}""", "$.images.prefix"),
            ("""{"images":{"prefix":"a"},"words":null}""", "words"),
            ("""{"images":{"prefix":"a"},"settings":{"strength":"1"}}""", "$.settings.strength"),
            ("""{"images":{"prefix":"a"},"settings":{"strength":2}}""", "Strength is 2"),
            ("""{"images":{"prefix":"a"},"settings":{"seed":-1}}""", "$.settings.seed"),
            ("""{"images":{"prefix":"a"},"settings":{"steps":1e99}}""", "$.settings.steps"),
            ("""{"images":{"prefix":"a"},"settings":{"region":{"feather":1}}}""", "mask"),
            ("""{"images":{"prefix":"a"},"command":"Destroy"}""", "$.command"),
            ("""{"images":{"prefix":"a"},"command":1}""", "$.command"),
            ("""{"images":{"prefix":"a"},"pipeline":"../x"}""", "pipeline"),
            ("""{"images":{"prefix":"a"},"concurrency":0}""", "Concurrency is 0"),
            ("""{"images":{"prefix":"a"},"results":{"prefix":"../globex/"}}""", "spec.results.prefix"),
            ("""{"images":{"prefix":"a"},"results":{"prefix":"/"}}""", "spec.results.prefix"),
            ("""{"images":{"prefix":"a"},"results":{"prefix":"out"}}""", "spec.results.prefix"),
            ("""{"images":{"prefix":"a/"},"results":{"prefix":"a/"}}""", "is not spec.images.prefix"),
            ("""{"images":{"prefix":"a"},"results":{}}""", "it lacks 'prefix'"),
            ("""{"images":{"items":[{"hash":"a"}]}}""", "it lacks 'name'"),
            ("""{"images":{"prefix":"a"},"settings":{"region":{"box":{"x":1}}}}""", "it lacks"),
        ];
        for (var i = 0; i < bad.Length; i++)
            cluster.CreateJob($"bad-{i}", bad[i].Spec);

        for (var i = 0; i < bad.Length; i++)
        {
            var refused = await cluster.UntilPhaseAsync($"bad-{i}", "Refused");
            var message = (string)refused["status"]!["conditions"]![0]!["message"]!;
            Assert.True(OperatorCluster.Condition(refused, "Accepted") == "False/InvalidSpec" && message.Contains(bad[i].Reason, StringComparison.Ordinal), $"{bad[i].Spec}: {message}");
        }

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
    public async Task Namespace_GivenToAnotherTenant_TakesNoJobAlong()
    {
        await using var later = await OperatorCluster.StartAsync(before: api =>
        {
            api.Store.Create("restorationjobs", "team-b", OperatorCluster.Job("moved", """{"images":{"prefix":"in/"}}"""));
            api.Store.Patch("restorationjobs", "team-b", "moved", (JsonObject)JsonNode.Parse("""{"status":{"observedGeneration":1,"tenant":"acme","phase":"Running"}}""")!, isStatus: true);
            return Task.CompletedTask;
        });
        var refused = await later.UntilPhaseAsync("moved", "Refused", "team-b");

        Assert.Equal("False/TenantChanged", OperatorCluster.Condition(refused, "Accepted"));
        Assert.Equal(0, await later.CountJobsAsync("globex"));
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
