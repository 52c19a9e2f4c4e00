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

    [Fact]
    public async Task Read_OneFileThatGrowsWithoutEnd_IsRefusedByItsRatio()
    {
        var zip = JobTests.Zip(("a.png", new byte[40 << 20]));

        var error = await Assert.ThrowsAsync<ProblemException>(() => ReadAsync(zip));

        Assert.Equal((422, "invalid-archive"), (error.Status, error.Code));
        Assert.Contains("200 times", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(ushort.MaxValue)]
    public async Task Read_AListOfMillionsOfFiles_IsNotReadToItsEnd(ushort announced)
    {
        // Twenty-eight megabytes that become half a gigabyte of objects, whatever number of them is announced.
        const int Count = 600_000;
        var zip = new byte[(Count * HeaderLength) + EndLength];
        for (var i = 0; i < Count; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(zip.AsSpan(i * HeaderLength), 0x02014B50);
        var end = zip.AsSpan(Count * HeaderLength);
        BinaryPrimitives.WriteUInt32LittleEndian(end, 0x06054B50);
        BinaryPrimitives.WriteUInt16LittleEndian(end[8..], announced);
        BinaryPrimitives.WriteUInt16LittleEndian(end[10..], announced);
        BinaryPrimitives.WriteInt32LittleEndian(end[12..], Count * HeaderLength);

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
