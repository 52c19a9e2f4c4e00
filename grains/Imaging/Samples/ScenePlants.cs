using Darkroom.Imaging.Drawing;

namespace Darkroom.Imaging.Samples;

/// <summary>The plants of the sample scene, and the fence between them.</summary>
internal sealed class ScenePlants(Canvas canvas, SceneNoise noise, Random random)
{
    internal void DrawConifers()
    {
        for (var i = 0; i < 34 * canvas.Aspect; i++)
        {
            var x = random.NextDouble() * canvas.Aspect;
            if (x > canvas.Aspect * 0.44 && x < canvas.Aspect * 0.80 && random.NextDouble() < 0.8)
                continue;   // leaves the view on the lake open
            var foot = SceneLandscape.MeadowTop(noise, x) + 0.006 + (0.012 * random.NextDouble());
            DrawConifer(x, foot, 0.06 + (0.075 * random.NextDouble()));
        }
    }

    internal void DrawTree(double x, double foot, double height)
    {
        var bark = Ink.Of(0x5B4632);
        canvas.Shadow(x + (height * 0.12), foot, height * 0.36, height * 0.07, 0.5);
        canvas.Polygon(
            [(x - (height * 0.055), foot), (x - (height * 0.025), foot - (height * 0.5)), (x + (height * 0.025), foot - (height * 0.5)), (x + (height * 0.06), foot)],
            (u, v) => bark.Lit(0.55 + (0.75 * noise.Rough(u * 150, v * 22, 4)) - (0.25 * Math.Clamp((u - x) / (height * 0.05), -1, 1))));
        foreach (var (side, rise) in new[] { (-0.22, 0.62), (0.20, 0.66), (-0.08, 0.80), (0.10, 0.84) })
            canvas.Line(x, foot - (height * 0.42), x + (side * height), foot - (rise * height), height * 0.022, bark.Lit(0.8));

        // Leaves lie in clumps; those further up and to the left, where the sun is, come last and are lighter.
        var clumps = Enumerable.Range(0, 46).Select(_ => (Angle: random.NextDouble() * Math.Tau, Distance: Math.Sqrt(random.NextDouble())))
            .Select(c => (X: x + (Math.Cos(c.Angle) * c.Distance * height * 0.33), Y: foot - (height * 0.76) + (Math.Sin(c.Angle) * c.Distance * height * 0.27)))
            .OrderByDescending(c => c.Y + (0.4 * c.X)).ToArray();
        foreach (var clump in clumps)
        {
            for (var i = 0; i < 170; i++)
            {
                var (angle, distance) = (random.NextDouble() * Math.Tau, Math.Sqrt(random.NextDouble()) * height * 0.085);
                var (u, v) = (clump.X + (Math.Cos(angle) * distance), clump.Y + (Math.Sin(angle) * distance * 0.85));
                var light = 0.5 + (0.5 * Math.Clamp((-(Math.Cos(angle) + (1.4 * Math.Sin(angle))) * distance / (height * 0.12)) + 0.35, -0.6, 1.0)) + (0.25 * random.NextDouble());
                var ink = Ink.Of(0x3F6B24).Mix(Ink.Of(0x9DB83F), random.NextDouble() * 0.8).Lit(0.45 + (0.62 * light));
                canvas.Ellipse(u, v, height * (0.006 + (0.007 * random.NextDouble())), height * (0.004 + (0.005 * random.NextDouble())), (_, _) => ink);
            }
        }
    }

    internal void DrawFence(double left, double right, double foot)
    {
        var white = Ink.Of(0xF2EFE8);
        canvas.Shadow(((left + right) / 2) + 0.01, foot + 0.088, (right - left) * 0.53, 0.018, 0.45);
        foreach (var rail in new[] { 0.026, 0.058 })
            canvas.Rectangle(left, foot + 0.075 - rail, right - left, 0.008, white.Lit(0.78));
        for (var x = left; x < right; x += 0.0215)
        {
            var (edge, sway) = (x + 0.0105, 0.004 * noise.At(x * 50, 1));
            canvas.Polygon(
                [(x, foot + 0.085), (x, foot - sway + 0.010), ((x + edge) / 2, foot - sway), (edge, foot - sway + 0.010), (edge, foot + 0.085)],
                (u, v) => white.Lit((u < edge - 0.003 ? 0.98 : 0.74) * (0.90 + (0.14 * noise.Rough(u * 160, v * 20, 2)))));
        }
    }

    internal void DrawGrass()
    {
        for (var i = 0; i < 5200 * canvas.Aspect; i++)
        {
            var nearness = Math.Sqrt(i / (5200 * canvas.Aspect));   // from far to near, so that near blades cover far ones
            var x = random.NextDouble() * canvas.Aspect;
            var y = 0.76 + (0.27 * nearness);
            var height = (0.010 + (0.045 * nearness * nearness)) * (0.5 + random.NextDouble());
            var lean = height * (random.NextDouble() - 0.4);
            var ink = Ink.Of(0x3C6A22).Mix(Ink.Of(0xB4C65A), random.NextDouble() * 0.9).Lit(0.65 + (0.4 * random.NextDouble()));
            var half = 0.0007 + (0.0016 * nearness);
            canvas.Polygon([(x - half, y), (x + lean, y - height), (x + half, y)], (_, v) => ink.Lit(0.7 + (0.4 * (y - v) / height)));
        }
    }

    internal void DrawFlowers()
    {
        Ink[] inks = [Ink.Of(0xD81E34), Ink.Of(0xF2C230), Ink.Of(0xFDFBF4), Ink.Of(0x7A4FB5), Ink.Of(0xE8632C), Ink.Of(0xE889B4)];
        for (var i = 0; i < 420 * canvas.Aspect; i++)
        {
            var nearness = Math.Sqrt(i / (420 * canvas.Aspect));
            var x = random.NextDouble() * canvas.Aspect;
            if (noise.Rough(x * 4, nearness * 3, 2) < 0.47)
                continue;   // flowers grow in patches
            var (y, radius) = (0.765 + (0.22 * nearness), 0.0018 + (0.0062 * nearness * nearness));
            var ink = inks[(int)(noise.At(x * 6, nearness * 5) * 1.6 * inks.Length + random.Next(2)) % inks.Length];
            canvas.Line(x, y, x + (radius * 0.4), y + (radius * 5), radius * 0.3, Ink.Of(0x3B6B25));
            for (var petal = 0; petal < 6; petal++)
            {
                var angle = (petal + random.NextDouble() * 0.3) * Math.Tau / 6;
                canvas.Ellipse(x + (Math.Cos(angle) * radius * 0.8), y + (Math.Sin(angle) * radius * 0.6), radius * 0.62, radius * 0.5, (u, v) => ink.Lit(0.80 + (0.22 * Math.Clamp((y - v) / radius, -1, 1))));
            }

            canvas.Disc(x, y, radius * 0.42, ink == inks[1] ? Ink.Of(0x6B4420) : Ink.Of(0xF0C93A));
        }
    }

    private void DrawConifer(double x, double foot, double height)
    {
        canvas.Rectangle(x - (height * 0.025), foot - (height * 0.1), height * 0.05, height * 0.1, Ink.Of(0x4A3A2A));
        for (var layer = 0; layer < 6; layer++)
        {
            var (bottom, top) = (foot - (height * (0.06 + (0.14 * layer))), foot - (height * (0.34 + (0.135 * layer))));
            var half = height * 0.22 * (1 - (layer / 6.8));
            var ink = Ink.Of(0x2E5233).Mix(Ink.Of(0x6F8B63), 0.25 + (0.05 * layer));
            canvas.Polygon([(x - half, bottom), (x, top), (x + half, bottom), (x, bottom - (height * 0.03))], (u, v) =>
                ink.Lit((0.70 + (0.62 * noise.Rough(u * 220, v * 220, 3))) * (u < x ? 1.08 : 0.78)));
        }
    }
}
