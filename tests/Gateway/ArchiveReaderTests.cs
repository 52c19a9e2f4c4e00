using System.Buffers.Binary;
using Darkroom.Gateway;
using Darkroom.Gateway.Problems;
using Darkroom.Gateway.Uploads;

namespace Darkroom.Tests.Gateway;

/// <summary>Archives that are too large for a test that sends them.</summary>
public sealed class ArchiveReaderTests
{
    private const int HeaderLength = 46;
    private const int EndLength = 22;
    private const int LargeEndLength = 56;
    private const int LocatorLength = 20;

    [Fact]
    public async Task Read_OneFileThatGrowsWithoutEnd_IsRefusedByItsRatio()
    {
        var zip = JobTests.Zip(("a.png", new byte[40 << 20]));

        var error = await Assert.ThrowsAsync<ProblemException>(() => ReadAsync(zip));

        Assert.Equal((422, "invalid-archive"), (error.Status, error.Code));
        Assert.Contains("200 times", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_AListOfMillionsOfFiles_IsNotReadToItsEnd()
    {
        // Twenty-eight megabytes that become hundreds in memory, before their number is known.
        const int Count = 600_000;
        const int List = Count * HeaderLength;
        var zip = new byte[List + LargeEndLength + LocatorLength + EndLength];
        for (var i = 0; i < Count; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(zip.AsSpan(i * HeaderLength), 0x02014B50);
        var large = zip.AsSpan(List);
        BinaryPrimitives.WriteUInt32LittleEndian(large, 0x06064B50);
        BinaryPrimitives.WriteInt64LittleEndian(large[4..], LargeEndLength - 12);
        BinaryPrimitives.WriteInt64LittleEndian(large[24..], Count);
        BinaryPrimitives.WriteInt64LittleEndian(large[32..], Count);
        BinaryPrimitives.WriteInt64LittleEndian(large[40..], List);
        var locator = large[LargeEndLength..];
        BinaryPrimitives.WriteUInt32LittleEndian(locator, 0x07064B50);
        BinaryPrimitives.WriteInt64LittleEndian(locator[8..], List);
        BinaryPrimitives.WriteInt32LittleEndian(locator[16..], 1);
        var end = locator[LocatorLength..];
        BinaryPrimitives.WriteUInt32LittleEndian(end, 0x06054B50);
        // The large record has the numbers.
        end[8..20].Fill(0xFF);

        var error = await Assert.ThrowsAsync<ProblemException>(() => ReadAsync(zip));

        Assert.Contains("list of files", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_MoreFilesThanAllowed_IsRefused()
    {
        var zip = JobTests.Zip([.. Enumerable.Range(0, 100_001).Select(i => ($"{i}", Array.Empty<byte>()))]);

        var error = await Assert.ThrowsAsync<ProblemException>(() => ReadAsync(zip));

        Assert.Contains("100001 entries", error.Message, StringComparison.Ordinal);
    }

    private static async Task ReadAsync(byte[] zip)
    {
        using var stream = new MemoryStream(zip);
        await foreach (var (_, content) in ArchiveReader.ReadAsync(stream, new GatewayOptions(), CancellationToken.None))
            await content.CopyToAsync(Stream.Null);
    }
}
