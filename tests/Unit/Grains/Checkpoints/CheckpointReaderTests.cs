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

    [Fact]
    public async Task Load_VaeUnderItsOldNames_HasTheImportedWeights()
    {
        // Most published autoencoders are of before diffusers 0.17; those made from the original code hold projections as 1x1 convolutions.
        const string attention = "encoder.mid_block.attentions.0.";
        var path = Path.Combine("stable-diffusion-v1-4", "vae", "diffusion_pytorch_model.safetensors");
        var (manifest, source) = await ImportAsync("diff-plugin", folder => Rewrite(Path.Combine(folder, path), name => name
            .Replace(".to_q.", ".query.", StringComparison.Ordinal).Replace(".to_k.", ".key.", StringComparison.Ordinal)
            .Replace(".to_v.", ".value.", StringComparison.Ordinal).Replace(".to_out.0.", ".proj_attn.", StringComparison.Ordinal)));
        using var file = SafetensorsFile.Open(Path.Combine(source, path));
        Assert.Equal(4, file.Entries[attention + "proj_attn.weight"].Shape.Count);

        using var network = await Reader().LoadAsync(manifest, "stable-diffusion-v1-4/vae", cancellationToken: Now);

        using var scope = NewDisposeScope();
        var state = network.state_dict();
        foreach (var (old, today) in new[] { ("query", "to_q"), ("key", "to_k"), ("value", "to_v"), ("proj_attn", "to_out.0") })
        {
            Assert.True(state[$"{attention}{today}.weight"].equal(file.Read($"{attention}{old}.weight").flatten(1)).all().item<bool>(), old);
            Assert.True(state[$"{attention}{today}.bias"].equal(file.Read($"{attention}{old}.bias")).all().item<bool>(), old);
        }
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

    private async Task<(CheckpointManifest Manifest, string Source)> ImportAsync(string pipeline, Action<string>? change = null)
    {
        var source = Directory.CreateDirectory(Path.Combine(folder, "source")).FullName;
        NanoCheckpoint.Write(pipeline, 1, source);
        change?.Invoke(source);
        var store = new CheckpointStore(blobs, new ContentStore(blobs));
        return ((await new CheckpointImporter(store, TimeProvider.System).ImportAsync(new CheckpointImport(source, "nano"), cancellationToken: Now)).Manifest, source);
    }

    /// <summary>Gives tensors other names; matrices that get one become 1x1 convolutions.</summary>
    private static void Rewrite(string path, Func<string, string> rename)
    {
        using var scope = NewDisposeScope();
        List<KeyValuePair<string, Tensor>> tensors;
        using (var file = SafetensorsFile.Open(path))
        {
            tensors = [.. file.Entries.Keys.Select(name => KeyValuePair.Create(
                rename(name), rename(name) != name && file.Entries[name].Shape.Count == 2 ? file.Read(name).unsqueeze(-1).unsqueeze(-1) : file.Read(name)))];
        }

        SafetensorsWriter.Write(path, tensors);
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
