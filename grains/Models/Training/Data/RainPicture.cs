using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Darkroom.Models.Training.Data;

/// <summary>A picture of which it is known whether it shows rain: what the describer's rain head learns from.</summary>
/// <param name="Pixels">[3, S, S] float32.</param>
/// <param name="IsRainy">Whether there is rain that can be seen.</param>
public sealed record RainPicture(Tensor Pixels, bool IsRainy)
{
    private const int MaxAttempts = 50;
    private const double MinScale = 0.4;                                        // a photograph seen smaller has more texture
    private const double MaxScale = 1.15;
    private const double StrokesProbability = 0.35;
    private const double GreyProbability = 0.08;
    private const double BlurProbability = 0.35;
    private const double DarkProbability = 0.2;
    private const double JpegProbability = 0.55;
    private const double ToneExponent = 2.2;
    private const int MistReach = 31;                                           // pixels

    // Weaker streaks than these are not called rain, nor "no rain": such pictures are drawn again.
    private const double MinStreaks = 6;                                        // standard deviation, levels of 0..255
    private const double MinDarkStreaks = 1.5;
    private const double MinStreaksPerNoise = 0.4;

    private static readonly int[] Sizes = [208, 288, 384, 384];                 // pixels: 4, 9 or 16 of the describer's patches

    /// <summary>Draws a picture.</summary>
    /// <param name="tiles">Clean pictures with sides of at least 96 pixels.</param>
    /// <param name="seed">Equal seeds give equal pictures.</param>
    /// <returns>The picture; the caller disposes its tensor.</returns>
    public static RainPicture Draw(IReadOnlyList<TrainingTile> tiles, int seed)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)seed);
        var random = new Random(seed);
        var isRainy = random.Next(2) == 1;
        for (var attempt = 0; ; attempt++)
        {
            var scene = Scene(tiles[random.Next(tiles.Count)], random);
            var (pixels, streaks) = isRainy ? AddRain(scene, random, generator) : (scene, 0);
            if (random.NextDouble() < BlurProbability)
                pixels = Blur(pixels, DegradationSampler.Between(random, 0.35, 1.1));
            var factor = random.NextDouble() < DarkProbability ? Math.Pow(2, -DegradationSampler.Between(random, 1, 5) / ToneExponent) : 1;
            var (isCamera, sigma) = Noise(random);
            var isVisible = streaks >= MinStreaks && streaks * factor >= Math.Max(MinDarkStreaks, MinStreaksPerNoise * sigma);
            if (isRainy && !isVisible && attempt < MaxAttempts)
                continue;
            return new RainPicture(Photograph(pixels * factor, isCamera, sigma, random, generator).MoveToOuterDisposeScope(), isRainy && isVisible);
        }
    }

    private static Tensor Scene(TrainingTile tile, Random random)
    {
        var wanted = Sizes[random.Next(Sizes.Length)];
        var scale = Math.Exp(DegradationSampler.Between(random, Math.Log(MinScale), Math.Log(MaxScale)));
        var source = Math.Min(tile.Side, (int)(wanted / scale));
        var scene = tile.CropUpright(source, random);
        var size = Math.Min(wanted, (int)(source * MaxScale) / 8 * 8);          // of a small tile a small picture
        scene = nn.functional.interpolate(scene.unsqueeze(0), size: [size, size],
            mode: size < source && random.Next(2) == 0 ? InterpolationMode.Area : InterpolationMode.Bicubic, align_corners: null)
            .squeeze(0).clamp(0, 1).contiguous();
        if (random.NextDouble() < StrokesProbability)
            DrawnStrokes.Draw(MemoryMarshal.Cast<byte, float>(scene.bytes), size, random);
        if (random.NextDouble() < GreyProbability)
            scene = scene.mean([0], keepdim: true).expand(3, -1, -1);
        return scene;
    }

    private static (Tensor Pixels, double Streaks) AddRain(Tensor scene, Random random, Generator generator)
    {
        var (rainy, _) = Rainfall.Fall(scene, zeros(3, 1, 1), DegradationSampler.Between(random, 0.15, 1), random, generator);
        var light = (rainy - scene).mean([0], keepdim: true).unsqueeze(0);      // [1, 1, S, S]
        // Mist changes slowly over the picture: it is not what streaks are seen by.
        var mist = nn.functional.avg_pool2d(light, MistReach, 1, MistReach / 2, count_include_pad: false);
        return (rainy, 255 * (light - mist).std().ToDouble());
    }

    private static (bool IsCamera, double Sigma) Noise(Random random)
    {
        var kind = random.NextDouble();
        return kind < 0.5 ? (false, 0)
            : kind < 0.8 ? (false, Math.Exp(DegradationSampler.Between(random, 0, Math.Log(50))))
            : (true, Math.Exp(DegradationSampler.Between(random, 0, Math.Log(15))));
    }

    private static Tensor Photograph(Tensor pixels, bool isCamera, double sigma, Random random, Generator generator)
    {
        if (isCamera)
            pixels = CameraNoise.Apply(pixels, sigma, random, generator);
        else if (sigma > 0)
            pixels = pixels + randn(pixels.shape, generator: generator) * (sigma / 255);
        if (random.NextDouble() < JpegProbability)
            return (JpegArtifacts.Apply(pixels, random.Next(60, 99)).clamp(0, 1) * 255).round() / 255;
        // White noise stays as published tests make it, neither clipped nor rounded.
        return sigma > 0 && !isCamera ? pixels : (pixels.clamp(0, 1) * 255).round() / 255;
    }

    private static Tensor Blur(Tensor pixels, double sigma)
    {
        const int Reach = 2;
        var row = arange(-Reach, Reach + 1, dtype: ScalarType.Float32);
        var weights = (-row.square() / (2 * sigma * sigma)).exp();
        var kernel = weights.unsqueeze(1) * weights.unsqueeze(0);
        var padded = nn.functional.pad(pixels.unsqueeze(1), [Reach, Reach, Reach, Reach], PaddingModes.Replicate);
        return nn.functional.conv2d(padded, (kernel / kernel.sum()).view(1, 1, 2 * Reach + 1, 2 * Reach + 1)).squeeze(1);
    }
}
