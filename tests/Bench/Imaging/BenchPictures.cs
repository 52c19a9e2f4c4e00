using Darkroom.Imaging;
using Darkroom.Imaging.Samples;

namespace Darkroom.Bench.Imaging;

/// <summary>Pictures to measure with: the sample scene, repeated where it would take long to draw, with a camera's noise.</summary>
internal static class BenchPictures
{
    private const int SceneWidth = 768;
    private const int SceneHeight = 512;
    private const double Sigma = 15;

    /// <summary>Draws a noisy picture.</summary>
    public static PlanarImage Draw(int width, int height)
    {
        var scene = SampleScene.Draw(SceneWidth, SceneHeight);
        var picture = new PlanarImage(width, height);
        for (var c = 0; c < picture.Channels; c++)
        {
            for (var y = 0; y < height; y++)
            {
                var source = scene.Row(c, y % SceneHeight);
                var target = picture.Row(c, y);
                for (var x = 0; x < width; x += SceneWidth)
                    source[..Math.Min(SceneWidth, width - x)].CopyTo(target[x..]);
            }
        }

        return SampleDegradation.AddNoise(picture, Sigma, seed: 1);
    }
}
