using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Images;
using Darkroom.Contracts.Jobs;
using Darkroom.Contracts.Runs;
using Darkroom.Contracts.Sessions;
using Darkroom.Contracts.Supervision;
using Darkroom.Contracts.Tenants;
using Darkroom.Storage;
using Darkroom.Tests.Cluster.Jobs;
using Darkroom.Tests.Cluster.Support;

namespace Darkroom.Tests.Cluster;

/// <summary>Whatever the store throws at a grain, its caller gets an exception of the contracts.</summary>
public sealed class ErrorTests
{
    private static readonly ImageRef Nothing = new(JobSamples.Missing, 24, 16, "image/png", 100);

    private static readonly RunRequest Run = new(Nothing, RunKind.Refine, "brighter", null, new RestorationSettings());

    /// <summary>Gets calls that read or write what the store does not give or take.</summary>
    public static TheoryData<string, string> Calls
    {
        get
        {
            var calls = new TheoryData<string, string>();
            foreach (var name in (string[])["session.open", "session.get", "session.send", "session.undo", "session.delete", "tenant.admit", "tenant.status", "tenant.settle", "key.run", "key.job", "run.start", "run.status", "run.cancel", "job.start", "job.status", "job.pause"])
            {
                foreach (var operation in (string[])["read", "write"])
                    calls.Add(name, operation);
            }

            return calls;
        }
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Store_ThatFails_TheCallerGetsAnExceptionOfTheContracts(string name, string operation)
    {
        await using var cluster = await DarkroomTestCluster.StartAsync();
        foreach (var make in (Func<string, Exception>[])[blob => new BlobStoreException($"the test broke '{blob}'"), blob => new PrivateException($"the test broke '{blob}'", new PrivateException("inside", null))])
        {
            var hash = await cluster.Client().UploadAsync(TestPictures.Png());
            var session = operation == "write" && name.StartsWith("session.", StringComparison.Ordinal) && name != "session.open"
                ? (await cluster.Client().OpenSessionAsync(hash)).Grain
                : cluster.Client().Session(Guid.NewGuid().ToString("N")).Grain;
            cluster.Blobs.Before = (what, blob) =>
            {
                if (what == operation && (blob.StartsWith("state/", StringComparison.Ordinal) || blob.StartsWith("unfinished/", StringComparison.Ordinal)))
                    throw make(blob);
            };
            var error = await Record.ExceptionAsync(() => CallAsync(cluster, session, hash, name));
            cluster.Blobs.Before = null;

            // What only reads has nothing to write; a run that is not there has nothing to cancel.
            var writesNothing = name is "session.get" or "session.undo" or "tenant.status" or "run.status" or "run.cancel" or "job.status" or "job.pause";
            if (operation == "write" && writesNothing && error is null or InvalidRequestException or RunNotFoundException or JobNotFoundException)
                continue;
            // What is no store's exception is told as what it is: not foreseen.
            Assert.True(error is StorageFailedException || (error is GrainFailedException && make("") is not BlobStoreException), error?.ToString() ?? "nothing was thrown");
            Assert.Contains("the test broke", error!.Message, StringComparison.Ordinal);
            Assert.All(Causes(error), cause => Assert.False(cause is BlobStoreException or PrivateException, $"Orleans cannot carry {cause.GetType()}"));
        }
    }

    [Theory]
    [InlineData("session")]
    [InlineData("tenant")]
    [InlineData("key")]
    public async Task State_WrittenBySomebodyElse_TheCallerIsAskedToTryAgainAndTheNextCallSucceeds(string grain)
    {
        await using var cluster = await DarkroomTestCluster.StartAsync();
        var hash = await cluster.Client().UploadAsync(TestPictures.Png());
        var session = (await cluster.Client().OpenSessionAsync(hash)).Grain;
        var requests = 0;
        Func<Task> call = grain switch
        {
            "session" => () => session.SendAsync(new SessionMessage($"turn-{requests++}", "Describe the image", new RestorationSettings()), default),
            "tenant" => () => cluster.Grains.GetGrain<ITenantGrain>("acme").AdmitAsync(new AdmitRequest($"acme/run-{requests++}", RunPriority.Batch), default),
            // Always the same part of the keys.
            _ => () => cluster.Grains.GetGrain<IKeyGrain>(IdempotencyKey.GrainKeyOf("acme", "key")).ClaimRunAsync("key", Run with { Words = $"words {requests++}" }, default),
        };
        if (grain != "key")
            await call();
        await foreach (var state in cluster.Blobs.ListAsync($"state/{grain}/"))
        {
            var (bytes, _) = (await cluster.Blobs.TryReadBytesAsync(state.Name))!.Value;
            await cluster.Blobs.WriteBytesAsync(state.Name, bytes);
        }

        if (grain == "key")
        {
            cluster.Blobs.LosesAcknowledgement = name => name.StartsWith("state/key/", StringComparison.Ordinal);
            await Assert.ThrowsAsync<StorageFailedException>(call);
            cluster.Blobs.LosesAcknowledgement = null;
            requests = 0;
        }
        else
        {
            await Assert.ThrowsAsync<StorageFailedException>(call);
        }

        await call();
    }

    [Fact]
    public async Task Supervisor_WithAStoreThatFails_AnswersAndGoesItsRoundLater()
    {
        await using var cluster = await DarkroomTestCluster.StartAsync();
        var supervisor = cluster.Grains.GetGrain<ISupervisorGrain>(ISupervisorGrain.Key);
        cluster.Blobs.Before = (what, _) => throw (what == "list" ? new PrivateException("the test broke it", null) : new BlobStoreException("the test broke it"));
        var before = (await supervisor.GetStatusAsync(default)).Rounds;
        await supervisor.PulseAsync(new SiloPulse("somewhere", false), default);
        cluster.Blobs.Before = null;

        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while ((await supervisor.GetStatusAsync(timeout.Token)).Rounds <= before)
            await Task.Delay(5, timeout.Token);
    }

    private static Task CallAsync(DarkroomTestCluster cluster, ISessionGrain session, string hash, string name)
    {
        var id = Guid.NewGuid().ToString("N");
        var tenant = cluster.Grains.GetGrain<ITenantGrain>($"t{id}");
        var key = cluster.Grains.GetGrain<IKeyGrain>(IdempotencyKey.GrainKeyOf($"t{id}", id));
        var run = cluster.Grains.GetGrain<IRunGrain>($"acme/{id}");
        var job = cluster.Grains.GetGrain<IJobGrain>($"acme/{id}");
        var jobRequest = JobSamples.Request with { ListHash = hash };
        return name switch
        {
            "session.open" => session.OpenAsync(new OpenSessionRequest(hash), default),
            "session.get" => session.GetAsync(default),
            "session.send" => session.SendAsync(new SessionMessage(id, "<restore>", new RestorationSettings()), default),
            "session.undo" => session.UndoAsync(default),
            "session.delete" => session.DeleteAsync(default),
            "tenant.admit" => tenant.AdmitAsync(new AdmitRequest($"t{id}/run", RunPriority.Batch), default),
            "tenant.status" => tenant.GetStatusAsync(default),
            "tenant.settle" => tenant.SettleAsync(new RunUsage($"t{id}/run", RunStage.Completed, 1), default),
            "key.run" => key.ClaimRunAsync(id, Run, default),
            "key.job" => key.ClaimJobAsync(id, jobRequest, default),
            "run.start" => run.StartAsync(Run, default),
            "run.status" => run.GetStatusAsync(default),
            "run.cancel" => run.CancelAsync(default),
            "job.start" => job.StartAsync(jobRequest, default),
            "job.status" => job.GetStatusAsync(default),
            "job.pause" => job.PauseAsync(default),
            _ => throw new ArgumentException(name),
        };
    }

    private static IEnumerable<Exception> Causes(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
            yield return error;
    }

    private sealed class PrivateException(string message, Exception? cause) : Exception(message, cause);
}
