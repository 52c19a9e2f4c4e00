namespace Darkroom.Imaging.Drawing;

/// <summary>Fills shapes on a picture. One unit is the picture's height, so that a drawing fits every size.</summary>
/// <param name="picture">A colour picture, drawn on in place; draw at twice the size and halve it for smooth edges.</param>
internal sealed class Canvas(PlanarImage picture)
{
    /// <summary>Colours a point of a shape.</summary>
    internal delegate Ink Shader(double x, double y);

    /// <summary>Gets the width in units.</summary>
    internal double Aspect { get; } = picture.Width / (double)picture.Height;

    /// <summary>Gets the size of a pixel in units.</summary>
    internal double Pixel { get; } = 1.0 / picture.Height;

    /// <summary>Colours everything between two heights; the shader is called from several threads.</summary>
    internal void Band(double top, double bottom, Shader shader)
    {
        Parallel.For(Row(top), Row(bottom), y => Span(y, 0, picture.Width, shader));
    }

    /// <summary>Colours everything below a line, down to a height; the shader is called from several threads.</summary>
    internal void Below(Func<double, double> line, double bottom, Shader shader)
    {
        Parallel.For(0, picture.Width, column =>
        {
            var x = (column + 0.5) * Pixel;
            for (var y = Row(line(x)); y < Row(bottom); y++)
                Set(column, y, shader(x, (y + 0.5) * Pixel));
        });
    }

    /// <summary>Darkens an ellipse softly: the shadow of what stands there.</summary>
    internal void Shadow(double centreX, double centreY, double radiusX, double radiusY, double depth)
    {
        Ellipse(centreX, centreY, radiusX, radiusY, (x, y) =>
        {
            var (u, v) = ((x - centreX) / radiusX, (y - centreY) / radiusY);
            return Get((int)(x / Pixel), (int)(y / Pixel)).Lit(1 - (depth * Math.Clamp(2 * (1 - Math.Sqrt((u * u) + (v * v))), 0, 1)));
        });
    }

    /// <summary>Fills an ellipse.</summary>
    internal void Ellipse(double centreX, double centreY, double radiusX, double radiusY, Shader shader)
    {
        for (var y = Row(centreY - radiusY); y < Row(centreY + radiusY); y++)
        {
            var v = (((y + 0.5) * Pixel) - centreY) / radiusY;
            var half = radiusX * Math.Sqrt(Math.Max(0, 1 - (v * v)));
            Span(y, Column(centreX - half), Column(centreX + half), shader);
        }
    }

    /// <summary>Fills a disc of one colour.</summary>
    internal void Disc(double centreX, double centreY, double radius, Ink ink) => Ellipse(centreX, centreY, radius, radius, (_, _) => ink);

    /// <summary>Fills a polygon.</summary>
    internal void Polygon(ReadOnlySpan<(double X, double Y)> points, Shader shader)
    {
        var (top, bottom) = (double.MaxValue, double.MinValue);
        foreach (var (_, y) in points)
            (top, bottom) = (Math.Min(top, y), Math.Max(bottom, y));

        var crossings = new List<double>();
        for (var row = Row(top); row < Row(bottom); row++)
        {
            var y = (row + 0.5) * Pixel;
            crossings.Clear();
            for (var i = 0; i < points.Length; i++)
            {
                var (a, b) = (points[i], points[(i + 1) % points.Length]);
                if ((a.Y <= y) != (b.Y <= y))
                    crossings.Add(a.X + ((y - a.Y) / (b.Y - a.Y) * (b.X - a.X)));
            }

            crossings.Sort();
            for (var i = 0; i + 1 < crossings.Count; i += 2)
                Span(row, Column(crossings[i]), Column(crossings[i + 1]), shader);
        }
    }

    /// <summary>Fills a rectangle.</summary>
    internal void Rectangle(double left, double top, double width, double height, Shader shader)
    {
        for (var y = Row(top); y < Row(top + height); y++)
            Span(y, Column(left), Column(left + width), shader);
    }

    /// <summary>Fills a rectangle of one colour.</summary>
    internal void Rectangle(double left, double top, double width, double height, Ink ink) => Rectangle(left, top, width, height, (_, _) => ink);

    /// <summary>Draws a straight line.</summary>
    internal void Line(double fromX, double fromY, double toX, double toY, double width, Ink ink)
    {
        var length = Math.Sqrt(((toX - fromX) * (toX - fromX)) + ((toY - fromY) * (toY - fromY)));
        var (acrossX, acrossY) = (-(toY - fromY) / length * width / 2, (toX - fromX) / length * width / 2);
        Polygon(
            [(fromX + acrossX, fromY + acrossY), (toX + acrossX, toY + acrossY), (toX - acrossX, toY - acrossY), (fromX - acrossX, fromY - acrossY)],
            (_, _) => ink);
    }

    /// <summary>Writes a line of text with its top left corner at a point.</summary>
    /// <param name="text">The text.</param>
    /// <param name="left">Left edge.</param>
    /// <param name="top">Top edge.</param>
    /// <param name="height">Height of a capital letter.</param>
    /// <param name="ink">Colour.</param>
    internal void Text(string text, double left, double top, double height, Ink ink)
    {
        var dot = height / BitmapFont.Height;
        for (var i = 0; i < text.Length; i++)
        {
            for (var row = 0; row < BitmapFont.Height; row++)
            {
                for (var column = 0; column < BitmapFont.Width; column++)
                {
                    if (BitmapFont.IsSet(text[i], column, row))
                        Rectangle(left + (((i * BitmapFont.Advance) + column) * dot), top + (row * dot), dot, dot, ink);
                }
            }
        }
    }

    /// <summary>Gets the width of a line of text.</summary>
    internal static double TextWidth(string text, double height) => Math.Max(0, (text.Length * BitmapFont.Advance) - 1) * height / BitmapFont.Height;

    private void Span(int row, int from, int to, Shader shader)
    {
        if ((uint)row >= (uint)picture.Height)
            return;
        var y = (row + 0.5) * Pixel;
        for (var column = Math.Max(from, 0); column < Math.Min(to, picture.Width); column++)
            Set(column, row, shader((column + 0.5) * Pixel, y));
    }

    private void Set(int column, int row, Ink ink)
    {
        if ((uint)column >= (uint)picture.Width || (uint)row >= (uint)picture.Height)
            return;
        var (plane, at) = (picture.Width * picture.Height, (row * picture.Width) + column);
        picture.Pixels[at] = ink.Red;
        picture.Pixels[at + plane] = ink.Green;
        picture.Pixels[at + (2 * plane)] = ink.Blue;
    }

    private Ink Get(int column, int row)
    {
        var (plane, at) = (picture.Width * picture.Height, (row * picture.Width) + column);
        return new Ink(picture.Pixels[at], picture.Pixels[at + plane], picture.Pixels[at + (2 * plane)]);
    }

    // A pixel belongs to a shape if its centre does.
    private static int Nearest(double value) => (int)Math.Ceiling(Math.Clamp(value, -1e6, 1e6) - 0.5);

    private int Row(double y) => Math.Clamp(Nearest(y / Pixel), 0, picture.Height);

    private int Column(double x) => Nearest(x / Pixel);
}
