using System.Globalization;
using System.Text;
using Darkroom.Storage;
using Xunit;

namespace Darkroom.Tests.Unit.Storage;

/// <content>Conditions, races, writes that fail, and large streams.</content>
public abstract partial class BlobStoreContract
{
    private const int Writers = 20;
    private const long LargeBytes = 64 << 20;

    // Two pieces of 8 MiB in flight, their pools, and slack; the whole stream would be 64 MiB.
    private const long AllowedLiveBytes = 40 << 20;

    [Fact]
    public async Task Write_IfAbsentAndExists_ConflictsAndKeepsOld()
    {
        await Store.WriteBytesAsync("a", [1], WriteCondition.IfAbsent);

        var exception = await Assert.ThrowsAsync<BlobConflictException>(() => Store.WriteBytesAsync("a", [2], WriteCondition.IfAbsent));

        Assert.Contains("'a'", exception.Message, StringComparison.Ordinal);
        Assert.Equal([1], (await Store.TryReadBytesAsync("a"))!.Value.Bytes);
    }

    [Fact]
    public async Task Write_IfMatch_WritesOnlyOverThatVersion()
    {
        var first = await Store.WriteBytesAsync("a", [1]);
        var second = await Store.WriteBytesAsync("a", [2], WriteCondition.IfMatch(first.ETag));

        await Assert.ThrowsAsync<BlobConflictException>(() => Store.WriteBytesAsync("a", [3], WriteCondition.IfMatch(first.ETag)));

        Assert.Equal(second, await Store.FindAsync("a"));
    }

    [Fact]
    public async Task Write_IfMatchAndBlobGone_Conflicts()
    {
        var first = await Store.WriteBytesAsync("a", [1]);
        await Store.DeleteAsync("a");

        await Assert.ThrowsAsync<BlobConflictException>(() => Store.WriteBytesAsync("a", [2], WriteCondition.IfMatch(first.ETag)));

        Assert.False(await Store.ExistsAsync("a"));
    }

    [Fact]
    public async Task Write_ManyIfAbsent_ExactlyOneWins() => await RaceAsync(WriteCondition.IfAbsent);

    [Fact]
    public async Task Write_ManyIfMatch_ExactlyOneWins()
    {
        var start = await Store.WriteBytesAsync("race", [255]);

        await RaceAsync(WriteCondition.IfMatch(start.ETag));
    }

    [Fact]
    public async Task Write_CompareAndSwapCounter_LosesNoIncrement()
    {
        const int clients = 6;
        const int increments = 5;
        await Store.WriteBytesAsync("counter", "0"u8.ToArray());

        await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(async () =>
        {
            var store = OpenAgain();
            for (var done = 0; done < increments;)
            {
                var (bytes, properties) = (await store.TryReadBytesAsync("counter"))!.Value;
                var next = int.Parse(Encoding.ASCII.GetString(bytes), CultureInfo.InvariantCulture) + 1;
                try
                {
                    await store.WriteBytesAsync(
                        "counter", Encoding.ASCII.GetBytes(next.ToString(CultureInfo.InvariantCulture)), WriteCondition.IfMatch(properties.ETag));
                    done++;
                }
                catch (BlobConflictException)
                {
                    // Somebody else was faster: read again.
                }
            }
        })));

        var total = Encoding.ASCII.GetString((await Store.TryReadBytesAsync("counter"))!.Value.Bytes);
        Assert.Equal($"{clients * increments}", total);
    }

    [Fact]
    public async Task Write_LargeBlobsAtOnce_NeverMixTheirBytes()
    {
        const int sizeBytes = 12 << 20;   // more than one piece
        await Task.WhenAll(Enumerable.Range(1, 4).Select(writer => Task.Run(async () =>
        {
            var bytes = new byte[sizeBytes];
            Array.Fill(bytes, (byte)writer);
            try
            {
                await OpenAgain().WriteBytesAsync("large", bytes, WriteCondition.IfAbsent);
            }
            catch (BlobConflictException)
            {
                // Another one won.
            }
        })));

        var read = (await Store.TryReadBytesAsync("large"))!.Value.Bytes;
        Assert.Equal(sizeBytes, read.Length);
        Assert.InRange(read[0], 1, 4);
        Assert.True(read.All(b => b == read[0]));
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(20_000_000)]   // more than one piece is on its way to Azure
    public async Task Write_StreamThrowsMidway_LeavesNothing(long failAt)
    {
        var failure = new InvalidTimeZoneException("the source broke");
        Stream Broken() => new GeneratedStream(failAt * 2, position =>
        {
            if (position >= failAt)
            {
                throw failure;
            }
        });

        var thrown = await Assert.ThrowsAsync<InvalidTimeZoneException>(() => Store.WriteAsync("a", Broken()));
        Assert.Same(failure, thrown);
        Assert.Empty(await ListAsync(""));

        var old = await Store.WriteBytesAsync("a", [1]);
        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => Store.WriteAsync("a", Broken()));
        Assert.Equal(old, await Store.FindAsync("a"));
        Assert.Equal([1], (await Store.TryReadBytesAsync("a"))!.Value.Bytes);
    }

    [Fact]
    public async Task Write_StreamThrowsIOException_ComesThroughUnchanged()
    {
        var failure = new IOException("the client went away");

        var thrown = await Assert.ThrowsAsync<IOException>(() => Store.WriteAsync("a", new GeneratedStream(10, _ => throw failure)));

        Assert.Same(failure, thrown);
    }

    [Fact]
    public async Task Write_CancelledMidway_LeavesNothing()
    {
        using var cancellation = new CancellationTokenSource();
        var stream = new GeneratedStream(30_000_000, position =>
        {
            if (position > 10_000_000)
            {
                cancellation.Cancel();
            }
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.WriteAsync("a", stream, cancellationToken: cancellation.Token));

        Assert.Empty(await ListAsync(""));
    }

    [Fact]
    public async Task LargeStream_WriteAndRead_KeepsMemoryFlat()
    {
        const long sampleEvery = 16 << 20;
        await Store.WriteBytesAsync("warm-up", GeneratedStream.Bytes(1000));
        var baseline = GC.GetTotalMemory(forceFullCollection: true);
        var mostLive = 0L;
        var nextSample = sampleEvery;
        void Sample(long position)
        {
            if (position >= nextSample)
            {
                nextSample += sampleEvery;
                mostLive = Math.Max(mostLive, GC.GetTotalMemory(forceFullCollection: true) - baseline);
            }
        }

        await Store.WriteAsync("large", new GeneratedStream(LargeBytes, Sample));
        Assert.True(nextSample > LargeBytes);

        nextSample = sampleEvery;
        await using var content = await Store.OpenReadAsync("large");
        var buffer = new byte[81_920];
        var total = 0L;
        while (await content.Stream.ReadAsync(buffer) is var read and > 0)
        {
            for (var i = 0; i < read; i++)
            {
                if (buffer[i] != GeneratedStream.ByteAt(total + i))
                {
                    Assert.Fail($"byte {total + i} differs");
                }
            }

            total += read;
            Sample(total);
        }

        Assert.Equal(LargeBytes, total);
        Assert.InRange(mostLive, long.MinValue, AllowedLiveBytes);
    }

    private async Task RaceAsync(WriteCondition condition)
    {
        using var start = new SemaphoreSlim(0);
        var outcomes = Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            var store = OpenAgain();
            await start.WaitAsync();
            try
            {
                await store.WriteBytesAsync("race", [(byte)writer], condition);
                return writer;
            }
            catch (BlobConflictException)
            {
                return -1;
            }
        })).ToArray();
        start.Release(Writers);

        var winner = Assert.Single(await Task.WhenAll(outcomes), writer => writer >= 0);
        Assert.Equal([(byte)winner], (await Store.TryReadBytesAsync("race"))!.Value.Bytes);
    }
}
