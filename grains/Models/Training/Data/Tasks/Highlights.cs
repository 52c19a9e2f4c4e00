using static TorchSharp.torch;

namespace Darkroom.Models.Training.Data.Tasks;

/// <summary>Specular highlights: the light of a lamp, mirrored by shiny surfaces, on top of their own colour.</summary>
/// <remarks>The dichromatic model (Shafer 1985): a smooth spot of the lamp's colour is added to the scene and clipped by the sensor.</remarks>
internal static class Highlights
{
    private const int MaxSpots = 4;
    private const double Tint = 0.08;

    public static Tensor Apply(Tensor clean, Random random, Generator generator)
    {
        var (height, width) = ((int)clean.shape[1], (int)clean.shape[2]);
        var rows = arange(height, dtype: ScalarType.Float32).view(height, 1);
        var columns = arange(width, dtype: ScalarType.Float32).view(1, width);
        var spots = zeros(height, width);
        var side = Math.Min(height, width);
        for (var i = 0; i < 1 + random.Next(MaxSpots); i++)
        {
            var (sin, cos) = Math.SinCos(DegradationSampler.Between(random, 0, Math.PI));
            var (dy, dx) = (rows - DegradationSampler.Between(random, 0, height), columns - DegradationSampler.Between(random, 0, width));
            var length = DegradationSampler.Between(random, 0.04, 0.22) * side;
            var breadth = length * DegradationSampler.Between(random, 0.15, 1);
            var distance = (((dx * cos) + (dy * sin)) / length).square() + (((dy * cos) - (dx * sin)) / breadth).square();
            spots = spots + (DegradationSampler.Between(random, 0.6, 1.6) * (-distance).exp());
        }

        // Rough surfaces break the spot up.
        var roughness = DegradationSampler.Between(random, 0, 0.5);
        spots = spots * (1 - (roughness * rand(height, width, generator: generator)));
        var lamp = tensor(Enumerable.Range(0, 3).Select(_ => (float)DegradationSampler.Between(random, 1 - Tint, 1)).ToArray()).view(3, 1, 1);
        return clean + (lamp * spots.unsqueeze(0));
    }
}
