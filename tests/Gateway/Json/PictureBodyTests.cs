using System.Text;
using System.Text.Json;
using Darkroom.Gateway.Json;
using Darkroom.Gateway.Problems;

namespace Darkroom.Tests.Gateway.Json;

public sealed class PictureBodyTests
{
    private const int Limit = 1 << 20;
    private const int SlowSender = 1;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(16_383)]
    [InlineData(16_384)]
    [InlineData(100_001)]
    public async Task Read_Picture_ComesOutAsItWas_HoweverTheBodyArrives(int length)
    {
        var picture = new byte[length];
        new Random(length).NextBytes(picture);
        // The serializer escapes plus signs, others escape slashes.
        var escaped = JsonSerializer.Serialize(Convert.ToBase64String(picture)).Replace("/", "\\/", StringComparison.Ordinal);
        var body = Encoding.UTF8.GetBytes($$"""{ "text" : "<restore>" , "image" : {{escaped}} , "settings" : {"image": "x", "seed": 3} }""");

        foreach (var chunk in (int[])[SlowSender, 7, 4096, int.MaxValue])
        {
            var (rest, pictures) = await ReadAsync(new Chunked(body, chunk));

            Assert.Equal(picture, Assert.Single(pictures).Value);
            using var read = JsonDocument.Parse(rest);
            Assert.Equal(JsonValueKind.Null, read.RootElement.GetProperty("image").ValueKind);
            Assert.Equal(("<restore>", "x"), (read.RootElement.GetProperty("text").GetString(), read.RootElement.GetProperty("settings").GetProperty("image").GetString()));
        }
    }

    [Theory]
    [InlineData("""{"image": "AA"}""")]
    [InlineData("""{"image": "AAA=AAAA"}""")]
    [InlineData("""{"image": "AA AA"}""")]
    [InlineData("""{"image": "A\u0041\u00e9A"}""")]
    [InlineData("""{"image": "\nAAA"}""")]
    [InlineData("""{"image": "AAAA""")]
    [InlineData("""{"image": "AAAA"]""")]
    [InlineData("""{"image": "AAAA"} {}""")]
    [InlineData("""{"image": """)]
    [InlineData("""{"image" "AAAA"}""")]
    [InlineData("")]
    public async Task Read_Damaged_IsRefused(string text)
    {
        foreach (var chunk in (int[])[SlowSender, int.MaxValue])
            await Assert.ThrowsAnyAsync<JsonException>(() => ReadAsync(new Chunked(Encoding.UTF8.GetBytes(text), chunk)));
    }

    [Theory]
    [InlineData("""{"image": 5}""")]
    [InlineData("""{"image": ["AAAA"]}""")]
    [InlineData("""[{"image": "AAAA"}]""")]
    [InlineData("""{"other": {"image": "AAAA"}}""")]
    public async Task Read_SomethingElse_IsLeftAsItIs(string text)
    {
        var (rest, pictures) = await ReadAsync(new Chunked(Encoding.UTF8.GetBytes(text), SlowSender));

        Assert.Empty(pictures);
        Assert.Equal(text.Replace(" ", string.Empty, StringComparison.Ordinal), rest.Replace(" ", string.Empty, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"image": "AAAA", "image": "AAAA"}""")]
    [InlineData("""{"image": "AAAA", "Im\u0061ge": "AAAA"}""")]
    public async Task Read_APictureTwice_IsRefused(string text) =>
        Assert.Equal(400, (await Assert.ThrowsAsync<ProblemException>(() => ReadAsync(new Chunked(Encoding.UTF8.GetBytes(text), int.MaxValue)))).Status);

    [Theory]
    [InlineData(1)]
    [InlineData(100_000)]
    public async Task Read_TooMuchBesideThePictures_IsRefused(int words)
    {
        var text = "{" + string.Join(',', Enumerable.Range(0, words).Select(i => $"\"{i}\": \"{new string('x', 2 * Limit / words)}\"")) + "}";

        Assert.Equal(413, (await Assert.ThrowsAsync<ProblemException>(() => ReadAsync(new Chunked(Encoding.UTF8.GetBytes(text), int.MaxValue)))).Status);
    }

    [Fact]
    public async Task Read_LargePicture_TakesLittleMemory()
    {
        // Decoded whole it would take a hundred megabytes, and its text another hundred and thirty-four.
        const long Length = 100L << 20;
        const long Allowed = 256 << 10;
        using var warm = new Generated(1 << 20);
        await CountAsync(warm);
        using var body = new Generated(Length);

        // The source never waits, so that all of it runs on this thread.
        var before = GC.GetAllocatedBytesForCurrentThread();
        var count = await CountAsync(body);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(Length, count);
        Assert.True(allocated < Allowed, $"{allocated} bytes were allocated; {Allowed} are allowed.");
        Assert.True(body.LargestRead <= 64 << 10, $"{body.LargestRead} bytes were read at once.");
    }

    private static async Task<long> CountAsync(Stream body)
    {
        var count = 0L;
        var buffer = new byte[16 << 10];
        await PictureBody.ReadAsync(
            body, ["image"],
            async (_, picture) =>
            {
                while (await picture.ReadAsync(buffer) is var read and > 0)
                    count += read;
            },
            Limit, CancellationToken.None);
        return count;
    }

    private static async Task<(string Words, Dictionary<string, byte[]> Pictures)> ReadAsync(Stream body)
    {
        var pictures = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        var rest = await PictureBody.ReadAsync(
            body, ["image", "mask"],
            async (name, picture) =>
            {
                using var bytes = new MemoryStream();
                await picture.CopyToAsync(bytes);
                pictures.Add(name, bytes.ToArray());
            },
            Limit, CancellationToken.None);
        return (Encoding.UTF8.GetString(rest.Span), pictures);
    }

    /// <summary>A body that arrives in small parts.</summary>
    private sealed class Chunked(byte[] bytes, int size) : MemoryStream(bytes, writable: false)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, size)], cancellationToken);
    }

    /// <summary>A body with a picture of zeros of any length.</summary>
    private sealed class Generated(long length) : MemoryStream
    {
        private static readonly byte[] Start = "{\"image\":\""u8.ToArray(), End = "\"}"u8.ToArray();

        private readonly long letters = (length + 2) / 3 * 4;
        private long at;

        public int LargestRead { get; private set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            LargestRead = Math.Max(LargestRead, buffer.Length);
            var span = buffer.Span;
            var count = 0;
            while (count < span.Length && Next() is { } letter)
                span[count++] = letter;
            return ValueTask.FromResult(count);
        }

        private byte? Next()
        {
            var place = at++ - Start.Length;
            if (place < 0)
                return Start[place + Start.Length];
            if (place < letters)
                return place >= letters - Padding ? (byte)'=' : (byte)'A';
            return place - letters < End.Length ? End[place - letters] : null;
        }

        private int Padding => (int)((3 - (length % 3)) % 3);
    }
}
