using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.PixelFormats;
using Xunit;

namespace Darkroom.Tests.Compat.ImageSharp;

/// <summary>Resident memory is the whole process': nothing else may run meanwhile.</summary>
[CollectionDefinition(nameof(ImageMemoryTests), DisableParallelization = true)]
[Collection(nameof(ImageMemoryTests))]
public sealed class ImageMemoryTests
{
    // An image of 256 x 256 is 196 kB: a leak of one a round would be 59 MB.
    private const int Rounds = 300;
    private const long AllowedBytes = 20L << 20;

    [Fact]
    public void Load_ManyTimes_LeavesMemoryFlat()
    {
        using var image = new Image<Rgb24>(256, 256);
        using var first = new MemoryStream();
        image.Save(first, new JpegEncoder());
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
            loaded.Save(stream, new JpegEncoder());
            Assert.ThrowsAny<ImageFormatException>(() => Image.Load<Rgb24>(new DecoderOptions(), file.AsSpan(0, 30)));
        }
    }

    // Without what the garbage collector holds: the leaks looked for are libvips'.
    private static long ResidentBytes()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return process.WorkingSet64 - GC.GetGCMemoryInfo().TotalCommittedBytes;
    }
}
