using Darkroom.Imaging;
using Darkroom.Imaging.Codecs;
using Darkroom.Storage;

namespace Darkroom.Tests.Cluster.Support;

/// <summary>Small pictures, drawn.</summary>
internal static class TestPictures
{
    /// <summary>A slope from dark to grey, which brightens without clipping.</summary>
    public static PlanarImage Slope(int width = 24, int height = 16, bool isGrey = false, int bitDepth = 8)
    {
        var picture = new PlanarImage(width, height, isGrey, bitDepth);
        for (var c = 0; c < picture.Channels; c++)
        {
            for (var y = 0; y < height; y++)
            {
                var row = picture.Row(c, y);
                for (var x = 0; x < width; x++)
                    row[x] = (((x * 3) + (y * 5) + (c * 7)) % 100) / 255f;
            }
        }

        return picture;
    }

    public static MemoryStream Png(PlanarImage? picture = null) => new(ImageEncoder.Encode(picture ?? Slope(), ImageFormat.Png));

    public static MemoryStream Tiff(PlanarImage picture) => new(ImageEncoder.Encode(picture, ImageFormat.Tiff));

    public static async Task<PlanarImage> ReadAsync(ContentStore contents, string hash)
    {
        await using var content = await contents.OpenAsync(hash, verify: true);
        using var copy = new MemoryStream();
        await content.Stream.CopyToAsync(copy);
        return new ImageDecoder(new ImagingOptions()).Decode(copy.ToArray());
    }
}

/// <summary>Waits for what no signal tells of.</summary>
internal static class Eventually
{
    public static Task TrueAsync(Func<bool> condition, string what) => TrueAsync(() => Task.FromResult(condition()), what);

    public static Task TrueAsync(Func<Task<bool>> condition, string what) => TrueAsync(condition, () => what, 20);

    public static async Task TrueAsync(Func<Task<bool>> condition, Func<string> what, int seconds)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        while (!await condition())
        {
            if (timeout.IsCancellationRequested)
                throw new TimeoutException($"waited {seconds} s in vain: {what()}");
            await Task.Delay(5, CancellationToken.None);
        }
    }
}
