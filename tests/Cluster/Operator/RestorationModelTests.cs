using System.Text.Json.Nodes;
using Darkroom.Contracts.Catalog;
using Darkroom.Grains.Checkpoints;
using Darkroom.Grains.Devices;
using Darkroom.Models.Checkpoints.Nano;
using Darkroom.Silo.Operator;
using Darkroom.Storage;
using Darkroom.Tests.Cluster.Operator.Support;
using Darkroom.Tests.Cluster.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Darkroom.Tests.Cluster.Operator;

public sealed class RestorationModelTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("darkroom-import-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Model_Created_IsImportedAndKeptInMemory()
    {
        await using var cluster = await StartAsync(PaperCluster.LoadAsReal);
        NanoCheckpoint.Write("diff-plugin", seed: 1, Path.Combine(folder, "night"));
        Create(cluster, "night-photos", """{"source":{"paths":["night"],"license":"mit"},"devices":1}""");
        var resident = await UntilPhaseAsync(cluster, "night-photos", "Resident");

        Assert.Equal("True/Valid", OperatorCluster.Condition(resident, "Accepted"));
        Assert.Equal("True/Imported", OperatorCluster.Condition(resident, "Imported"));
        Assert.Equal("True/Resident", OperatorCluster.Condition(resident, "Resident"));
        Assert.Equal(("1/1", "diff-plugin"), ((string)resident["status"]!["residency"]!, (string)resident["status"]!["pipeline"]!));
        Assert.Contains("night-photos", cluster.Silos.Service<DeviceSet>()["cpu:0"].Models.Resident);
        var manifest = await new CheckpointStore(cluster.Silos.Blobs, cluster.Silos.Contents).GetAsync("night-photos");
        Assert.Equal(("mit", manifest.SizeBytes), (manifest.License, (long)resident["status"]!["sizeBytes"]!));

        cluster.Api.Store.Delete("restorationmodels", null, "night-photos");
        await GoneAsync(cluster, "night-photos");
        var checkpoints = await cluster.Silos.Grains.GetGrain<ICatalogGrain>(ICatalogGrain.Key).ListCheckpointsAsync(default);
        Assert.Contains(checkpoints, one => one.Name == "night-photos");
    }

    [Fact]
    public async Task Model_Kept_GoesLastAndAsAnyOtherAfterItsResource()
    {
        await using var cluster = await StartAsync(services => services.PostConfigure<DeviceOptions>(device => (device.ModelMebibytes, device.MinimumResidency) = (2, TimeSpan.Zero)));
        cluster.Log.ModelBytes = 1 << 20;
        var models = cluster.Silos.Service<DeviceSet>()["cpu:0"].Models;
        var source = await DirectRuns.SourceAsync(cluster.Silos);
        Create(cluster, "other", "{}");
        var resident = await UntilPhaseAsync(cluster, "other", "Resident");
        await DirectRuns.RestoreAsync(cluster.Silos, source, "first", 1, model: "test");
        await DirectRuns.RestoreAsync(cluster.Silos, source, "second", 1, model: NoisyPipeline.ModelName);

        Assert.Equal("True/Shipped", OperatorCluster.Condition(resident, "Imported"));
        Assert.Equal([NoisyPipeline.ModelName, "other"], models.Resident);

        cluster.Api.Store.Delete("restorationmodels", null, "other");
        await GoneAsync(cluster, "other");
        await DirectRuns.RestoreAsync(cluster.Silos, source, "third", 1, model: "test");

        Assert.Equal([NoisyPipeline.ModelName, "test"], models.Resident);
    }

    [Fact]
    public async Task Model_OnMoreDevicesThanThereAre_SaysSoAndOnFewerIsThere()
    {
        await using var cluster = await StartAsync();
        Create(cluster, "other", """{"devices":2}""");
        var waiting = await cluster.UntilModelAsync("other", model => OperatorCluster.Condition(model, "Resident") == "False/TooFewDevices" && (string)model["status"]!["residency"]! == "1/2", "one device of two has it");
        Assert.Equal("Loading", OperatorCluster.Phase(waiting));

        cluster.Api.Store.Patch("restorationmodels", null, "other", (JsonObject)JsonNode.Parse("""{"spec":{"devices":1}}""")!, isStatus: false);
        await UntilPhaseAsync(cluster, "other", "Resident");
        cluster.Api.Store.Patch("restorationmodels", null, "other", (JsonObject)JsonNode.Parse("""{"spec":{"devices":0}}""")!, isStatus: false);
        var free = await UntilPhaseAsync(cluster, "other", "Imported");

        Assert.Equal("False/NotWanted", OperatorCluster.Condition(free, "Resident"));
    }

    [Fact]
    public async Task Model_OfASilosThatDies_IsLoadedElsewhere()
    {
        await using var cluster = await StartAsync(silos: 2, options: set => set.LeaseDuration = TimeSpan.FromSeconds(2));
        Create(cluster, "other", "{}");
        await UntilPhaseAsync(cluster, "other", "Resident");
        var holder = cluster.Silos.Silos.Single(silo => silo.ServiceProvider.GetRequiredService<DeviceSet>()["cpu:0"].Models.Resident.Contains("other")).Name;

        await cluster.Silos.KillAsync(holder);

        await Patiently.TrueAsync(() => cluster.Silos.Service<DeviceSet>()["cpu:0"].Models.Resident.Contains("other"), "the other silo has it");
    }

    [Fact]
    public async Task Leader_KilledInTheMiddleOfAnImport_AnotherImportsAll()
    {
        await using var cluster = await StartAsync(PaperCluster.LoadAsReal, silos: 2, options: set => set.LeaseDuration = TimeSpan.FromSeconds(2));
        NanoCheckpoint.Write("diff-plugin", seed: 1, Path.Combine(folder, "night"));
        await Patiently.TrueAsync(() => cluster.Leader() is not null, "a silo leads");
        var leader = cluster.Leader()!;
        using var reached = new SemaphoreSlim(0);
        using var hold = new ManualResetEventSlim();
        var writes = 0;
        cluster.Silos.Blobs.Before = (operation, name) =>
        {
            if (operation == "write" && name.StartsWith("content/", StringComparison.Ordinal) && Interlocked.Increment(ref writes) == 4)
            {
                reached.Release();
                hold.Wait(TimeSpan.FromSeconds(60));
            }
        };
        Create(cluster, "night-photos", """{"source":{"paths":["night"]},"devices":1}""");
        Assert.True(await reached.WaitAsync(TimeSpan.FromSeconds(30)), "bytes are written");

        var killing = cluster.Silos.KillAsync(leader);
        hold.Set();
        await killing;
        var resident = await UntilPhaseAsync(cluster, "night-photos", "Resident");

        Assert.Equal("True/Imported", OperatorCluster.Condition(resident, "Imported"));
        var store = new CheckpointStore(cluster.Silos.Blobs, cluster.Silos.Contents);
        Assert.Empty(await store.VerifyAsync(await store.GetAsync("night-photos")));
    }

    [Fact]
    public async Task Job_OfAModelThatIsImportedLater_BeginsThen()
    {
        await using var cluster = await StartAsync(PaperCluster.LoadAsReal);
        await cluster.UploadAsync("in/1.png");
        cluster.CreateJob("holiday", """{"images":{"prefix":"in/"},"model":"night-photos","command":"Refine","words":"derain","settings":{"steps":2}}""");
        await cluster.UntilPhaseAsync("holiday", "Pending");
        NanoCheckpoint.Write("diff-plugin", seed: 1, Path.Combine(folder, "night"));
        Create(cluster, "night-photos", """{"source":{"paths":["night"]},"devices":0}""");

        await cluster.UntilPhaseAsync("holiday", "Complete");
    }

    [Fact]
    public async Task Specs_ThatAreNotAllowed_AreRefusedWithTheReason()
    {
        (string Spec, string Reason)[] bad =
        [
            ("""{"source":{"paths":["../night"]}}""", "not allowed"),
            ("""{"source":{"paths":["/etc"]}}""", "not allowed"),
            ("""{"source":{"paths":["a/./b"]}}""", "not allowed"),
            ("""{"source":{"paths":["nothing"]}}""", "There is no 'nothing'"),
            ("""{"source":{"paths":["link"]}}""", "is a link"),
            ("""{"source":{"paths":["with-link"]}}""", "is a link"),
            ("""{"source":{"paths":["pickle"]}}""", "is a pickle"),
            ("""{"source":{"paths":[]}}""", "1 to 8"),
            ("""{"source":{"paths":[null]}}""", "not allowed"),
            ("""{"source":{"paths":"night"}}""", "$.source.paths"),
            ("""{"source":{}}""", "1 to 8"),
            ("""{"devices":100000}""", "spec.devices is 100000"),
            ("""{"devices":1.5}""", "$.devices"),
        ];
        Directory.CreateDirectory(Path.Combine(folder, "with-link"));
        Directory.CreateDirectory(Path.Combine(folder, "pickle"));
        await File.WriteAllTextAsync(Path.Combine(folder, "pickle", "model.ckpt"), "x");
        Directory.CreateSymbolicLink(Path.Combine(folder, "link"), "/etc");
        File.CreateSymbolicLink(Path.Combine(folder, "with-link", "model.safetensors"), "/etc/passwd");
        await using var cluster = await StartAsync();
        cluster.Api.Store.ChecksNothing = true;
        for (var i = 0; i < bad.Length; i++)
            Create(cluster, $"bad-{i}", bad[i].Spec);

        for (var i = 0; i < bad.Length; i++)
        {
            var refused = await UntilPhaseAsync(cluster, $"bad-{i}", "Refused");
            var message = (string)refused["status"]!["conditions"]![0]!["message"]!;
            Assert.True(OperatorCluster.Condition(refused, "Accepted") == "False/InvalidSpec" && message.Contains(bad[i].Reason, StringComparison.Ordinal), $"{bad[i].Spec}: {message}");
        }
    }

    [Fact]
    public async Task Import_ThatFails_SaysWhyAndIsNotTriedAllTheTime()
    {
        await using var cluster = await StartAsync(options: set => set.MaxRetryDelay = TimeSpan.FromHours(1));
        Directory.CreateDirectory(Path.Combine(folder, "broken"));
        await File.WriteAllTextAsync(Path.Combine(folder, "broken", "model.safetensors"), "no tensors");
        Create(cluster, "broken", """{"source":{"paths":["broken"]}}""");
        Create(cluster, "absent", "{}");
        var refused = await UntilPhaseAsync(cluster, "broken", "Refused");
        var pending = await UntilPhaseAsync(cluster, "absent", "Pending");
        var count = cluster.Api.Requests.Count(request => request.Path.EndsWith("/broken", StringComparison.Ordinal));
        // A model that is looked at all the while shows that time goes by.
        var before = cluster.Api.Requests.Count(request => request.Path.EndsWith("/absent", StringComparison.Ordinal));
        await Patiently.TrueAsync(() => cluster.Api.Requests.Count(request => request.Path.EndsWith("/absent", StringComparison.Ordinal)) >= before + 5, "others are looked at");

        Assert.Equal("False/ImportFailed", OperatorCluster.Condition(refused, "Imported"));
        Assert.Equal("False/NotThere", OperatorCluster.Condition(pending, "Imported"));
        Assert.InRange(cluster.Api.Requests.Count(request => request.Path.EndsWith("/broken", StringComparison.Ordinal)), count, count + 1);
    }

    private Task<OperatorCluster> StartAsync(Action<IServiceCollection>? configure = null, short silos = 1, Action<OperatorOptions>? options = null) => OperatorCluster.StartAsync(
        silos,
        set =>
        {
            set.ImportFolder = folder;
            options?.Invoke(set);
        },
        configure);

    private static void Create(OperatorCluster cluster, string name, string spec) => cluster.Api.Store.Create(
        "restorationmodels", null, (JsonObject)JsonNode.Parse($$"""{"metadata":{"name":"{{name}}"},"spec":{{spec}}}""")!);

    private static Task<JsonObject> UntilPhaseAsync(OperatorCluster cluster, string name, string phase) => cluster.UntilModelAsync(name, model => OperatorCluster.Phase(model) == phase, $"{name} is {phase}");

    private static Task GoneAsync(OperatorCluster cluster, string name) => Patiently.TrueAsync(() => !cluster.Api.Store.Has("restorationmodels", null, name), $"{name} is gone");
}
