using System.Globalization;
using Darkroom.Imaging.Drawing;

namespace Darkroom.Imaging.Sheets;

/// <summary>A curve of a sheet.</summary>
/// <param name="Name">What it shows.</param>
/// <param name="Points">Its points, x rising.</param>
public sealed record Curve(string Name, IReadOnlyList<(double X, double Y)> Points);

/// <summary>Draws curves, each in a panel of its own with its own range, one below the other: such as the losses of a training.</summary>
public static class CurveSheet
{
    private const int Width = 960;                                              // pixels
    private const int PanelHeight = 180;
    private const int Oversampling = 2;                                         // for smooth lines
    private const int LetterHeight = 11;
    private const int Left = 96;
    private const int Right = 16;
    private const int Top = 30;
    private const int Bottom = 26;
    private const double Smoothing = 0.9;                                       // share of the old mean at each point

    private static readonly Ink Paper = Ink.Of(0x16181C);
    private static readonly Ink Grid = Ink.Of(0x34383F);
    private static readonly Ink Lettering = Ink.Of(0xF2F2F0);
    private static readonly Ink Raw = Ink.Of(0x4A5A6A);
    private static readonly Ink Smooth = Ink.Of(0xFFB454);

    /// <summary>Draws curves: the values grey, their running mean bright.</summary>
    /// <param name="curves">The curves, at least one; points that are not finite are left out.</param>
    /// <returns>A picture 960 pixels wide.</returns>
    /// <exception cref="ArgumentException">There is no curve.</exception>
    public static PlanarImage Draw(IReadOnlyList<Curve> curves)
    {
        if (curves.Count == 0)
            throw new ArgumentException("A sheet has at least one curve.", nameof(curves));
        var large = new PlanarImage(Width * Oversampling, PanelHeight * curves.Count * Oversampling);
        var canvas = new Canvas(large);
        canvas.Band(0, 1, (_, _) => Paper);
        var dot = canvas.Pixel * Oversampling;                                  // a pixel of the finished sheet, in the canvas' units
        for (var i = 0; i < curves.Count; i++)
            DrawPanel(canvas, dot, i * PanelHeight, curves[i]);
        return Halve(large);
    }

    private static void DrawPanel(Canvas canvas, double dot, int offset, Curve curve)
    {
        var points = curve.Points.Where(point => double.IsFinite(point.X) && double.IsFinite(point.Y)).ToList();
        var (lowest, highest) = Range(points.ConvertAll(point => point.Y));
        var (first, last) = Range(points.ConvertAll(point => point.X));
        var (bottom, height) = (offset + PanelHeight - Bottom, PanelHeight - Top - Bottom);
        Write($"{curve.Name}", Left, offset + 8);
        foreach (var part in (double[])[0, 0.5, 1])
        {
            var y = bottom - (part * height);
            canvas.Line(Left * dot, y * dot, (Width - Right) * dot, y * dot, dot, Grid);
            Write(Number(lowest + (part * (highest - lowest))), 8, y - (LetterHeight / 2.0));
        }

        Write(Number(first), Left, bottom + 8);
        var end = Number(last);
        Write(end, Width - Right - (Canvas.TextWidth(end, LetterHeight * dot) / dot), bottom + 8);
        Connect(points.ConvertAll(Place), dot, Raw);
        Connect(RunningMean(points).ConvertAll(Place), 2 * dot, Smooth);

        void Write(string text, double x, double y) => canvas.Text(text, x * dot, y * dot, LetterHeight * dot, Lettering);

        (double X, double Y) Place((double X, double Y) point) => (
            (Left + ((point.X - first) / (last - first) * (Width - Left - Right))) * dot,
            (bottom - ((point.Y - lowest) / (highest - lowest) * height)) * dot);

        void Connect(List<(double X, double Y)> places, double width, Ink ink)
        {
            foreach (var (from, to) in places.Zip(places.Skip(1)))
            {
                if (from != to)
                    canvas.Line(from.X, from.Y, to.X, to.Y, width, ink);
            }
        }
    }

    // Its start counts for what it is worth, as Adam corrects its means.
    private static List<(double X, double Y)> RunningMean(List<(double X, double Y)> points)
    {
        var (sum, weight) = (0.0, 0.0);
        return points.ConvertAll(point =>
        {
            (sum, weight) = ((Smoothing * sum) + ((1 - Smoothing) * point.Y), (Smoothing * weight) + 1 - Smoothing);
            return (point.X, sum / weight);
        });
    }

    // Never empty, so that it can be divided by.
    private static (double Lowest, double Highest) Range(List<double> values)
    {
        if (values.Count == 0)
            return (0, 1);
        var (lowest, highest) = (values.Min(), values.Max());
        return highest > lowest ? (lowest, highest) : (lowest, lowest + Math.Max(1e-9, Math.Abs(lowest)));
    }

    private static string Number(double value) => value.ToString("G4", CultureInfo.InvariantCulture);

    private static PlanarImage Halve(PlanarImage large)
    {
        var sheet = new PlanarImage(large.Width / Oversampling, large.Height / Oversampling);
        for (var channel = 0; channel < sheet.Channels; channel++)
        {
            for (var y = 0; y < sheet.Height; y++)
            {
                var upper = large.Row(channel, Oversampling * y);
                var lower = large.Row(channel, (Oversampling * y) + 1);
                var row = sheet.Row(channel, y);
                for (var x = 0; x < row.Length; x++)
                    row[x] = (upper[2 * x] + upper[(2 * x) + 1] + lower[2 * x] + lower[(2 * x) + 1]) / 4;
            }
        }

        return sheet;
    }
}
