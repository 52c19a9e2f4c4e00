using Darkroom.Grains.Sessions;
using Darkroom.Grains.Storage;
using Darkroom.Storage;
using Darkroom.Storage.LocalFolder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Storage;
using Xunit;

namespace Darkroom.Tests.Unit.Grains.Storage;

public sealed class BlobGrainStorageTests : IDisposable
{
    private const string StateName = "session";

    private static readonly GrainId Grain = GrainId.Create("session", "acme/photo 1");

    private readonly string folder = Path.Combine(Path.GetTempPath(), $"darkroom-test-{Guid.NewGuid():N}");
    private readonly FolderBlobStore blobs;
    private readonly BlobGrainStorage storage;

    public BlobGrainStorageTests()
    {
        var services = new ServiceCollection().AddSerializer().BuildServiceProvider();
        blobs = new FolderBlobStore(Options.Create(new BlobStoreOptions { Folder = folder, FlushToDisk = false }), TimeProvider.System);
        storage = new BlobGrainStorage(blobs, services.GetRequiredService<Serializer>(), services);
    }

    public void Dispose()
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void NameOf_AnyKey_IsABlobName()
    {
        Assert.Equal("state/session/session/acme%2Fphoto%201", BlobGrainStorage.NameOf(StateName, Grain));
        BlobName.Validate(BlobGrainStorage.NameOf(StateName, Grain));
    }

    [Fact]
    public async Task Read_NothingWritten_GivesAFreshState()
    {
        var state = await ReadAsync();
        Assert.False(state.RecordExists);
        Assert.Null(state.ETag);
        Assert.Equal(0, state.State.Layout);
    }

    [Fact]
    public async Task Write_ThenRead_GivesTheSame()
    {
        var written = await ReadAsync();
        written.State.Layout = 1;
        written.State.CurrentVersionId = "v7";
        written.State.Descriptions["hash"] = new KnownDescription("a", "b", "c");
        await storage.WriteStateAsync(StateName, Grain, written);

        var read = await ReadAsync();
        Assert.True(read.RecordExists);
        Assert.Equal(written.ETag, read.ETag);
        Assert.Equal("v7", read.State.CurrentVersionId);
        Assert.Equal(new KnownDescription("a", "b", "c"), read.State.Descriptions["hash"]);
    }

    [Fact]
    public async Task Write_TwoActivationsAtOnce_OneIsFenced()
    {
        var one = await ReadAsync();
        var other = await ReadAsync();
        await storage.WriteStateAsync(StateName, Grain, one);
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.WriteStateAsync(StateName, Grain, other));
        await storage.WriteStateAsync(StateName, Grain, one);

        other = await ReadAsync();
        await storage.WriteStateAsync(StateName, Grain, other);
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.WriteStateAsync(StateName, Grain, one));
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.ClearStateAsync(StateName, Grain, one));
    }

    [Fact]
    public async Task Clear_Written_LeavesNothing()
    {
        var state = await ReadAsync();
        state.State.CurrentVersionId = "v7";
        await storage.WriteStateAsync(StateName, Grain, state);
        await storage.ClearStateAsync(StateName, Grain, state);

        Assert.False(state.RecordExists);
        Assert.Equal(string.Empty, state.State.CurrentVersionId);
        Assert.False((await ReadAsync()).RecordExists);
    }

    private async Task<GrainState<SessionState>> ReadAsync()
    {
        var state = new GrainState<SessionState>();
        await storage.ReadStateAsync(StateName, Grain, state);
        return state;
    }
}
