using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Runs;
using Darkroom.Grains.Devices;
using Darkroom.Models.Pipelines;
using Microsoft.Extensions.Logging.Abstractions;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Grains.Devices;

public sealed class DeviceExecutorTests : IDisposable
{
    private static readonly WorkClass Anybody = new(RunPriority.Interactive, "t");

    private readonly StubPipeline pipeline = new();
    private readonly Loader loader = new();
    private readonly LoadedModel model;
    private readonly DeviceExecutor executor;

    public DeviceExecutorTests()
    {
        model = new LoadedModel(pipeline, null, 0);
        executor = new DeviceExecutor(
            "cpu:0", loader, new DeviceOptions { Threads = 1, MaxBatchSize = 4, ProfileTime = TimeSpan.Zero }, TimeProvider.System, NullLogger<DeviceExecutor>.Instance);
    }

    public void Dispose() => executor.Dispose();

    [Fact]
    public async Task Step_MoreRowsThanTheCap_TakesSeveralPasses()
    {
        var sizes = new List<int>();
        pipeline.OnStep = rows => sizes.Add(rows.Count);
        using var block = new ManualResetEventSlim();
        var first = executor.RunAsync(() => { block.Wait(); return 0; }, Anybody, isAdmitted: true, default);
        var works = Enumerable.Range(0, 10).Select(row => executor.StepAsync(Work(row, steps: 1))).ToList();
        block.Set();
        await first;
        var results = await Task.WhenAll(works);

        Assert.Equal([4, 4, 2], sizes);
        for (var row = 0; row < 10; row++)
            Assert.Equal(row + 1, results[row].ToSingle());
    }

    [Fact]
    public async Task Step_SeveralSteps_CountsThemAndKeepsTheFirstLatent()
    {
        var seen = new List<int>();
        using var latent = Latent(5);
        var work = new StepWork(model, latent, Context(0), 3, seen.Add, Anybody, default);
        using var result = await executor.StepAsync(work);

        Assert.Equal([1, 2, 3], seen);
        Assert.Equal(8, result.ToSingle());
        Assert.Equal(5, latent.ToSingle());
    }

    [Fact]
    public async Task Step_LatentsOfDifferentShapes_AreNotMixed()
    {
        var sizes = new List<int>();
        pipeline.OnStep = rows => sizes.Add(rows.Count);
        using var block = new ManualResetEventSlim();
        var first = executor.RunAsync(() => { block.Wait(); return 0; }, Anybody, isAdmitted: true, default);
        var wide = executor.StepAsync(new StepWork(model, zeros(1, 1, 1, 2), Context(0), 1, null, Anybody, default));
        var square = executor.StepAsync(Work(0, steps: 1));
        block.Set();
        await Task.WhenAll(first, wide, square);

        Assert.Equal([1, 1], sizes);
    }

    [Fact]
    public async Task Step_OneRowBreaksTheModel_TheOthersGoOn()
    {
        pipeline.OnStep = rows =>
        {
            if (rows.Any(row => row.Seed == 2))
                throw new InvalidOperationException("seed 2");
        };
        using var block = new ManualResetEventSlim();
        var first = executor.RunAsync(() => { block.Wait(); return 0; }, Anybody, isAdmitted: true, default);
        var works = Enumerable.Range(0, 4).Select(row => executor.StepAsync(Work(row, steps: 2))).ToList();
        block.Set();
        await first;

        Assert.Equal("seed 2", (await Assert.ThrowsAsync<InvalidOperationException>(() => works[2])).Message);
        Assert.Equal([2, 3, 5], new[] { works[0], works[1], works[3] }.Select(work => work.GetAwaiter().GetResult().ToSingle()));
    }

    [Fact]
    public async Task Step_CancelledBetweenSteps_TakesNoFurtherStep()
    {
        using var stop = new CancellationTokenSource();
        var steps = 0;
        pipeline.OnStep = _ =>
        {
            if (++steps == 2)
                stop.Cancel();
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => executor.StepAsync(new StepWork(model, Latent(0), Context(0), 10, null, Anybody, stop.Token)));
        Assert.Equal(2, steps);
    }

    [Fact]
    public async Task Run_FunctionThatThrows_AnswersWithItAndGoesOn()
    {
        await Assert.ThrowsAsync<InvalidDataException>(
            () => executor.RunAsync<int>(() => throw new InvalidDataException(), Anybody, isAdmitted: true, default));
        Assert.Equal(7, await executor.RunAsync(() => 7, Anybody, isAdmitted: true, default));
    }

    [Fact]
    public async Task Run_OnTheDevice_IsInInferenceModeAndItsTensorsAreFreed()
    {
        var (isInference, leaked) = await executor.RunAsync(() => (is_inference_mode_enabled(), zeros(3)), Anybody, isAdmitted: true, default);
        Assert.True(isInference);
        Assert.True(leaked.IsInvalid);
    }

    [Fact]
    public async Task Dispose_WithWorkWaiting_CancelsItAndRefusesMore()
    {
        using var block = new ManualResetEventSlim();
        var begun = new TaskCompletionSource();
        var running = executor.RunAsync(() => { begun.SetResult(); block.Wait(); return 1; }, Anybody, isAdmitted: true, default);
        await begun.Task;
        var waiting = executor.RunAsync(() => 2, Anybody, isAdmitted: true, default);
        var disposing = Task.Run(executor.Dispose);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        block.Set();
        await disposing;

        Assert.Equal(1, await running);
        Assert.Throws<DeviceStoppingException>(() => { _ = executor.RunAsync(() => 3, Anybody, isAdmitted: true, default); });
    }

    [Fact]
    public async Task Models_AskedForByMany_AreLoadedOnceAndFreedAtTheEnd()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => executor.Models.UseAsync("stub")));
        Assert.Equal(1, loader.Loads);
        Assert.Equal(["stub"], executor.Models.Resident);
    }

    [Fact]
    public async Task Models_Missing_NamesTheModel()
    {
        var error = await Assert.ThrowsAsync<DeviceUnavailableException>(() => executor.Models.UseAsync("none"));
        Assert.Contains("'none'", error.Message, StringComparison.Ordinal);
    }

    private static Tensor Latent(float value) => full([1, 1, 1, 1], value);

    private static StepContext Context(ulong seed) => new(new Conditioning([]), 0, 10, seed, 0);

    private StepWork Work(int row, int steps) => new(model, Latent(row), Context((ulong)row), steps, null, Anybody, default);

    private sealed class Loader : IPipelineLoader
    {
        public int Loads { get; private set; }

        public Task<IReadOnlyList<string>> ListModelsAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>(["stub"]);

        public LoadedModel Load(string model, Device device)
        {
            Loads++;
            return model == "stub" ? new LoadedModel(new StubPipeline(), null, 0) : throw new FileNotFoundException(model);
        }
    }
}
