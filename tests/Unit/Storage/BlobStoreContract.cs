using Darkroom.Storage;
using Xunit;

namespace Darkroom.Tests.Unit.Storage;

/// <summary>What every blob store does; each implementation runs all of it.</summary>
public abstract partial class BlobStoreContract : IAsyncLifetime
{
    protected IBlobStore Store { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Store = await CreateAsync();

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return CleanUpAsync();
    }

    /// <summary>Makes an empty store, or skips the test.</summary>
    protected abstract Task<IBlobStore> CreateAsync();

    /// <summary>Another client of the same blobs, as another process would have it.</summary>
    protected abstract IBlobStore OpenAgain();

    protected virtual ValueTask CleanUpAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(300_000)]
    public async Task Write_ThenRead_GivesSameBytesAndProperties(int sizeBytes)
    {
        var bytes = GeneratedStream.Bytes(sizeBytes);

        var written = await Store.WriteBytesAsync("images/one", bytes, contentType: "image/png");
        var (read, properties) = (await Store.TryReadBytesAsync("images/one"))!.Value;

        Assert.Equal(bytes, read);
        Assert.Equal(written, properties);
        Assert.Equal(("images/one", sizeBytes, "image/png"), (written.Name, written.SizeBytes, written.ContentType));
        Assert.Equal(written, await Store.FindAsync("images/one"));
        Assert.InRange(written.LastModified, TimeProvider.System.GetUtcNow().AddMinutes(-5), TimeProvider.System.GetUtcNow().AddMinutes(5));
    }

    [Fact]
    public async Task Write_WithoutContentType_IsOctetStream()
    {
        await Store.WriteBytesAsync("a", [1]);

        Assert.Equal("application/octet-stream", (await Store.FindAsync("a"))!.ContentType);
    }

    [Fact]
    public async Task Write_SameBytesAgain_MakesNewETag()
    {
        var first = await Store.WriteBytesAsync("a", [1, 2]);
        var second = await Store.WriteBytesAsync("a", [1, 2]);

        Assert.NotEqual(first.ETag, second.ETag);
    }

    [Fact]
    public async Task Write_StreamNotAtItsStart_WritesFromThere()
    {
        using var stream = new MemoryStream([1, 2, 3, 4]) { Position = 2 };

        await Store.WriteAsync("a", stream);

        Assert.Equal([3, 4], (await Store.TryReadBytesAsync("a"))!.Value.Bytes);
        Assert.True(stream.CanRead);
    }

    [Fact]
    public async Task Missing_FindExistsOpenDelete_SayThatItIsMissing()
    {
        Assert.Null(await Store.FindAsync("none"));
        Assert.False(await Store.ExistsAsync("none"));
        Assert.Null(await Store.TryReadBytesAsync("none"));
        Assert.False(await Store.DeleteAsync("none"));
        Assert.False(await Store.DeleteAsync("none", ifMatch: "\"0x1\""));
        var exception = await Assert.ThrowsAsync<BlobNotFoundException>(() => Store.OpenReadAsync("none"));
        Assert.Contains("'none'", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Delete_Existing_RemovesOnlyIt()
    {
        await Store.WriteBytesAsync("a/b", [1]);
        await Store.WriteBytesAsync("a/c", [2]);

        Assert.True(await Store.DeleteAsync("a/b"));

        Assert.False(await Store.ExistsAsync("a/b"));
        Assert.True(await Store.ExistsAsync("a/c"));
    }

    [Fact]
    public async Task Delete_StaleETag_ConflictsAndKeepsBlob()
    {
        var old = await Store.WriteBytesAsync("a", [1]);
        var current = await Store.WriteBytesAsync("a", [2]);

        await Assert.ThrowsAsync<BlobConflictException>(() => Store.DeleteAsync("a", old.ETag));

        Assert.Equal(current, await Store.FindAsync("a"));
        Assert.True(await Store.DeleteAsync("a", current.ETag));
        Assert.False(await Store.ExistsAsync("a"));
    }

    [Theory]
    [InlineData(0, null, 0, 100)]
    [InlineData(40, null, 40, 60)]
    [InlineData(10, 5L, 10, 5)]
    [InlineData(90, 50L, 90, 10)]
    [InlineData(99, 1L, 99, 1)]
    [InlineData(100, null, 100, 0)]
    [InlineData(100, 10L, 100, 0)]
    [InlineData(50, 0L, 50, 0)]
    public async Task OpenRead_Range_GivesThatPartAndWholeProperties(long offset, long? length, int expectedStart, int expectedCount)
    {
        var bytes = GeneratedStream.Bytes(100);
        var written = await Store.WriteBytesAsync("a", bytes);

        await using var content = await Store.OpenReadAsync("a", new BlobRange(offset, length));
        using var read = new MemoryStream();
        await content.Stream.CopyToAsync(read);

        Assert.Equal(bytes[expectedStart..(expectedStart + expectedCount)], read.ToArray());
        Assert.Equal(written, content.Properties);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0L)]
    [InlineData(5L)]
    public async Task OpenRead_RangeBeyondEnd_Throws(long? length)
    {
        await Store.WriteBytesAsync("a", GeneratedStream.Bytes(100));

        var exception = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Store.OpenReadAsync("a", new BlobRange(101, length)));

        Assert.Contains("101", exception.Message, StringComparison.Ordinal);
        Assert.Contains("100 bytes", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenRead_BlobReplacedMeanwhile_NeverMixes()
    {
        var old = new byte[4 << 20];
        var replacement = new byte[4 << 20];
        Array.Fill(replacement, (byte)1);
        await Store.WriteBytesAsync("a", old);

        await using var content = await Store.OpenReadAsync("a");
        var first = new byte[10];
        await content.Stream.ReadExactlyAsync(first);
        await OpenAgain().WriteBytesAsync("a", replacement);
        var rest = new MemoryStream();
        try
        {
            await content.Stream.CopyToAsync(rest);
            Assert.Equal(old.Length, first.Length + rest.Length);
        }
        catch (BlobStoreException)
        {
            // A store may refuse to go on; it must not go on with other bytes.
        }

        Assert.True(rest.ToArray().All(b => b == 0));
    }

    [Theory]
    [MemberData(nameof(HostileNames))]
    public async Task HostileName_AnyOperation_IsRefused(string name)
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Store.WriteBytesAsync(name, [1]));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.OpenReadAsync(name));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.FindAsync(name));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.DeleteAsync(name));
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("ü/日本/😀")]
    [InlineData("50%25/%2F")]
    [InlineData("a+b=c&d@e:f,g;h!i'j(k)l*m~n[o]{p}|q^r\"s<t>u$v`w")]
    [InlineData("..a/.b/...c")]
    [InlineData("-rf")]
    [InlineData("content/ab/abcdef")]
    public async Task UnusualName_WriteListRead_ComesBackUnchanged(string name)
    {
        await Store.WriteBytesAsync(name, [7]);

        Assert.Equal(name, Assert.Single(await ListAsync("")).Name);
        Assert.Equal([7], (await Store.TryReadBytesAsync(name))!.Value.Bytes);
        Assert.True(await Store.DeleteAsync(name));
    }

    [Fact]
    public async Task LongestName_WriteRead_Works()
    {
        var part = new string('p', BlobName.MaxPartBytes);
        var name = $"{part}/{part}/{part}/{new string('q', BlobName.MaxNameBytes - (3 * (BlobName.MaxPartBytes + 1)))}";

        await Store.WriteBytesAsync(name, [1]);

        Assert.Equal(name, (await Store.FindAsync(name))!.Name);
    }

    public static TheoryData<string> HostileNames() =>
    [
        "", "/", "/etc/passwd", "a/", "a//b", ".", "..", "../a", "a/../b", "a/./b", "a/..", "a.", "a./b",
        "a\\b", "..\\a", "a\0b", "a\nb", "a\u007fb", "a#b", "a?b", "half \ud800 pair",
        new string('x', BlobName.MaxPartBytes + 1),
        string.Join('/', Enumerable.Repeat("xxxxxxxxx", 91)),
        new string('ü', (BlobName.MaxPartBytes / 2) + 1),
    ];

    protected async Task<List<BlobProperties>> ListAsync(string prefix)
    {
        var found = new List<BlobProperties>();
        await foreach (var blob in Store.ListAsync(prefix))
        {
            found.Add(blob);
        }

        return found;
    }
}
