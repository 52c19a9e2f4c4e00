using Darkroom.Grains.Checkpoints;
using Darkroom.Grains.Checkpoints.Pipelines;
using Darkroom.Models.Checkpoints;
using Darkroom.Models.Checkpoints.Nano;
using Darkroom.Storage;
using Darkroom.Storage.LocalFolder;
using Microsoft.Extensions.Options;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Grains.Checkpoints;

/// <summary>Parts that were published apart become one checkpoint, which a pipeline is made of.</summary>
public sealed class CheckpointCombinerTests : IDisposable
{
    private static readonly CancellationToken Now = CancellationToken.None;
    private static readonly string[] VlmParts = ["stable-diffusion-2-1", "flan-t5-large", "ipfms", "controlnet"];

    private readonly string root = Directory.CreateTempSubdirectory("darkroom-").FullName;
    private readonly CheckpointStore store;
    private readonly CheckpointImporter importer;
    private readonly CheckpointCombiner combiner;
    private readonly StoredPipelines pipelines;

    public CheckpointCombinerTests()
    {
        var blobs = new FolderBlobStore(Options.Create(new BlobStoreOptions { Folder = Path.Combine(root, "blobs"), FlushToDisk = false }));
        var contents = new ContentStore(blobs);
        store = new CheckpointStore(blobs, contents);
        importer = new CheckpointImporter(store, TimeProvider.System);
        combiner = new CheckpointCombiner(store, TimeProvider.System);
        pipelines = new StoredPipelines(store, new CheckpointReader(contents, Path.Combine(root, "cache")));
    }

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public async Task Import_FoldersOneByOneOnTheCommandLine_IsAsFromOneFolder()
    {
        var published = Make("vlm-imi");
        var whole = await ImportAsync("whole", published);
        // Scattered over the disk.
        var paths = VlmParts.Select((part, i) => Move(published, part, $"place-{i}")).ToList();
        var (manifest, _) = await importer.ImportAsync(new CheckpointImport(paths[0], "scattered") { More = paths[1..] }, cancellationToken: Now);
        Assert.Equal(Names(whole), Names(manifest));
        Assert.Equal(whole.Files.Select(file => file.Path).Order(), manifest.Files.Select(file => file.Path).Order());
        Assert.Equal(("vlm-imi", string.Join(", ", VlmParts)), (manifest.Layout, manifest.Source));
        using var loaded = pipelines.Load("scattered", CPU);
        Assert.Equal("vlm-imi", loaded!.Pipeline.Profile.Name);
    }

    [Fact]
    public async Task Combine_PartsThatWereImportedAlone_MakesTheirPipelineAndOutlivesThem()
    {
        var published = Make("vlm-imi");
        foreach (var part in VlmParts)
            await ImportAsync(part, Path.Combine(published, part));
        Assert.Equal(["t5-encoder", "unet", "vae", "controlnet"], StoredPipelines.Of(await store.GetAsync("ipfms", Now))!.Missing);
        Assert.Null(StoredPipelines.Of(await store.GetAsync("flan-t5-large", Now)));

        var whole = await combiner.CombineAsync(VlmParts, "vlm", cancellationToken: Now);
        Assert.True(StoredPipelines.Of(whole)!.IsWhole);
        Assert.Equal(Names(await ImportAsync("at-once", published)), Names(whole));
        foreach (var part in VlmParts)
            await store.RemoveAsync(part, Now);
        await store.RemoveAsync("at-once", Now);
        Assert.Empty(await store.VerifyAsync(whole, cancellationToken: Now));
        using var loaded = pipelines.Load("vlm", CPU);
        Assert.Equal("vlm", loaded!.Pipeline.Profile.Model);
    }

    [Fact]
    public async Task Combine_PluginsOntoOneBase_HasTheirTasks()
    {
        var published = Make("diff-plugin");
        await ImportAsync("sd14", Path.Combine(published, "stable-diffusion-v1-4"));
        await ImportAsync("clip", Path.Combine(published, "clip-vit-large-patch14"));
        await ImportAsync("selector", Path.Combine(published, "PromptTunner.safetensors"));
        await ImportAsync("derain", Path.Combine(published, "derain"));
        await ImportAsync("face", Path.Combine(published, "face"));
        var one = await combiner.CombineAsync(["sd14", "clip", "derain"], "one", cancellationToken: Now);
        Assert.Equal(["derain"], StoredPipelines.Of(one)!.Tasks);
        await combiner.CombineAsync(["sd14", "clip", "derain", "face", "selector"], "two", "CreativeML", Now);
        var both = Assert.Single(await pipelines.ListAsync(Now), listed => listed.Checkpoint == "two");
        Assert.Equal((true, "derain, face"), (both.IsWhole, string.Join(", ", both.Tasks.Order())));
        using var loaded = pipelines.Load("two", CPU);
        Assert.Equal("diff-plugin", loaded!.Pipeline.Profile.Name);
    }

    [Fact]
    public async Task Combine_WhatCannotBeTogether_SaysWhyAndAddsNothing()
    {
        var published = Make("vlm-imi");
        await ImportAsync("t5", Path.Combine(published, "flan-t5-large"));
        await AssertRefusedAsync("Two or more different checkpoints", ["t5"], "x");
        await AssertRefusedAsync("Two or more different checkpoints", ["t5", "t5"], "x");
        await AssertRefusedAsync("There is no checkpoint 'nobody'", ["t5", "nobody"], "x");
        await AssertRefusedAsync("cannot be the name", ["t5", "nobody"], "X/Y");
        await ImportAsync("ipfms", Path.Combine(published, "ipfms"));
        await AssertRefusedAsync("There is a checkpoint 't5' already", ["t5", "ipfms"], "t5");
        Assert.Null(await store.FindAsync("x", Now));
    }

    [Fact]
    public async Task Import_TwoPartsOfOneName_SaysWhichAndKeepsNothing()
    {
        var (first, second) = (Path.Combine(Make("vlm-imi"), "ipfms"), Path.Combine(Make("vlm-imi", 2), "ipfms"));
        var error = await Assert.ThrowsAsync<InvalidCheckpointException>(() => importer.ImportAsync(new CheckpointImport(first, "x") { More = [second] }, cancellationToken: Now));
        Assert.Contains("Two of the parts bring 'ipfms'", error.Message, StringComparison.Ordinal);
        Assert.Null(await store.FindAsync("x", Now));
        Assert.Empty(Directory.Exists(Path.Combine(root, "blobs")) ? Directory.EnumerateFiles(Path.Combine(root, "blobs"), "*", SearchOption.AllDirectories).Where(path => path.Contains("content", StringComparison.Ordinal)) : []);
    }

    private string Make(string pipeline, int seed = 1)
    {
        var folder = Path.Combine(root, $"{pipeline}-{seed}");
        NanoCheckpoint.Write(pipeline, seed, folder);
        return folder;
    }

    private string Move(string folder, string part, string place)
    {
        Directory.CreateDirectory(Path.Combine(root, place));
        Directory.Move(Path.Combine(folder, part), Path.Combine(root, place, part));
        return Path.Combine(root, place, part);
    }

    private async Task<CheckpointManifest> ImportAsync(string name, string path) => (await importer.ImportAsync(new CheckpointImport(path, name), cancellationToken: Now)).Manifest;

    private async Task AssertRefusedAsync(string cause, string[] parts, string name)
    {
        var error = await Assert.ThrowsAsync<InvalidCheckpointException>(() => combiner.CombineAsync(parts, name, cancellationToken: Now));
        Assert.Contains(cause, error.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Names(CheckpointManifest manifest) => manifest.Components.Select(component => $"{component.Name} {component.Kind}").Order(StringComparer.Ordinal);
}
