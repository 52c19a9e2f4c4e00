using TorchSharp;
using static TorchSharp.torch;

namespace Darkroom.Models.Training.Data.Tasks;

/// <summary>What an old, small, often saved portrait went through: blur, scaling down, noise, JPEG, scaling up.</summary>
/// <remarks>Wang et al. 2021, arXiv:2101.04061 (GFPGAN), eq. (10), which blind face restoration trains with. Any picture is taken: what is learnt is the degradation.</remarks>
internal static class BlindDegradation
{
    private const int SmallestSide = 8;

    public static Tensor Apply(Tensor clean, Random random, Generator generator)
    {
        var (height, width) = (clean.shape[1], clean.shape[2]);
        var blurred = Blur(clean, DegradationSampler.Between(random, 0.5, 6));
        var factor = DegradationSampler.Between(random, 1, 8);
        var small = Resize(blurred, Round(height / factor), Round(width / factor), InterpolationMode.Area);
        var noisy = small + (randn(small.shape, generator: generator) * (DegradationSampler.Between(random, 0, 20) / 255));
        return Resize(JpegArtifacts.Apply(noisy, random.Next(60, 100)).clamp(0, 1), height, width, InterpolationMode.Bilinear);

        static long Round(double side) => Math.Max(SmallestSide, (long)side / SmallestSide * SmallestSide);
    }

    private static Tensor Resize(Tensor image, long height, long width, InterpolationMode mode) => nn.functional.interpolate(
        image.unsqueeze(0), [height, width], mode: mode, align_corners: mode == InterpolationMode.Bilinear ? false : null).squeeze(0);

    private static Tensor Blur(Tensor image, double sigma)
    {
        var reach = (int)Math.Min(Math.Ceiling(2.5 * sigma), Math.Min(image.shape[1], image.shape[2]) - 1);
        var offsets = arange(-reach, reach + 1, dtype: ScalarType.Float32);
        var weights = (-offsets.square() / (2 * sigma * sigma)).exp();
        weights = weights / weights.sum();
        var padded = nn.functional.pad(image.unsqueeze(1), [reach, reach, reach, reach], PaddingModes.Reflect);   // [3, 1, H, W]
        return nn.functional.conv2d(nn.functional.conv2d(padded, weights.view(1, 1, -1, 1)), weights.view(1, 1, 1, -1)).squeeze(1);
    }
}
