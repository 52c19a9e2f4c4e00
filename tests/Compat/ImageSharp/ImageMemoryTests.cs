using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.PixelFormats;
using Xunit;

namespace Darkroom.Tests.Compat.ImageSharp;

/// <summary>Resident memory is the whole process': nothing else may run meanwhile.</summary>
[CollectionDefinition(nameof(ImageMemoryTests), DisableParallelization = true)]
[Collection(nameof(ImageMemoryTests))]
public sealed class ImageMemoryTests
{
    // An image of 512 x 512 is 786 kB: a leak of one a round would be 315 MB. What other tests left behind may come and go.
    private const int Rounds = 400;
    private const long AllowedBytes = 100L << 20;

    // Not compressed: the time goes into what may leak.
    private static readonly PngEncoder Encoder = new() { CompressionLevel = PngCompressionLevel.NoCompression, FilterMethod = PngFilterMethod.None };

    [Fact]
    public void Load_ManyTimes_LeavesMemoryFlat()
    {
        using var image = new Image<Rgb24>(512, 512);
        using var first = new MemoryStream();
        image.Save(first, Encoder);
        var file = first.ToArray();
        Repeat(100, file);

        var before = ResidentBytes();
        Repeat(Rounds, file);

        Assert.InRange(ResidentBytes() - before, long.MinValue, AllowedBytes);
    }

    private static void Repeat(int rounds, byte[] file)
    {
        using var stream = new MemoryStream();
        for (var i = 0; i < rounds; i++)
        {
            using var loaded = Image.Load<Rgb24>(new DecoderOptions(), file);
            stream.SetLength(0);
            loaded.Save(stream, Encoder);
            Assert.ThrowsAny<ImageFormatException>(() => Image.Load<Rgb24>(new DecoderOptions(), file.AsSpan(0, 30)));
        }
    }

    private static long ResidentBytes()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
