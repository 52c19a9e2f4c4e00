using static TorchSharp.torch;

namespace Darkroom.Models.Training.Data.Tasks;

/// <summary>Snow in the air: flakes of three distances, the near ones large, blurred and few, and a veil.</summary>
/// <remarks>As Liu et al. 2018, arXiv:1708.04512 (Snow100K), composes it: an opaque mask of flakes over the picture.</remarks>
internal static class Snowfall
{
    private static readonly (double Radius, double Coverage)[] Layers = [(0.8, 0.05), (1.7, 0.04), (3.6, 0.03)];

    public static Tensor Apply(Tensor clean, Random random, Generator generator)
    {
        var (height, width) = ((int)clean.shape[1], (int)clean.shape[2]);
        var angle = DegradationSampler.Between(random, -0.8, 0.8);
        var amount = DegradationSampler.Between(random, 0.5, 1.5);
        var clear = ones(1, 1, height, width);                                  // share of the scene that is seen
        foreach (var (radius, coverage) in Layers)
        {
            var size = radius * DegradationSampler.Between(random, 0.8, 1.3);
            var chance = coverage * amount / (Math.PI * size * size);
            var flakes = (rand(1, 1, height, width, generator: generator) < chance).to(ScalarType.Float32)
                * ((rand(1, 1, height, width, generator: generator) * 0.5) + 0.5);
            var kernel = RainStreaks.StreakKernel(size * DegradationSampler.Between(random, 0.5, 2.5), angle, size, isFading: false);
            clear = clear * (1 - nn.functional.conv2d(flakes, kernel, padding: [kernel.shape[2] / 2, kernel.shape[3] / 2]).clamp(0, 1));
        }

        var veil = DegradationSampler.Between(random, 0, 0.25);
        var scene = (clean * (1 - veil)) + (0.85 * veil);
        var seen = clear.squeeze(0);                                            // [1, H, W]
        return (scene * seen) + (DegradationSampler.Between(random, 0.88, 1) * (1 - seen));
    }
}
