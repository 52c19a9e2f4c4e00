using Darkroom.Grains.Checkpoints;
using Darkroom.Models.Checkpoints;
using Darkroom.Models.Checkpoints.Nano;
using Darkroom.Storage;
using Darkroom.Storage.LocalFolder;
using Microsoft.Extensions.Options;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Grains.Checkpoints;

/// <summary>Networks come out of the store as they went in, or not at all; from a folder and from a store that is elsewhere.</summary>
public sealed class CheckpointReaderTests : IDisposable
{
    private static readonly CancellationToken Now = CancellationToken.None;

    private readonly string folder = Directory.CreateTempSubdirectory("darkroom-").FullName;
    private readonly FolderBlobStore blobs;

    public CheckpointReaderTests() =>
        blobs = new FolderBlobStore(Options.Create(new BlobStoreOptions { Folder = Path.Combine(folder, "blobs"), FlushToDisk = false }));

    private string Cache => Path.Combine(folder, "cache");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Load_StoredNetwork_HasTheImportedWeights(bool isElsewhere)
    {
        var (manifest, source) = await ImportAsync("restormer");
        var reader = Reader(isElsewhere);
        for (var round = 0; round < 2; round++)
        {
            using var network = await reader.LoadAsync(manifest, "restormer", cancellationToken: Now);
            using var file = SafetensorsFile.Open(Path.Combine(source, "restormer.safetensors"));
            foreach (var (name, tensor) in network.state_dict())
            {
                using var scope = NewDisposeScope();
                Assert.True(tensor.equal(file.Read(name)).all().item<bool>(), name);
            }
        }
    }

    [Fact]
    public async Task Load_OtherElementType_ConvertsWhileReading()
    {
        var (manifest, _) = await ImportAsync("vlm-imi");
        using var network = await Reader().LoadAsync(manifest, "ipfms", type: ScalarType.BFloat16, cancellationToken: Now);
        Assert.All(network.state_dict().Values, tensor => Assert.Equal(ScalarType.BFloat16, tensor.dtype));
    }

    [Theory]
    [InlineData("mgie_7b/mllm/edit-head")]
    [InlineData("mgie_7b/mllm/edit-embeddings")]
    public async Task Load_TwoNetworksOfOneFile_EachGetsItsOwn(string component)
    {
        var (manifest, _) = await ImportAsync("mgie");
        using var network = await Reader().LoadAsync(manifest, component, cancellationToken: Now);
        Assert.NotEmpty(network.state_dict());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Load_DamagedOrAbsentBlob_SaysWhichAndLeavesNothing(bool isElsewhere)
    {
        var (manifest, _) = await ImportAsync("restormer");
        var name = ContentStore.NameOf(manifest.Components[0].Weights[0].Sha256);
        var (bytes, _) = (await blobs.TryReadBytesAsync(name, cancellationToken: Now))!.Value;
        bytes[^1] ^= 1;
        await blobs.WriteBytesAsync(name, bytes, cancellationToken: Now);
        await AssertRefusedAsync("is damaged", isElsewhere, manifest);

        await blobs.DeleteAsync(name, cancellationToken: Now);
        await AssertRefusedAsync("absent", isElsewhere, manifest);
    }

    [Fact]
    public async Task Load_ConfigurationOfAnotherNetwork_IsRefused()
    {
        var (manifest, _) = await ImportAsync("vlm-imi");
        var unet = manifest.Components.Single(component => component.Kind == "unet");
        var wrong = manifest with { Components = [unet with { Kind = "controlnet" }] };
        var error = await Assert.ThrowsAsync<InvalidCheckpointException>(() => Reader().LoadAsync(wrong, unet.Name, cancellationToken: Now));
        Assert.Contains("extra", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadFile_OfATokenizer_GivesItsBytes()
    {
        var (manifest, source) = await ImportAsync("vlm-imi");
        var bytes = await Reader().ReadFileAsync(manifest, "flan-t5-large/tokenizer.json", Now);
        Assert.Equal(File.ReadAllBytes(Path.Combine(source, "flan-t5-large", "tokenizer.json")), bytes);
    }

    private async Task AssertRefusedAsync(string cause, bool isElsewhere, CheckpointManifest manifest)
    {
        var error = await Assert.ThrowsAsync<InvalidCheckpointException>(() => Reader(isElsewhere).LoadAsync(manifest, "restormer", cancellationToken: Now));
        Assert.Contains(cause, error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.Exists(Cache) ? Directory.GetFiles(Cache) : []);
    }

    private CheckpointReader Reader(bool isElsewhere = false) => new(new ContentStore(isElsewhere ? new Elsewhere(blobs) : blobs), Cache);

    private async Task<(CheckpointManifest Manifest, string Source)> ImportAsync(string pipeline)
    {
        var source = Directory.CreateDirectory(Path.Combine(folder, "source")).FullName;
        NanoCheckpoint.Write(pipeline, 1, source);
        var store = new CheckpointStore(blobs, new ContentStore(blobs));
        return ((await new CheckpointImporter(store, TimeProvider.System).ImportAsync(new CheckpointImport(source, "nano"), cancellationToken: Now)).Manifest, source);
    }

    /// <summary>A store whose blobs are no files of this machine.</summary>
    private sealed class Elsewhere(IBlobStore inner) : IBlobStore
    {
        public Task<BlobProperties> WriteAsync(string name, Stream content, WriteCondition condition, string? contentType, CancellationToken cancellationToken) =>
            inner.WriteAsync(name, content, condition, contentType, cancellationToken);

        public Task<BlobContent> OpenReadAsync(string name, BlobRange range, CancellationToken cancellationToken) => inner.OpenReadAsync(name, range, cancellationToken);

        public Task<BlobProperties?> FindAsync(string name, CancellationToken cancellationToken) => inner.FindAsync(name, cancellationToken);

        public Task<bool> DeleteAsync(string name, string? ifMatch, CancellationToken cancellationToken) => inner.DeleteAsync(name, ifMatch, cancellationToken);

        public IAsyncEnumerable<BlobProperties> ListAsync(string prefix, CancellationToken cancellationToken) => inner.ListAsync(prefix, cancellationToken);
    }
}
