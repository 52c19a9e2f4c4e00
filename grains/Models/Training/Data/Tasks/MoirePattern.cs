using static TorchSharp.torch;

namespace Darkroom.Models.Training.Data.Tasks;

/// <summary>The coloured bands that a camera sees on a screen: the screen's lattice of red, green and blue against the sensor's.</summary>
/// <remarks>
/// Two lattices of nearly one period beat: the bands are slow waves of the difference of their frequencies, and as the screen's colours lie a
/// third of a pixel apart, so do the bands. The lattice is bent a little, as by a lens and a slanted view.
/// </remarks>
internal static class MoirePattern
{
    private const int MaxLattices = 2;

    public static Tensor Apply(Tensor clean, Random random, Generator generator)
    {
        var (height, width) = ((int)clean.shape[1], (int)clean.shape[2]);
        var bend = RainStreaks.Cloud(height, width, 2 * Math.PI * DegradationSampler.Between(random, 0.5, 2.5), random, generator).view(height, width);
        var rows = arange(height, dtype: ScalarType.Float32).view(height, 1);
        var columns = arange(width, dtype: ScalarType.Float32).view(1, width);
        var gain = ones(3, height, width);
        for (var i = 0; i < 1 + random.Next(MaxLattices); i++)
        {
            var (sin, cos) = Math.SinCos(DegradationSampler.Between(random, 0, Math.PI));
            var period = RainStreaks.LogUniform(random, 5, 40);                 // pixels of a band
            var depth = DegradationSampler.Between(random, 0.06, 0.22);
            var phase = (((columns * cos) + (rows * sin)) * (2 * Math.PI / period)) + bend;
            var bands = stack([.. Enumerable.Range(0, 3).Select(channel => (phase + (channel * 2 * Math.PI / 3)).sin())]);
            gain = gain * (1 + (depth * bands));
        }

        return clean * gain * DegradationSampler.Between(random, 0.85, 1.05);   // a screen's light is a little off
    }
}
