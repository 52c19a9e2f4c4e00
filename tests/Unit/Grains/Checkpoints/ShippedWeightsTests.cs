using Darkroom.Grains.Checkpoints;
using Darkroom.Grains.Checkpoints.Pipelines;
using Darkroom.Models.Pipelines;
using Darkroom.Models.Training.Data;
using Darkroom.Models.VlmImi;
using Darkroom.Storage;
using Darkroom.Storage.LocalFolder;
using Microsoft.Extensions.Options;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Grains.Checkpoints;

/// <summary>The VLM-IMI in <c>weights</c> does what it ships for, through the classes that serve it.</summary>
public sealed class ShippedWeightsTests : IDisposable
{
    private const int Side = 64;
    private const int Steps = 12;
    private const int MaxBytes = 10_000_000;

    private readonly string folder = Directory.CreateTempSubdirectory("darkroom-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(1, "unipc")]
    [InlineData(5, "ddpm")]
    public async Task VlmImi_ADrawnSceneInTheDark_IsBrightAgain(int seed, string scheduler)
    {
        using var model = await LoadAsync();
        using var guard = inference_mode();
        using var scope = NewDisposeScope();
        var scene = (tensor(DrawnScenes.Draw(Side, seed), dtype: ScalarType.Byte).view(1, 3, Side, Side).to(ScalarType.Float32) / 255);
        var dark = (scene * 0.13 * 255).round() / 255;                          // 6.5 stops
        var restored = Restore(model.Pipeline, dark, scheduler);
        Assert.InRange(restored.mean().item<float>(), 2.5 * dark.mean().item<float>(), 1);
        Assert.InRange(Psnr(restored, scene), Psnr(dark, scene) + 2, 40);
    }

    [Fact]
    public void Weights_AreSmallEnoughToShip() => Assert.InRange(
        Directory.EnumerateFiles(Shipped().Folder, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length), 1, MaxBytes);

    private static Tensor Restore(IRestorationPipeline pipeline, Tensor dark, string scheduler)
    {
        var settings = new RunSettings(Seed: 7, Steps, Scheduler: scheduler);
        using var conditioning = pipeline.Prepare(dark, new Instruction(InstructionKind.Restore, "The image is dark."), settings);
        var context = new StepContext(conditioning, 0, pipeline.CountSteps(settings), settings.Seed, 0);
        var latent = pipeline.Encode(dark, context);
        for (var step = 0; step < context.StepCount; step++)
            latent = pipeline.Step(latent, [context with { Step = step }]);
        return pipeline.Finish(latent);
    }

    private static double Psnr(Tensor picture, Tensor reference) => -10 * Math.Log10((picture - reference).square().mean().item<float>());

    private static ShippedCheckpoint Shipped()
    {
        var shipped = ShippedCheckpoint.Find(VlmImiPipeline.PipelineName, AppContext.BaseDirectory);
        Assert.NotNull(shipped);
        return shipped;
    }

    private async Task<LoadedModel> LoadAsync()
    {
        var blobs = new FolderBlobStore(Options.Create(new BlobStoreOptions { Folder = Path.Combine(folder, "blobs"), FlushToDisk = false }));
        var store = new CheckpointStore(blobs, new ContentStore(blobs));
        var name = await Shipped().ImportAsync(store, TimeProvider.System, TestContext.Current.CancellationToken);
        var model = new StoredPipelines(store, new CheckpointReader(store.Contents, Path.Combine(folder, "cache"))).Load(name, CPU);
        Assert.NotNull(model);
        return model;
    }
}
