using Darkroom.Imaging.Drawing;

namespace Darkroom.Imaging.Samples;

/// <summary>The far parts of the sample scene: sky, balloon, mountains, lake and the ground of the meadow.</summary>
internal sealed class SceneLandscape(Canvas canvas, SceneNoise noise, Random random)
{
    private const double Horizon = 0.565;

    private static readonly Ink Haze = Ink.Of(0xF6D9B4);
    private static readonly Ink[] MeadowInks = [Ink.Of(0x5E8C2E), Ink.Of(0x76A53A), Ink.Of(0x4A7428), Ink.Of(0x8FB548), Ink.Of(0xA8B04A), Ink.Of(0x3D6324), Ink.Of(0x8C8A3C)];

    /// <summary>Gets the upper edge of the meadow.</summary>
    internal static double MeadowTop(SceneNoise noise, double x) => 0.655 + (0.03 * noise.Rough(x * 1.7, 5.5, 3)) - (0.025 * Math.Cos(x * 2.1));

    internal void DrawSky()
    {
        var (sunX, sunY) = (canvas.Aspect * 0.16, 0.43);
        canvas.Band(0, Horizon + 0.05, (x, y) =>
        {
            var sky = SkyAt(y);
            var distance = Math.Sqrt(((x - sunX) * (x - sunX)) + ((y - sunY) * (y - sunY) * 2));
            sky = sky.Mix(Ink.Of(0xFFE9B8), 0.85 * Math.Exp(-distance * 5));
            var cloud = noise.Rough((x * 2.2) + 3, (y * 6.5) + (0.6 * noise.At(x * 3, y * 3)), 6);
            var cover = Math.Clamp((cloud - 0.52) * 5.5, 0, 1) * Math.Clamp((0.50 - y) * 5, 0, 1);
            var light = noise.Rough((x * 2.2) + 3.05, (y * 6.5) + 0.35, 5);
            return sky.Mix(Ink.Of(0xC9B7B9).Mix(Ink.Of(0xFFF8EC), Math.Clamp(0.5 + ((cloud - light) * 5), 0, 1)), cover * 0.92);
        });
    }

    internal void DrawBalloon(double x, double y, double radius)
    {
        Ink[] stripes = [Ink.Of(0xD7263D), Ink.Of(0xF7B32B), Ink.Of(0xF4F1E6), Ink.Of(0x1B6CA8), Ink.Of(0x2A9D5C)];
        var basketTop = y + (radius * 1.62);
        foreach (var side in new[] { -1.0, -0.4, 0.4, 1.0 })
            canvas.Line(x + (side * radius * 0.32), y + (radius * 1.05), x + (side * radius * 0.14), basketTop, 0.0022, Ink.Of(0x4A3B2A));

        canvas.Ellipse(x, y, radius, radius * 1.08, Skin);
        canvas.Polygon([(x - (radius * 0.78), y + (radius * 0.66)), (x + (radius * 0.78), y + (radius * 0.66)), (x + (radius * 0.26), y + (radius * 1.25)), (x - (radius * 0.26), y + (radius * 1.25))], Skin);
        canvas.Rectangle(x - (radius * 0.16), basketTop, radius * 0.32, radius * 0.26, (u, v) =>
            Ink.Of(0x8B5A2B).Lit((((int)(u / 0.004) + (int)(v / 0.005)) & 1) == 0 ? 1.0 : 0.72));

        Ink Skin(double u, double v)
        {
            // A gore's angle on a sphere: stripes narrow to the sides.
            var half = Math.Sqrt(Math.Max(0.02, 1 - Math.Pow((v - y) / (radius * 1.35), 2)));
            var across = Math.Clamp((u - x) / (radius * half), -1, 1);
            var gore = (int)Math.Floor((Math.Asin(across) / Math.PI * 10) + 50);
            var light = 1.02 - (0.42 * Math.Pow(Math.Max(0, across + 0.25), 2)) - (0.10 * Math.Max(0, (v - y) / radius));
            var zigzag = v > y + (radius * 0.18) && v < y + (radius * 0.34) ? 2 : 0;
            return stripes[(gore + zigzag) % stripes.Length].Lit(light);
        }
    }

    internal void DrawMountains()
    {
        DrawRidge(0.425, 0.42, 1.35, 11.1, Ink.Of(0x6C83B0), 0.22);
        DrawRidge(0.480, 0.20, 2.3, 23.7, Ink.Of(0x4F7686), 0.14);
        DrawRidge(0.535, 0.12, 3.3, 47.3, Ink.Of(0x44703F), 0.05);
    }

    internal void DrawLake()
    {
        canvas.Band(Horizon, 0.70, (x, y) =>
        {
            var depth = (y - Horizon) / 0.13;
            var ripple = noise.Rough(x * 9, y * 190 / (1 + (2 * depth)), 4);
            var mirrored = SkyAt(Horizon - ((y - Horizon) * 2.4) - 0.05).Mix(Ink.Of(0x4E7350), Math.Clamp(0.85 - (depth * 1.6) + ((ripple - 0.5) * 1.1), 0, 0.7));
            var glint = Math.Clamp((ripple - 0.62) * 6, 0, 1) * Math.Exp(-Math.Pow((x - (canvas.Aspect * 0.16)) * 2.2, 2));
            return mirrored.Lit(0.80 + (0.28 * ripple)).Mix(Ink.Of(0xFFF3CF), glint * 0.9);
        });
    }

    internal void DrawMeadow()
    {
        canvas.Below(x => MeadowTop(noise, x), 1, (x, y) => MeadowInk(noise.Rough(x * 5, y * 11, 3)).Lit(0.72 + (0.35 * noise.Rough(x * 26, y * 60, 4))));

        // Dead leaves: discs over discs, larger towards the viewer. Their edges at all sizes have the statistics of photographs.
        var count = (int)(26_000 * canvas.Aspect);
        for (var i = 0; i < count; i++)
        {
            var nearness = Math.Pow(random.NextDouble(), 0.75);
            var x = random.NextDouble() * canvas.Aspect;
            var top = MeadowTop(noise, x) + 0.004;
            var y = top + (nearness * (1.02 - top));
            var radius = (0.0012 + (0.0065 * nearness * nearness)) * Math.Pow(0.25 + random.NextDouble(), 1.3);
            var ink = MeadowInk(random.NextDouble()).Lit(0.55 + (0.55 * random.NextDouble()) + (0.12 * noise.At(x * 4, y * 9)));
            canvas.Ellipse(x, y, radius * 1.5, radius * 0.75, (_, _) => ink);
        }
    }

    private static Ink SkyAt(double y) =>
        y < 0.3 ? Ink.Of(0x3E74B8).Mix(Ink.Of(0x9CC3E6), y / 0.3) : Ink.Of(0x9CC3E6).Mix(Haze, Math.Min((y - 0.3) / 0.24, 1));

    private static Ink MeadowInk(double value)
    {
        var at = Math.Clamp(value, 0, 0.9999) * (MeadowInks.Length - 1);
        return MeadowInks[(int)at].Mix(MeadowInks[(int)at + 1], at - (int)at);
    }

    private void DrawRidge(double foot, double rise, double frequency, double offset, Ink ink, double haze)
    {
        double Line(double x) => foot - (rise * (noise.Rough((x * frequency) + offset, offset, 7) - 0.35));
        canvas.Below(Line, Horizon + 0.02, (x, y) =>
        {
            var slope = noise.Rough((x * frequency * 8) + (y * frequency * 5) + offset, (y * frequency * 9) - (x * 4), 6);
            var light = 0.50 + (1.05 * slope);
            var rock = ink.Lit(light);
            return rock.Mix(Haze, haze + (0.42 * Math.Clamp((y - (foot - 0.06)) / 0.16, 0, 1)));
        });
    }
}
