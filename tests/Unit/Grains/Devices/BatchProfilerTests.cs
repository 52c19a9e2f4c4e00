using Darkroom.Contracts.Runs;
using Darkroom.Grains.Devices;
using Darkroom.Models.Pipelines;
using Darkroom.Storage;
using Darkroom.Storage.LocalFolder;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Grains.Devices;

public sealed class BatchProfilerTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("darkroom-test-").FullName;
    private readonly FolderBlobStore blobs;
    private readonly ManualTime time = new();

    public BatchProfilerTests() =>
        blobs = new FolderBlobStore(Options.Create(new BlobStoreOptions { Folder = folder, FlushToDisk = false }), TimeProvider.System);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Load_FirstTime_MeasuresPassesAndTheNextTimeReadsThem()
    {
        var passes = new List<int>();
        var loader = new Loader(() => new StubPipeline { OnStep = rows => passes.Add(rows.Count) });
        await LoadAsync(loader, maxBatchSize: 8);
        // One pass to warm up, then 1, 2, 4 and 8 rows.
        Assert.Equal([1, 1, 2, 4, 8], passes);

        passes.Clear();
        await LoadAsync(loader, maxBatchSize: 8);
        Assert.Empty(passes);
    }

    [Fact]
    public async Task Load_PassesThatDoNotPay_AreNotTaken()
    {
        // Rows cost as much together as one after another, so a pass of one is as good and makes nobody wait.
        var sizes = new List<int>();
        var pipeline = new StubPipeline();
        pipeline.OnStep = rows =>
        {
            sizes.Add(rows.Count);
            time.Advance(TimeSpan.FromSeconds(0.1 * rows.Count));
        };
        using var executor = Executor(new Loader(() => pipeline), maxBatchSize: 4);
        using var lease = await executor.Models.UseAsync("stub");
        sizes.Clear();
        using var block = new ManualResetEventSlim();
        var anybody = new WorkClass(RunPriority.Interactive, "t");
        var first = executor.RunAsync(() => { block.Wait(); return 0; }, anybody, isAdmitted: true, default);
        var side = pipeline.Profile.TileSize;
        var steps = Enumerable.Range(0, 3).Select(row => executor.StepAsync(new StepWork(
            lease.Model, zeros(1, 3, side, side), new StepContext(new Conditioning([]), 0, 1, (ulong)row, 0), 1, null, anybody, default))).ToList();
        block.Set();
        await first;
        await Task.WhenAll(steps);
        Assert.Equal([1, 1, 1], sizes);
    }

    [Fact]
    public async Task Load_SlowModel_IsMeasuredNoLongerThanAllowed()
    {
        var passes = new List<int>();
        var loader = new Loader(() => new StubPipeline
        {
            OnStep = rows =>
            {
                passes.Add(rows.Count);
                time.Advance(TimeSpan.FromSeconds(0.4 * rows.Count));
            },
        });
        await LoadAsync(loader, maxBatchSize: 16);
        // 0.4 s and 0.8 s; another 1.6 s would be more than the 2 s of the options.
        Assert.Equal([1, 1, 2], passes);
    }

    [Fact]
    public async Task Load_DamagedProfile_IsMeasuredAgain()
    {
        var passes = 0;
        var loader = new Loader(() => new StubPipeline { OnStep = _ => passes++ });
        await LoadAsync(loader, maxBatchSize: 1);
        await blobs.WriteBytesAsync(BatchProfiler.BlobNameOf("cpu:0", 1, "00"), "{\"Shape\":\"1x1\",\"Type\":\"Float32\",\"Passes\":[]}"u8.ToArray());
        passes = 0;
        await LoadAsync(loader, maxBatchSize: 1);
        Assert.Equal(2, passes);
    }

    [Fact]
    public async Task Load_ModelThatCannotBeMeasured_IsServedAllTheSame()
    {
        var loader = new Loader(() => new StubPipeline { OnStep = _ => throw new InvalidOperationException("no such step") });
        using var executor = Executor(loader, maxBatchSize: 2);
        using var lease = await executor.Models.UseAsync("stub");
        Assert.NotNull(lease.Model);
    }

    [Fact]
    public async Task Load_MemoryRunsOutInAPass_StopsThere()
    {
        var loader = new Loader(() => new StubPipeline
        {
            OnStep = rows =>
            {
#pragma warning disable CA2201 // This is what the runtime throws.
                if (rows.Count > 2)
                    throw new OutOfMemoryException();
#pragma warning restore CA2201
            },
        });
        await LoadAsync(loader, maxBatchSize: 16);
        var kept = (await blobs.TryReadBytesAsync(BatchProfiler.BlobNameOf("cpu:0", 1, "00")))!.Value.Bytes;
        Assert.Equal([1, 2], System.Text.Json.JsonSerializer.Deserialize<BatchProfile>(kept)!.Passes.Select(pass => pass.Rows));
    }

    private async Task LoadAsync(Loader loader, int maxBatchSize)
    {
        using var executor = Executor(loader, maxBatchSize);
        (await executor.Models.UseAsync("stub")).Dispose();
    }

    private DeviceExecutor Executor(Loader loader, int maxBatchSize) => new(
        "cpu:0", loader, new DeviceOptions { Threads = 1, MaxBatchSize = maxBatchSize }, time, NullLogger<DeviceExecutor>.Instance, blobs);

    private sealed class Loader(Func<StubPipeline> make) : IPipelineLoader
    {
        public Task<IReadOnlyList<string>> ListModelsAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>(["stub"]);

        public LoadedModel Load(string model, Device device) => new(make(), null, 0);
    }
}
