using System.Text.Json;
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

public sealed class CheckpointImporterTests : IDisposable
{
    private static readonly CancellationToken Now = CancellationToken.None;

    private readonly string folder = Directory.CreateTempSubdirectory("darkroom-").FullName;
    private readonly FolderBlobStore blobs;
    private readonly CheckpointStore store;
    private readonly CheckpointImporter importer;

    public CheckpointImporterTests()
    {
        blobs = new FolderBlobStore(Options.Create(new BlobStoreOptions { Folder = Path.Combine(folder, "blobs"), FlushToDisk = false }));
        store = new CheckpointStore(blobs, new ContentStore(blobs));
        importer = new CheckpointImporter(store, TimeProvider.System);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Import_Safetensors_KeepsTheBytesAsTheyAre()
    {
        var source = MakeNano();
        var (manifest, _) = await importer.ImportAsync(new CheckpointImport(source, "nano", License: "MIT"), cancellationToken: Now);

        Assert.Equal(("nano", "restormer", "MIT"), (manifest.Name, manifest.Layout, manifest.License));
        var component = Assert.Single(manifest.Components);
        var blob = Assert.Single(component.Weights);
        Assert.Equal(new FileInfo(Path.Combine(source, "restormer.safetensors")).Length, blob.SizeBytes);
        Assert.Equal(["F32"], component.Types);
        Assert.Empty(await store.VerifyAsync(manifest, cancellationToken: Now));
        Assert.Equivalent(JsonSerializer.Serialize(manifest.Components[0].Config), JsonSerializer.Serialize((await store.GetAsync("nano", Now)).Components[0].Config));
    }

    [Theory]
    [InlineData(ScalarType.Float16, "F16", 2)]
    [InlineData(ScalarType.BFloat16, "BF16", 2)]
    [InlineData(ScalarType.Float32, "F32", 4)]
    public async Task Import_OtherElementType_ConvertsTheWeights(ScalarType type, string name, int size)
    {
        var (manifest, _) = await importer.ImportAsync(new CheckpointImport(MakeNano(), "nano", FloatType: type), cancellationToken: Now);
        var component = Assert.Single(manifest.Components);
        Assert.Equal([name], component.Types);
        Assert.InRange(component.Weights[0].SizeBytes, component.ParameterCount * size, component.ParameterCount * size + 20_000);
    }

    [Fact]
    public async Task Import_TensorsThatDoNotFit_NamesAllAndKeepsNothing()
    {
        var source = MakeNano();
        Rewrite(Path.Combine(source, "restormer.safetensors"), tensors =>
        {
            tensors.Remove("output.weight");
            tensors["stranger"] = zeros(3);
            tensors["refinement.0.norm1.body.weight"] = zeros(5);
            tensors["refinement.0.norm2.body.weight"] = zeros(16, dtype: ScalarType.Int64);
        });

        var error = await Assert.ThrowsAsync<InvalidCheckpointException>(() => importer.ImportAsync(new CheckpointImport(source, "nano"), cancellationToken: Now));

        Assert.Contains("1 missing (output.weight)", error.Message, StringComparison.Ordinal);
        Assert.Contains("1 extra (stranger)", error.Message, StringComparison.Ordinal);
        Assert.Contains("refinement.0.norm1.body.weight is [5] and should be [16]", error.Message, StringComparison.Ordinal);
        Assert.Contains("refinement.0.norm2.body.weight is I64", error.Message, StringComparison.Ordinal);
        Assert.Equal(4, error.Details.Count);
        await AssertNothingKeptAsync();
    }

    [Fact]
    public async Task Import_OtherLayoutThanAsked_SaysWhichItIs()
    {
        var error = await Assert.ThrowsAsync<InvalidCheckpointException>(() => importer.ImportAsync(new CheckpointImport(MakeNano(), "nano", "clip"), cancellationToken: Now));
        Assert.Contains("has the layout 'restormer'", error.Message, StringComparison.Ordinal);
        await AssertNothingKeptAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData("../escape")]
    [InlineData("Upper")]
    [InlineData("a/b")]
    [InlineData("end.")]
    public async Task Import_NameThatIsNotAllowed_IsRefused(string name)
    {
        var error = await Assert.ThrowsAsync<InvalidCheckpointException>(() => importer.ImportAsync(new CheckpointImport(MakeNano(), name), cancellationToken: Now));
        Assert.Contains("cannot be the name", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_NameThatIsTaken_LeavesTheFirst()
    {
        var first = (await importer.ImportAsync(new CheckpointImport(MakeNano(1), "nano"), cancellationToken: Now)).Manifest;
        await Assert.ThrowsAsync<InvalidCheckpointException>(() => importer.ImportAsync(new CheckpointImport(MakeNano(2), "nano"), cancellationToken: Now));
        Assert.Empty(await store.VerifyAsync(first, cancellationToken: Now));
        Assert.Equal(2, (await ListAsync()).Count);
    }

    [Fact]
    public async Task Import_Stopped_KeepsNothing()
    {
        using var stop = new CancellationTokenSource();
        var progress = new Reporter(update =>
        {
            if (update.Fraction > 0.6)
                stop.Cancel();
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => importer.ImportAsync(new CheckpointImport(MakeNano(), "nano"), progress, stop.Token));
        await AssertNothingKeptAsync();
    }

    [Fact]
    public async Task Import_SeveralFilesWithAnIndex_IsOneNetwork()
    {
        var source = MakeNano();
        var whole = Path.Combine(source, "restormer.safetensors");
        Split(whole, source);
        var (manifest, _) = await importer.ImportAsync(new CheckpointImport(source, "nano"), cancellationToken: Now);
        Assert.Equal(2, Assert.Single(manifest.Components).Weights.Count);

        File.Delete(Path.Combine(source, "model-00002-of-00002.safetensors"));
        var error = await Assert.ThrowsAsync<InvalidCheckpointException>(() => importer.ImportAsync(new CheckpointImport(source, "other"), cancellationToken: Now));
        Assert.Contains("model-00002-of-00002.safetensors, which are not there", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_IndexThatPointsElsewhere_IsRefused()
    {
        var source = MakeNano();
        File.Delete(Path.Combine(source, "restormer.safetensors"));
        File.WriteAllText(Path.Combine(source, "model.safetensors.index.json"), """{"weight_map":{"a":"../secret.safetensors"}}""");
        var error = await Assert.ThrowsAsync<InvalidCheckpointException>(() => importer.ImportAsync(new CheckpointImport(source, "nano"), cancellationToken: Now));
        Assert.Contains("in the same folder", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_DamagedOrAbsentBlob_NamesTheFile()
    {
        var (manifest, _) = await importer.ImportAsync(new CheckpointImport(MakeNano(), "nano"), cancellationToken: Now);
        var blob = manifest.Components[0].Weights[0];
        var name = ContentStore.NameOf(blob.Sha256);
        var (bytes, _) = (await blobs.TryReadBytesAsync(name, cancellationToken: Now))!.Value;

        bytes[^1] ^= 1;
        await blobs.WriteBytesAsync(name, bytes, cancellationToken: Now);
        Assert.Contains("is damaged", Assert.Single(await store.VerifyAsync(manifest, cancellationToken: Now)), StringComparison.Ordinal);

        await blobs.WriteBytesAsync(name, bytes[..^1], cancellationToken: Now);
        Assert.Contains("the manifest says", Assert.Single(await store.VerifyAsync(manifest, cancellationToken: Now)), StringComparison.Ordinal);

        await blobs.DeleteAsync(name, cancellationToken: Now);
        Assert.Contains("absent", Assert.Single(await store.VerifyAsync(manifest, cancellationToken: Now)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Remove_BytesOfAnotherCheckpoint_Stay()
    {
        var source = MakeNano();
        await importer.ImportAsync(new CheckpointImport(source, "one"), cancellationToken: Now);
        var two = (await importer.ImportAsync(new CheckpointImport(source, "two"), cancellationToken: Now)).Manifest;

        Assert.Equal(0, await store.RemoveAsync("one", Now));
        Assert.Empty(await store.VerifyAsync(two, cancellationToken: Now));
        Assert.Equal(two.SizeBytes, await store.RemoveAsync("two", Now));
        await AssertNothingKeptAsync();
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("not json")]
    [InlineData("""{"version":99,"name":"odd","components":[],"files":[]}""")]
    [InlineData("""{"version":1,"name":"odd","layout":"clip","components":[],"files":[{"path":"a","sha256":"../../x","sizeBytes":1}]}""")]
    public async Task Find_DamagedManifest_IsRefusedAndCanBeRemoved(string json)
    {
        await blobs.WriteBytesAsync("checkpoints/odd", System.Text.Encoding.UTF8.GetBytes(json), cancellationToken: Now);
        await Assert.ThrowsAsync<InvalidCheckpointException>(() => store.FindAsync("odd", Now));
        await store.RemoveAsync("odd", Now);
        await AssertNothingKeptAsync();
    }

    [Theory]
    [InlineData("---\nlicense: openrail++\ntags: [x]\n---\n# Model", "openrail++")]
    [InlineData("# Model\nlicense: none", "unknown")]
    [InlineData("---\ntags: [x]\n---\nlicense: later", "unknown")]
    public async Task Import_NoLicenseGiven_TakesThatOfTheModelCard(string card, string expected)
    {
        var source = MakeNano();
        File.WriteAllText(Path.Combine(source, "README.md"), card);
        Assert.Equal(expected, (await importer.ImportAsync(new CheckpointImport(source, "nano"), cancellationToken: Now)).Manifest.License);
    }

    [Fact]
    public async Task List_OneManifestIsDamaged_NamesAllAndFreesNothing()
    {
        var sound = (await importer.ImportAsync(new CheckpointImport(MakeNano(), "sound"), cancellationToken: Now)).Manifest;
        await blobs.WriteBytesAsync("checkpoints/odd", [1, 2, 3], cancellationToken: Now);
        var names = new List<(string Name, bool IsSound)>();
        await foreach (var listed in store.ListAsync(Now))
            names.Add((listed.Name, listed.Manifest is not null));
        Assert.Equal([("odd", false), ("sound", true)], names);

        Assert.Equal(0, await store.RemoveAsync("sound", Now));
        Assert.Empty(await store.VerifyAsync(sound, cancellationToken: Now));
    }

    private string MakeNano(int seed = 1)
    {
        var path = Directory.CreateDirectory(Path.Combine(folder, Guid.NewGuid().ToString("N"))).FullName;
        NanoCheckpoint.Write("restormer", seed, path);
        return path;
    }

    private static void Rewrite(string path, Action<Dictionary<string, Tensor>> change)
    {
        using var scope = NewDisposeScope();
        Dictionary<string, Tensor> tensors;
        using (var file = SafetensorsFile.Open(path))
            tensors = file.Entries.Keys.ToDictionary(name => name, name => file.Read(name));
        change(tensors);
        SafetensorsWriter.Write(path, tensors);
    }

    /// <summary>Splits a file in two with an index, as large checkpoints are published.</summary>
    private static void Split(string path, string target)
    {
        using (var scope = NewDisposeScope())
        using (var file = SafetensorsFile.Open(path))
        {
            var names = file.Entries.Keys.Order(StringComparer.Ordinal).ToList();
            var map = new Dictionary<string, string>();
            foreach (var (part, shard) in names.Chunk(names.Count / 2 + 1).Select((part, index) => (part, $"model-0000{index + 1}-of-00002.safetensors")))
            {
                SafetensorsWriter.Write(Path.Combine(target, shard), part.Select(name => KeyValuePair.Create(name, file.Read(name))));
                foreach (var name in part)
                    map[name] = shard;
            }

            File.WriteAllText(Path.Combine(target, "model.safetensors.index.json"), JsonSerializer.Serialize(new { weight_map = map }));
        }

        File.Delete(path);
    }

    private async Task AssertNothingKeptAsync() => Assert.Empty(await ListAsync());

    private async Task<List<string>> ListAsync()
    {
        var names = new List<string>();
        await foreach (var blob in blobs.ListAsync(cancellationToken: Now))
            names.Add(blob.Name);
        return names;
    }

    private sealed class Reporter(Action<ImportProgress> report) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value) => report(value);
    }
}
