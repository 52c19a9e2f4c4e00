using Darkroom.Imaging.Drawing;
using Darkroom.Imaging.Resampling;

namespace Darkroom.Imaging.Samples;

/// <summary>Draws a landscape with what restoration has to keep: smooth sky, fine texture, straight lines, writing and clear colours.</summary>
public static class SampleScene
{
    private const int Oversampling = 2;

    /// <summary>Draws the scene.</summary>
    /// <param name="width">Width (pixels), at least 16.</param>
    /// <param name="height">Height (pixels), at least 16.</param>
    /// <param name="seed">Another seed gives other clouds, hills, leaves and flowers.</param>
    public static PlanarImage Draw(int width = 768, int height = 512, int seed = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 16);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 16);
        var large = new PlanarImage(width * Oversampling, height * Oversampling);
        var canvas = new Canvas(large);
        var random = new Random(seed);
        var noise = new SceneNoise(seed);

        var landscape = new SceneLandscape(canvas, noise, random);
        landscape.DrawSky();
        landscape.DrawMountains();
        landscape.DrawBalloon(canvas.Aspect * 0.79, 0.19, 0.115);
        landscape.DrawLake();
        landscape.DrawMeadow();

        var plants = new ScenePlants(canvas, noise, random);
        plants.DrawConifers();
        new SceneHouse(canvas, noise).Draw(canvas.Aspect * 0.27, 0.675, 0.36);
        plants.DrawTree(canvas.Aspect * 0.93, 0.76, 0.42);
        plants.DrawFence(canvas.Aspect * 0.46, canvas.Aspect * 0.88, 0.70);
        plants.DrawGrass();
        plants.DrawFlowers();
        DrawSign(canvas, noise, canvas.Aspect * 0.70, 0.73);
        return Resampler.Resize(large, width, height);
    }

    private static void DrawSign(Canvas canvas, SceneNoise noise, double x, double y)
    {
        var wood = Ink.Of(0x8A5F3C);
        Ink Grain(double u, double v) => wood.Lit(0.75 + (0.45 * noise.Rough(u * 18, v * 240, 3)));

        canvas.Rectangle(x - 0.010, y - 0.02, 0.020, 0.25, (u, v) => Grain(v, u).Lit(u < x ? 1.0 : 0.75));
        canvas.Rectangle(x - 0.150, y - 0.075, 0.300, 0.130, (_, _) => Ink.Of(0x3B2817));
        canvas.Rectangle(x - 0.145, y - 0.070, 0.290, 0.120, Grain);
        var cream = Ink.Of(0xFFF4D8);
        Centre("DARKROOM", y - 0.056, 0.036);
        Centre("LAKE PATH 3.2 KM  >", y - 0.004, 0.0175);
        Centre("PLEASE KEEP THE GATE SHUT", y + 0.026, 0.0115);

        void Centre(string text, double top, double height) => canvas.Text(text, x - (Canvas.TextWidth(text, height) / 2), top, height, cream);
    }
}
