using Darkroom.Grains.Checkpoints;
using Darkroom.Grains.Checkpoints.Pipelines;
using Darkroom.Models.Checkpoints;
using Darkroom.Models.Checkpoints.Nano;
using Darkroom.Storage;
using Darkroom.Storage.LocalFolder;
using Microsoft.Extensions.Options;
using Xunit;

namespace Darkroom.Tests.Unit.Grains.Checkpoints;

/// <summary>What ships in <c>weights</c> comes into the store when it is asked for.</summary>
public sealed class ShippedCheckpointTests : IDisposable
{
    private const string Pipeline = "vlm-imi";

    private readonly string root = Directory.CreateTempSubdirectory("darkroom-").FullName;
    private readonly CheckpointStore store;

    public ShippedCheckpointTests()
    {
        var blobs = new FolderBlobStore(Options.Create(new BlobStoreOptions { Folder = Path.Combine(root, "blobs"), FlushToDisk = false }));
        store = new CheckpointStore(blobs, new ContentStore(blobs));
        NanoCheckpoint.Write(Pipeline, 1, Weights);
    }

    private string Weights => Path.Combine(root, "weights", "vlm-imi-nano");

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public async Task Import_Twice_IsOneCheckpointThatServesThePipeline()
    {
        var shipped = ShippedCheckpoint.Find(Pipeline, Path.Combine(root, "bin", "release"))!;
        var names = new[] { await ImportAsync(shipped), await ImportAsync(shipped) };
        Assert.Equal(names[0], names[1]);
        Assert.True(ShippedCheckpoint.IsName(names[0], Pipeline));
        Assert.Equal(Pipeline, StoredPipelines.PipelineOf(await store.GetAsync(names[0], TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task Import_OfOtherWeights_IsAnotherCheckpoint()
    {
        var shipped = ShippedCheckpoint.Find(Pipeline, root)!;
        var before = await ImportAsync(shipped);
        Directory.Delete(Weights, recursive: true);
        NanoCheckpoint.Write(Pipeline, 2, Weights);
        Assert.NotEqual(before, await ImportAsync(shipped));
    }

    [Fact]
    public async Task Import_OfADamagedFolder_SaysSo()
    {
        Directory.Delete(Path.Combine(Weights, "ipfms"), recursive: true);
        File.WriteAllBytes(Path.Combine(Weights, "controlnet", "diffusion_pytorch_model.safetensors"), [1, 2, 3]);
        await Assert.ThrowsAsync<InvalidCheckpointException>(() => ImportAsync(ShippedCheckpoint.Find(Pipeline, root)!));
    }

    [Fact]
    public void Find_WhereNothingShips_IsNull() => Assert.Null(ShippedCheckpoint.Find("mgie", root));

    [Theory]
    [InlineData("vlm-imi-nano", false)]
    [InlineData("vlm-imi-nano-mine1234", false)]
    [InlineData("mgie-nano-0123abcd", false)]
    [InlineData("vlm-imi-nano-0123abcd", true)]
    public void IsName_IsTrueOfWhatShipsAlone(string name, bool ships) => Assert.Equal(ships, ShippedCheckpoint.IsName(name, Pipeline));

    private Task<string> ImportAsync(ShippedCheckpoint shipped) => shipped.ImportAsync(store, TimeProvider.System, TestContext.Current.CancellationToken);
}
