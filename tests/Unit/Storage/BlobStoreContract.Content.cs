using System.Security.Cryptography;
using Darkroom.Storage;
using Xunit;

namespace Darkroom.Tests.Unit.Storage;

/// <content>Content addressing on top of the store.</content>
public abstract partial class BlobStoreContract
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Put_ThenOpen_IsNamedByItsHash(bool seekable)
    {
        var bytes = GeneratedStream.Bytes(200_000);
        var contents = new ContentStore(Store);

        var put = await contents.PutAsync(seekable ? new MemoryStream(bytes) : new GeneratedStream(bytes.Length), "image/jpeg");

        Assert.Equal(new ContentRef(Convert.ToHexStringLower(SHA256.HashData(bytes)), bytes.Length, "image/jpeg"), put);
        await using var content = await contents.OpenAsync(put.Hash, verify: true);
        using var read = new MemoryStream();
        await content.Stream.CopyToAsync(read);
        Assert.Equal(bytes, read.ToArray());
        Assert.Equal(put, await contents.FindAsync(put.Hash));
    }

    [Fact]
    public async Task Put_SameBytesLater_KeepsOneBlobAndFirstType()
    {
        var first = await new ContentStore(Store).PutAsync([1, 2, 3], "image/png");
        var eTag = (await Store.FindAsync(ContentStore.NameOf(first.Hash)))!.ETag;

        var second = await new ContentStore(Store, new InAnHour()).PutAsync([1, 2, 3], "image/webp");

        Assert.Equal(first, second);
        Assert.Equal(eTag, Assert.Single(await ListAsync("content/")).ETag);
    }

    [Fact]
    public async Task TakeBack_BytesOfNobodyElse_AreGone()
    {
        var contents = new ContentStore(Store);
        using var bytes = new MemoryStream([7, 1]);
        var (kept, receipt) = await contents.AddAsync(bytes);

        Assert.True(await contents.TakeBackAsync(receipt!));

        Assert.Null(await contents.FindAsync(kept.Hash));
        Assert.False(await contents.TakeBackAsync(receipt!));
    }

    [Fact]
    public async Task TakeBack_BytesThatSomebodyElseKeptMeanwhile_Stay()
    {
        var contents = new ContentStore(Store);
        using var bytes = new MemoryStream([7, 2]);
        var (kept, receipt) = await contents.AddAsync(bytes, "image/png");
        using var again = new MemoryStream([7, 2]);
        var (same, nothing) = await contents.AddAsync(again, "image/webp");

        Assert.False(await contents.TakeBackAsync(receipt!));

        Assert.Null(nothing);
        Assert.Equal(kept, same);
        Assert.Equal(kept, await contents.FindAsync(kept.Hash));
    }

    [Fact]
    public async Task TakeBack_AfterAWhile_IsTooLate()
    {
        using var bytes = new MemoryStream([7, 3]);
        var time = new InAnHour();
        var contents = new ContentStore(Store, time);
        var (kept, receipt) = await contents.AddAsync(bytes);

        Assert.False(await contents.TakeBackAsync(receipt! with { WrittenAt = receipt!.WrittenAt - (6 * 60 * time.TimestampFrequency) }));

        Assert.NotNull(await contents.FindAsync(kept.Hash));
    }

    [Fact]
    public async Task TakeBack_WhileOthersKeepTheSame_NeverLosesTheirs()
    {
        var contents = new ContentStore(Store);
        for (var round = 0; round < 5; round++)
        {
            byte[] bytes = [8, (byte)round];
            using var mine = new MemoryStream(bytes);
            var (kept, receipt) = await contents.AddAsync(mine);

            await Task.WhenAll(Task.Run(() => contents.TakeBackAsync(receipt!)), Task.Run(() => contents.PutAsync(bytes)));

            Assert.NotNull(await contents.FindAsync(kept.Hash));
        }
    }

    [Fact]
    public async Task Delete_InAFolder_LeavesTheSameBytesElsewhere()
    {
        var contents = new ContentStore(Store);
        var folder = contents.In("runs/t/r/");
        var kept = await contents.PutAsync([4, 5, 6], "image/png");
        var own = await folder.PutAsync([4, 5, 6], "image/png");
        Assert.Equal(kept, own);
        Assert.Single(await ListAsync("runs/t/r/"));

        await folder.DeleteAsync(own.Hash);
        await folder.DeleteAsync(own.Hash);
        Assert.Null(await folder.FindAsync(own.Hash));
        Assert.Equal(kept, await contents.FindAsync(kept.Hash));
        await Assert.ThrowsAsync<InvalidOperationException>(() => contents.DeleteAsync(kept.Hash));
    }

    [Fact]
    public async Task Put_SameBytesAtOnce_AllSucceedWithOneBlob()
    {
        var refs = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => new ContentStore(OpenAgain()).PutAsync([9, 9]))));

        Assert.Single(refs.Distinct());
        Assert.Single(await ListAsync("content/"));
    }

    [Fact]
    public async Task Open_DamagedContentVerified_Throws()
    {
        var contents = new ContentStore(Store);
        var put = await contents.PutAsync([1, 2, 3]);
        await Store.WriteBytesAsync(ContentStore.NameOf(put.Hash), [1, 2, 4]);

        await using var content = await contents.OpenAsync(put.Hash, verify: true);
        var exception = await Assert.ThrowsAsync<BlobStoreException>(() => content.Stream.CopyToAsync(Stream.Null));

        Assert.Contains(put.Hash, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("../../etc/passwd")]
    [InlineData("E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855")]
    public async Task Open_NotAHash_IsRefused(string hash) =>
        await Assert.ThrowsAsync<ArgumentException>(() => new ContentStore(Store).OpenAsync(hash));

    [Fact]
    public async Task Open_UnknownHash_IsNotFound()
    {
        var contents = new ContentStore(Store);
        var hash = new string('0', ContentRef.HashLength);

        await Assert.ThrowsAsync<BlobNotFoundException>(() => contents.OpenAsync(hash));
        Assert.Null(await contents.FindAsync(hash));
    }

    private sealed class InAnHour : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddHours(1);
    }
}
