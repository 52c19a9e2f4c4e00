using Darkroom.Contracts.Jobs;
using Darkroom.Storage;
using Darkroom.Tests.Cluster.Operator.Support;
using Darkroom.Tests.Cluster.Support;

namespace Darkroom.Tests.Cluster.Operator;

public sealed class RestorationJobTests : IAsyncLifetime
{
    private OperatorCluster cluster = null!;

    public async ValueTask InitializeAsync() => cluster = await OperatorCluster.StartAsync();

    public ValueTask DisposeAsync() => cluster.DisposeAsync();

    [Fact]
    public async Task Job_Created_RunsToItsEndWithProgressAndResults()
    {
        for (var i = 0; i < 5; i++)
            await cluster.UploadAsync($"in/{i}.png");
        await cluster.UploadAsync("in/broken.png", picture: "no picture"u8.ToArray());
        var pause = cluster.Log.PauseAt(step => step.Step == 1);
        cluster.CreateJob("holiday", """{"images":{"prefix":"in/"},"settings":{"seed":7}}""");

        await pause.ReachedAsync();
        var running = await cluster.UntilAsync("holiday", job => OperatorCluster.Condition(job, "Running") == "True/Restoring" && (int)job["status"]!["images"]!["total"]! == 6, "it shows that it runs");
        pause.End();
        var done = await cluster.UntilPhaseAsync("holiday", "Complete");

        Assert.Equal("True/Valid", OperatorCluster.Condition(running, "Accepted"));
        Assert.Equal("False/Restoring", OperatorCluster.Condition(running, "Complete"));
        Assert.Equal(("6/6", "acme", 5, 1), ((string)done["status"]!["progress"]!, (string)done["status"]!["tenant"]!, (int)done["status"]!["images"]!["restored"]!, (int)done["status"]!["images"]!["quarantined"]!));
        Assert.Equal("True/SomeQuarantined", OperatorCluster.Condition(done, "Complete"));
        Assert.Equal("False/SomeQuarantined", OperatorCluster.Condition(done, "Failed"));
        Assert.Equal(1, (int)done["status"]!["observedGeneration"]!);
        Assert.NotNull((string?)done["status"]!["completionTime"]);
        var job = cluster.Silos.Client().Job((string)done["status"]!["job"]!);
        var results = new List<JobItemResult>();
        await foreach (var result in job.ResultsAsync())
            results.Add(result);
        Assert.Equal(6, results.Count);
        Assert.Equal((await job.GetAsync()).ResultsHash, (string)done["status"]!["results"]!["hash"]!);
        Assert.Equal(1, await cluster.CountJobsAsync());
    }

    [Fact]
    public async Task Job_DeletedInTheMiddle_IsCancelledAndThenGoes()
    {
        for (var i = 0; i < 20; i++)
            await cluster.UploadAsync($"in/{i}.png");
        var pause = cluster.Log.PauseAt(step => step.Step == 1);
        cluster.CreateJob("holiday");
        await pause.ReachedAsync();
        var running = await cluster.UntilPhaseAsync("holiday", "Running");
        Assert.Equal(["darkroom.dev/operator"], running["metadata"]!["finalizers"]!.AsArray().Select(name => (string)name!));

        var going = cluster.Api.Store.Delete("restorationjobs", OperatorCluster.Space, "holiday");
        await GoneAsync("holiday");
        pause.End();
        var status = await cluster.Silos.Client().Job((string)running["status"]!["job"]!).WaitAsync();

        // The deletion counts as a change of the spec and is none: it must not look like another job.
        Assert.Equal(2, (long)going["metadata"]!["generation"]!);
        Assert.Equal(JobStage.Cancelled, status.Stage);
        Assert.True(status.Completed < 20);
        Assert.Equal(1, await cluster.CountJobsAsync());
    }

    [Fact]
    public async Task Job_WhoseFinalizerSomebodyTook_IsCancelledWhenItIsGone()
    {
        await cluster.UploadAsync("in/1.png");
        var pause = cluster.Log.PauseAt(step => step.Step == 1);
        cluster.CreateJob("holiday");
        await pause.ReachedAsync();
        var running = await cluster.UntilPhaseAsync("holiday", "Running");
        var job = cluster.Silos.Client().Job((string)running["status"]!["job"]!);
        cluster.Api.Faults = request => request.Method == "PATCH" ? new StubFault(500) : null;
        cluster.Api.Store.Patch("restorationjobs", OperatorCluster.Space, "holiday", Json("""{"metadata":{"finalizers":null}}"""), isStatus: false);
        cluster.Api.Store.Delete("restorationjobs", OperatorCluster.Space, "holiday");

        await Patiently.TrueAsync(async () => (await job.GetAsync()).Stage is JobStage.Cancelling or JobStage.Cancelled, "it is cancelled");
        pause.End();
    }

    [Fact]
    public async Task Job_MadeAgainUnderTheSameName_IsAnotherJob()
    {
        await cluster.UploadAsync("in/1.png");
        cluster.CreateJob("holiday");
        var first = await cluster.UntilPhaseAsync("holiday", "Complete");
        cluster.Api.Store.Delete("restorationjobs", OperatorCluster.Space, "holiday");
        await GoneAsync("holiday");
        cluster.CreateJob("holiday");
        var second = await cluster.UntilPhaseAsync("holiday", "Complete");

        Assert.NotEqual((string)first["status"]!["job"]!, (string)second["status"]!["job"]!);
        Assert.Equal(2, await cluster.CountJobsAsync());
    }

    [Fact]
    public async Task Job_Suspended_BeginsWhenItIsNotAndIsTheSameJob()
    {
        await cluster.UploadAsync("in/1.png");
        cluster.CreateJob("holiday", """{"images":{"prefix":"in/"},"suspend":true}""");
        var suspended = await cluster.UntilPhaseAsync("holiday", "Suspended");
        Assert.Equal(0, await cluster.CountJobsAsync());
        cluster.Api.Store.Patch("restorationjobs", OperatorCluster.Space, "holiday", Json("""{"spec":{"suspend":false}}"""), isStatus: false);
        var done = await cluster.UntilPhaseAsync("holiday", "Complete");

        Assert.Equal("True/Valid", OperatorCluster.Condition(suspended, "Accepted"));
        Assert.Equal(2, (int)done["status"]!["observedGeneration"]!);
        Assert.Equal(1, await cluster.CountJobsAsync());
    }

    [Fact]
    public async Task Job_SuspendedWhileItRuns_PausesAndGoesOn()
    {
        for (var i = 0; i < 20; i++)
            await cluster.UploadAsync($"in/{i:D2}.png");
        var pause = cluster.Log.PauseAt(step => step.Step == 1);
        cluster.CreateJob("holiday");
        await pause.ReachedAsync();
        await cluster.UntilPhaseAsync("holiday", "Running");
        cluster.Api.Store.Patch("restorationjobs", OperatorCluster.Space, "holiday", Json("""{"spec":{"suspend":true}}"""), isStatus: false);
        var suspended = await cluster.UntilPhaseAsync("holiday", "Suspended");
        pause.End();
        cluster.Api.Store.Patch("restorationjobs", OperatorCluster.Space, "holiday", Json("""{"spec":{"suspend":false}}"""), isStatus: false);
        var done = await cluster.UntilPhaseAsync("holiday", "Complete");

        Assert.Equal((string)suspended["status"]!["job"]!, (string)done["status"]!["job"]!);
        Assert.Equal("20/20", (string)done["status"]!["progress"]!);
        Assert.Equal(1, await cluster.CountJobsAsync());
    }

    [Fact]
    public async Task Job_OfAModelThatIsNotThere_WaitsAndSaysSo()
    {
        await cluster.UploadAsync("in/1.png");
        cluster.CreateJob("holiday", """{"images":{"prefix":"in/"},"model":"not-there"}""");
        var pending = await cluster.UntilPhaseAsync("holiday", "Pending");

        Assert.Equal("False/ModelNotFound", OperatorCluster.Condition(pending, "Accepted"));
        Assert.Equal(0, await cluster.CountJobsAsync());
    }

    [Fact]
    public async Task Results_WithAPrefix_AreWrittenByNameForTheNextJob()
    {
        foreach (var name in new[] { "in/a.png", "in/b.jpg", "in/b.png", "in/taken.png" })
            await cluster.UploadAsync(name);
        await cluster.UploadAsync("in/broken.png", picture: "no picture"u8.ToArray());
        await cluster.UploadAsync("out/in/taken.png", picture: "somebody's"u8.ToArray());
        cluster.CreateJob("first", """{"images":{"prefix":"in/"},"results":{"prefix":"out/"}}""");
        var first = await cluster.UntilPhaseAsync("first", "Complete");
        cluster.CreateJob("second", """{"images":{"prefix":"out/"}}""");
        var second = await cluster.UntilPhaseAsync("second", "Complete");

        Assert.Equal(("out/", 3, 1, 5), ((string)first["status"]!["results"]!["prefix"]!, (int)first["status"]!["results"]!["written"]!, (int)first["status"]!["results"]!["skipped"]!, (int)first["status"]!["results"]!["settled"]!));
        var names = cluster.Silos.Blobs.ListAsync("uploads/acme/out/").ToBlockingEnumerable().Select(blob => blob.Name["uploads/acme/out/in/".Length..]).ToList();
        Assert.Equal(4, names.Count);
        Assert.Equal(["a.png", "b.png", "taken.png"], names.Where(name => !name.Contains(".1.", StringComparison.Ordinal) && !name.Contains(".2.", StringComparison.Ordinal)));
        Assert.Equal("somebody's", System.Text.Encoding.UTF8.GetString((await cluster.Silos.Blobs.TryReadBytesAsync("uploads/acme/out/in/taken.png", 100))!.Value.Bytes));
        Assert.Equal(3, (int)second["status"]!["images"]!["restored"]!);
    }

    [Fact]
    public async Task Results_WhoseWritingBreaksOff_AreWrittenOnce()
    {
        for (var i = 0; i < 6; i++)
            await cluster.UploadAsync($"in/{i}.png");
        cluster.Silos.Blobs.FailNext(3, "write", "uploads/acme/out/in/3");
        cluster.CreateJob("first", """{"images":{"prefix":"in/"},"results":{"prefix":"out/"}}""");
        var first = await cluster.UntilPhaseAsync("first", "Complete");

        Assert.Equal((6, 0), ((int)first["status"]!["results"]!["written"]!, (int)first["status"]!["results"]!["skipped"]!));
        Assert.Equal(3, cluster.Silos.Blobs.FailureCount);
    }

    [Fact]
    public async Task Status_WrittenByTheOperator_IsNoReasonToLookAgain()
    {
        await using var slow = await OperatorCluster.StartAsync(options: set => set.PollPeriod = TimeSpan.FromMinutes(10));
        for (var i = 0; i < 20; i++)
            await slow.UploadAsync($"in/{i:D2}.png");
        slow.CreateJob("holiday");
        var running = await slow.UntilAsync("holiday", job => OperatorCluster.Phase(job).Length > 0, "it was looked at");
        await slow.Silos.Client().Job((string)running["status"]!["job"]!).WaitAsync();
        slow.Api.Store.Patch("restorationjobs", OperatorCluster.Space, "holiday", Json("""{"metadata":{"labels":{"a":"b"}}}"""), isStatus: false);
        // A resource that came later was seen: so were all changes before.
        slow.CreateJob("next");
        await slow.UntilAsync("next", job => OperatorCluster.Phase(job).Length > 0, "the next one was looked at");

        // When it came, and perhaps when it got its finalizer; never for its status.
        Assert.InRange(slow.Api.Requests.Count(request => request.Method == "GET" && request.Path.EndsWith("/holiday", StringComparison.Ordinal)), 1, 2);
    }

    [Fact]
    public async Task Job_WithoutAnyGoodPicture_Fails()
    {
        await cluster.UploadAsync("in/broken.png", picture: "no picture"u8.ToArray());
        cluster.CreateJob("holiday");
        var failed = await cluster.UntilPhaseAsync("holiday", "Failed");

        Assert.Equal("True/NothingRestored", OperatorCluster.Condition(failed, "Failed"));
        Assert.Equal("False/NothingRestored", OperatorCluster.Condition(failed, "Complete"));
    }

    private static System.Text.Json.Nodes.JsonObject Json(string text) => (System.Text.Json.Nodes.JsonObject)System.Text.Json.Nodes.JsonNode.Parse(text)!;

    private Task GoneAsync(string name) => Patiently.TrueAsync(() => !cluster.Api.Store.Has("restorationjobs", OperatorCluster.Space, name), $"{name} is gone");
}
