using Darkroom.Imaging.Drawing;

namespace Darkroom.Imaging.Samples;

/// <summary>A house of straight lines: clapboards, roof tiles, bricks, window bars.</summary>
internal sealed class SceneHouse(Canvas canvas, SceneNoise noise)
{
    private static readonly Ink Wall = Ink.Of(0xF1E3C6);
    private static readonly Ink Frame = Ink.Of(0xFBFAF5);
    private static readonly Ink Roof = Ink.Of(0xA6452F);

    /// <summary>Draws the house.</summary>
    /// <param name="centreX">Middle of the front.</param>
    /// <param name="ground">Foot of the walls.</param>
    /// <param name="size">Width of the front.</param>
    internal void Draw(double centreX, double ground, double size)
    {
        var (left, width, height) = (centreX - (size / 2), size, size * 0.52);
        var (eaves, ridge) = (ground - height, ground - height - (size * 0.36));
        var foot = ground + (size * 0.14);

        canvas.Shadow(centreX + (size * 0.14), foot, size * 0.72, size * 0.10, 0.55);
        DrawChimney(left + (width * 0.74), ridge - (size * 0.06), size * 0.09, size * 0.26);
        canvas.Rectangle(left, eaves, width, foot - eaves, (x, y) => Clapboard(x, y, size, 1.0 - (0.10 * (x - left) / width), eaves));
        canvas.Rectangle(left, foot - (size * 0.05), width, size * 0.05, (x, y) => Brick(x, y, size * 0.05, Ink.Of(0x8D8478)));

        var overhang = size * 0.07;
        canvas.Polygon(
            [(left - overhang, eaves + (size * 0.03)), (left + width + overhang, eaves + (size * 0.03)), (left + (width * 0.88), ridge), (left + (width * 0.12), ridge)],
            (x, y) => Tile(x, y, size, ridge));
        canvas.Rectangle(left - overhang, eaves + (size * 0.03), width + (2 * overhang), size * 0.018, Frame);
        canvas.Rectangle(left, eaves + (size * 0.048), width, size * 0.035, (x, y) => Clapboard(x, y, size, 0.62, eaves));

        foreach (var part in new[] { 0.07, 0.70 })
            DrawWindow(left + (width * part), eaves + (size * 0.15), size * 0.23, size * 0.25);
        DrawDoor(left + (width * 0.42), foot, size * 0.17, size * 0.46);
    }

    private Ink Clapboard(double x, double y, double size, double light, double top)
    {
        var board = (y - top) / (size * 0.028);
        var within = board - Math.Floor(board);
        var edge = within > 0.86 ? 0.70 : 1.0 - (0.06 * within);
        return Wall.Lit(light * edge * (0.93 + (0.12 * noise.Rough(x * 60, Math.Floor(board) * 7.3, 3))));
    }

    private Ink Tile(double x, double y, double size, double ridge)
    {
        var step = size * 0.034;
        var row = Math.Floor((y - ridge) / step);
        var within = ((y - ridge) / step) - row;
        var column = (x / step) + (row % 2 * 0.5);
        var across = column - Math.Floor(column) - 0.5;

        // Each tile ends in an arc, under which the next row lies in its shadow.
        var arc = 0.62 + (0.34 * Math.Sqrt(Math.Max(0, 1 - (4 * across * across))));
        var shade = within > arc ? 0.48 : 0.80 + (0.26 * within);
        var hue = noise.At((Math.Floor(column) * 3.7) + 0.5, (row * 5.1) + 0.5);
        return Roof.Mix(Ink.Of(0xC9703F), hue * 0.7).Lit(shade * (0.88 + (0.2 * noise.Rough(x * 50, y * 50, 3))));
    }

    private Ink Brick(double x, double y, double size, Ink ink)
    {
        var row = Math.Floor(y / (size * 0.28));
        var column = (x / (size * 0.62)) + (row % 2 * 0.5);
        var (u, v) = (column - Math.Floor(column), (y / (size * 0.28)) - row);
        return u < 0.09 || v < 0.16
            ? Ink.Of(0xC8BBA6)
            : ink.Lit(0.78 + (0.42 * noise.At(Math.Floor(column) * 2.9, row * 4.3)));
    }

    private void DrawChimney(double left, double top, double width, double height)
    {
        canvas.Rectangle(left, top, width, height, (x, y) => Brick(x, y, width * 0.55, Ink.Of(0x9C4A38)).Lit(x < left + (width * 0.62) ? 1.0 : 0.72));
        canvas.Rectangle(left - (width * 0.1), top - (width * 0.16), width * 1.2, width * 0.2, Ink.Of(0x6E625A));
    }

    private void DrawWindow(double left, double top, double width, double height)
    {
        var border = width * 0.075;
        canvas.Rectangle(left - (border * 1.6), top - border, width + (border * 3.2), height + (border * 2), Frame.Lit(0.86));
        canvas.Rectangle(left - border, top - border, width + (border * 2), height + (border * 2), Frame);
        canvas.Rectangle(left, top, width, height, (x, y) =>
        {
            // Glass: the evening sky mirrored, a lit room behind, curtains at the sides.
            var (u, v) = ((x - left) / width, (y - top) / height);
            var glass = Ink.Of(0x24384F).Mix(Ink.Of(0x8FB3D1), Math.Clamp(1.15 - v - (0.5 * u) + (0.25 * noise.Rough(x * 16, y * 16, 3)), 0, 1));
            glass = glass.Mix(Ink.Of(0xFFC766), 0.55 * Math.Exp(-(Math.Pow((u - 0.5) * 3, 2) + Math.Pow((v - 0.75) * 2.4, 2))));
            var curtain = 0.24 - (0.10 * Math.Sin(v * 2.6));
            return u < curtain || u > 1 - curtain ? Ink.Of(0xE9DCC9).Lit(0.80 + (0.16 * Math.Sin(u * 90))) : glass;
        });
        for (var i = 1; i < 3; i++)
            canvas.Rectangle(left + (width * i / 3) - (border * 0.22), top, border * 0.44, height, Frame);
        for (var i = 1; i < 4; i++)
            canvas.Rectangle(left, top + (height * i / 4) - (border * 0.22), width, border * 0.44, Frame);
        canvas.Rectangle(left - (border * 2), top + height + border, width + (border * 4), border * 0.9, Ink.Of(0xD8D2C4));
        DrawFlowerBox(left - border, top + height + (border * 0.2), width + (border * 2), border * 2.2);
    }

    private void DrawFlowerBox(double left, double top, double width, double height)
    {
        var random = new Random(BitConverter.DoubleToInt64Bits(left).GetHashCode());
        Ink[] inks = [Ink.Of(0xE0314B), Ink.Of(0xF25C8A), Ink.Of(0x3F7D2C), Ink.Of(0x2F5F22), Ink.Of(0x58A03A)];
        canvas.Rectangle(left, top + (height * 0.5), width, height * 0.6, Ink.Of(0x6B4A2F));
        for (var i = 0; i < 90; i++)
            canvas.Disc(left + (random.NextDouble() * width), top + (height * ((random.NextDouble() * 0.7) - 0.15)), height * (0.07 + (0.1 * random.NextDouble())), inks[random.Next(inks.Length)].Lit(0.8 + (0.3 * random.NextDouble())));
    }

    private void DrawDoor(double left, double foot, double width, double height)
    {
        var ink = Ink.Of(0x1F6A8C);
        var top = foot - height;
        canvas.Rectangle(left - (width * 0.09), top - (width * 0.09), width * 1.18, height + (width * 0.09), Frame);
        canvas.Rectangle(left, top, width, height, (x, y) => ink.Lit(0.90 + (0.16 * noise.Rough(x * 190, y * 14, 3))));
        for (var row = 0; row < 3; row++)
        {
            for (var column = 0; column < 2; column++)
            {
                var (x, y) = (left + (width * (0.12 + (0.42 * column))), top + (height * (0.07 + (0.305 * row))));
                canvas.Rectangle(x, y, width * 0.34, height * 0.25, ink.Lit(0.62));
                canvas.Rectangle(x + (width * 0.03), y + (width * 0.03), width * 0.31, (height * 0.25) - (width * 0.03), ink.Lit(1.18));
            }
        }

        canvas.Disc(left + (width * 0.9), top + (height * 0.55), width * 0.05, Ink.Of(0xE8C15A));
        canvas.Rectangle(left - (width * 0.25), foot - (width * 0.12), width * 1.5, width * 0.2, Ink.Of(0xA9A294));
    }
}
