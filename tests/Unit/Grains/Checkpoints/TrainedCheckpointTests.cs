using Darkroom.Grains.Checkpoints;
using Darkroom.Grains.Checkpoints.Pipelines;
using Darkroom.Models.Pipelines;
using Darkroom.Storage;
using Darkroom.Storage.LocalFolder;
using Darkroom.Tests.Unit.Models.Training.Recipes;
using Microsoft.Extensions.Options;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Grains.Checkpoints;

/// <summary>What a training writes is imported and served as it is.</summary>
public sealed class TrainedCheckpointTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("darkroom-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("diff-plugin", "derain")]
    [InlineData("diff-plugin-selector", "derain")]
    [InlineData("darkdiff-vae", "")]
    [InlineData("darkdiff-unet", "")]
    [InlineData("mgie", "make it brighter")]
    public async Task Train_ThreeSteps_IsServedByThePipeline(string recipe, string words)
    {
        var output = Path.Combine(folder, "trained");
        NanoTraining.Train(NanoTraining.OptionsOf(recipe, 3), NanoTraining.WriteBase(recipe, folder), output);

        var blobs = new FolderBlobStore(Options.Create(new BlobStoreOptions { Folder = Path.Combine(folder, "blobs"), FlushToDisk = false }));
        var store = new CheckpointStore(blobs, new ContentStore(blobs));
        var cancellation = TestContext.Current.CancellationToken;
        await new CheckpointImporter(store, TimeProvider.System).ImportAsync(new CheckpointImport(output, "trained"), null, cancellation);
        using var model = new StoredPipelines(store, new CheckpointReader(new ContentStore(blobs), Path.Combine(folder, "cache"))).Load("trained", CPU)!;
        Assert.True(recipe.StartsWith(model.Pipeline.Profile.Name, StringComparison.Ordinal), model.Pipeline.Profile.Name);

        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var side = Math.Max(64, model.Pipeline.Profile.SizeMultiple);
        var settings = new RunSettings(Seed: 1, Steps: 2);
        using var conditioning = model.Pipeline.Prepare(rand(1, 3, side, side), new Instruction(words.Length == 0 ? InstructionKind.Restore : InstructionKind.Refine, words), settings);
        var count = model.Pipeline.CountSteps(settings, conditioning);
        var latents = model.Pipeline.Encode(rand(1, 3, side, side), Context(0));
        for (var step = 0; step < count; step++)
            latents = model.Pipeline.Step(latents, [Context(step)]);
        var picture = model.Pipeline.Finish(latents);
        Assert.Equal([1, 3, side, side], picture.shape);
        Assert.True(picture.isfinite().all().ToBoolean());

        StepContext Context(int step) => new(conditioning, step, count, Seed: 1, Tile: 0);
    }
}
