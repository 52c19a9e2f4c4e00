using Darkroom.Grains.Devices;
using Darkroom.Storage;
using Darkroom.Storage.LocalFolder;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TorchSharp;
using Xunit;

namespace Darkroom.Tests.Unit.Grains.Devices;

public sealed class TileKeeperTests : IDisposable
{
    private const string Run = "t/r";
    private const int MebibytesPerTile = 8;

    // 64 MiB wait at most.
    private const int MostThatWait = 64 / MebibytesPerTile;

    private readonly string folder = Directory.CreateTempSubdirectory("darkroom-test-").FullName;
    private readonly GatedStore store;
    private readonly RunBlobs blobs;

    public TileKeeperTests()
    {
        store = new GatedStore(new FolderBlobStore(Options.Create(new BlobStoreOptions { Folder = folder, FlushToDisk = false })));
        blobs = new RunBlobs(store, new ContentStore(store), NullLogger<RunBlobs>.Instance);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Add_FewTiles_WritesNothingUntilItIsAskedTo()
    {
        using var keeper = Keeper(kept: 3);
        await keeper.AddAsync(torch.full([1L, 2L], 3f));
        await keeper.AddAsync(torch.full([1L, 2L], 4f));
        Assert.Equal((3, 0), (keeper.Kept, store.Writes));

        await keeper.FlushAsync(mustEnd: true);
        Assert.Equal(5, keeper.Kept);
        for (var tile = 3; tile < 5; tile++)
        {
            var (latent, conditioning) = await blobs.ReadAsync(TileKeeper.NameOf(Run, tile), torch.CPU, default);
            using (latent)
            using (conditioning)
                Assert.Equal(tile, latent![0, 1].item<float>());
        }
    }

    [Fact]
    public async Task Store_ThatIsTooSlow_IsNotWaitedForAndFurtherTilesAreNotKept()
    {
        using var keeper = Keeper(kept: 0);
        store.Hold();
        // The first flush begins to write one tile; the others wait until no more of them may.
        await keeper.AddAsync(Tile());
        await keeper.FlushAsync(mustEnd: false);
        await store.Begun.WaitAsync(TestContext.Current.CancellationToken);
        for (var i = 0; i < MostThatWait + 2; i++)
            await keeper.AddAsync(Tile());
        store.End();
        await keeper.FlushAsync(mustEnd: true);
        await keeper.StopAsync();
        Assert.Equal((1, 1), (keeper.Kept, store.Writes));
    }

    [Fact]
    public async Task Store_ThatIsTooSlow_IsWaitedForWhereTheTilesAreNeeded()
    {
        using var keeper = Keeper(kept: 0, isRequired: true);
        store.Hold();
        for (var i = 0; i < MostThatWait; i++)
            await keeper.AddAsync(Tile());
        var flushing = keeper.FlushAsync(mustEnd: false);
        Assert.False(flushing.IsCompleted);
        store.End();
        await flushing;
        Assert.Equal(MostThatWait, keeper.Kept);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Store_ThatFails_FailsOnlyARunThatNeedsTheTiles(bool isRequired)
    {
        using var keeper = Keeper(kept: 0, isRequired);
        store.IsBroken = true;
        await keeper.AddAsync(Tile());
        if (isRequired)
            await Assert.ThrowsAsync<BlobStoreException>(() => keeper.FlushAsync(mustEnd: true));
        else
            await keeper.FlushAsync(mustEnd: true);
        Assert.Equal(0, keeper.Kept);
    }

    private TileKeeper Keeper(int kept, bool isRequired = false) => new(blobs, Run, kept, isRequired, new ManualTime(), NullLogger.Instance, default);

    private static torch.Tensor Tile() => torch.zeros([MebibytesPerTile, 1024, 256]);

    private sealed class GatedStore(IBlobStore inner) : IBlobStore
    {
        private TaskCompletionSource gate = Open();
        private readonly TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int writes;

        public int Writes => Volatile.Read(ref writes);

        public bool IsBroken { get; set; }

        /// <summary>Completed when the first write has begun.</summary>
        public Task Begun => begun.Task;

        public void Hold() => gate = new TaskCompletionSource();

        public void End() => gate.SetResult();

        public async Task<BlobProperties> WriteAsync(
            string name, Stream content, WriteCondition condition = default, string? contentType = null, CancellationToken cancellationToken = default)
        {
            Interlocked.Increment(ref writes);
            begun.TrySetResult();
            await gate.Task;
            return IsBroken ? throw new BlobStoreException("the test broke it") : await inner.WriteAsync(name, content, condition, contentType, cancellationToken);
        }

        public Task<BlobContent> OpenReadAsync(string name, BlobRange range = default, CancellationToken cancellationToken = default) => inner.OpenReadAsync(name, range, cancellationToken);

        public Task<BlobProperties?> FindAsync(string name, CancellationToken cancellationToken = default) => inner.FindAsync(name, cancellationToken);

        public Task<bool> DeleteAsync(string name, string? ifMatch = null, CancellationToken cancellationToken = default) => inner.DeleteAsync(name, ifMatch, cancellationToken);

        public IAsyncEnumerable<BlobProperties> ListAsync(string prefix = "", CancellationToken cancellationToken = default) => inner.ListAsync(prefix, cancellationToken);

        private static TaskCompletionSource Open()
        {
            var open = new TaskCompletionSource();
            open.SetResult();
            return open;
        }
    }
}
