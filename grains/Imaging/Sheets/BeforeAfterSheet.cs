using Darkroom.Imaging.Drawing;
using Darkroom.Imaging.Resampling;

namespace Darkroom.Imaging.Sheets;

/// <summary>Lays pictures side by side with captions, to compare them.</summary>
public static class BeforeAfterSheet
{
    private const int Gap = 4;
    private static readonly Ink Background = Ink.Of(0x16181C);
    private static readonly Ink Lettering = Ink.Of(0xF2F2F0);

    /// <summary>Lays two pictures side by side.</summary>
    /// <param name="before">The degraded picture.</param>
    /// <param name="after">The restored picture.</param>
    /// <param name="beforeCaption">Caption of the left one.</param>
    /// <param name="afterCaption">Caption of the right one.</param>
    /// <param name="maxWidth">Largest width of the sheet (pixels); pictures are only ever scaled down.</param>
    public static PlanarImage Compose(PlanarImage before, PlanarImage after, string beforeCaption, string afterCaption, int maxWidth = 1600) =>
        Compose([new SheetPanel(before, beforeCaption), new SheetPanel(after, afterCaption)], maxWidth);

    /// <summary>Lays any number of pictures side by side, all as high as the first.</summary>
    /// <param name="panels">Pictures and captions, left to right, at least one.</param>
    /// <param name="maxWidth">Largest width of the sheet (pixels); pictures are only ever scaled down.</param>
    /// <exception cref="ArgumentException">There is no picture, or the width does not hold a pixel of each.</exception>
    public static PlanarImage Compose(IReadOnlyList<SheetPanel> panels, int maxWidth = 1600)
    {
        if (panels.Count == 0)
            throw new ArgumentException("A sheet has at least one picture.", nameof(panels));
        var room = maxWidth - (Gap * (panels.Count + 1));
        if (room < panels.Count)
            throw new ArgumentException($"{panels.Count} pictures do not fit a width of {maxWidth} pixels.", nameof(maxWidth));

        // One height for all, such that the widths fit.
        var proportions = panels.Sum(panel => panel.Picture.Width / (double)panel.Picture.Height);
        var height = Math.Max(1, (int)Math.Min(panels.Min(panel => panel.Picture.Height), room / proportions));
        var pictures = panels.Select(panel => Scale(panel.Picture, height, room / proportions)).ToArray();
        var letterHeight = LetterHeight(panels, pictures);
        var captionHeight = letterHeight == 0 ? 0 : letterHeight * 2;

        var sheet = new PlanarImage(pictures.Sum(picture => picture.Width) + (Gap * (panels.Count + 1)), height + captionHeight + (2 * Gap));
        var canvas = new Canvas(sheet);
        canvas.Band(0, 1, (_, _) => Background);
        var left = Gap;
        for (var i = 0; i < pictures.Length; i++)
        {
            Paste(pictures[i], sheet, left);
            var width = Canvas.TextWidth(panels[i].Caption, letterHeight) * canvas.Pixel;
            canvas.Text(
                panels[i].Caption, ((left + (pictures[i].Width / 2)) * canvas.Pixel) - (width / 2),
                (Gap + height + (letterHeight * 0.6)) * canvas.Pixel, letterHeight * canvas.Pixel, Lettering);
            left += pictures[i].Width + Gap;
        }

        return sheet;
    }

    // A picture that would be less than a pixel high is one high, and as wide as its share all the same.
    private static PlanarImage Scale(PlanarImage picture, int height, double largestHeight)
    {
        var width = picture.Width / (double)picture.Height * Math.Min(height, largestHeight);
        return picture.Height == height && height <= largestHeight ? picture : Resampler.Resize(picture, Math.Max(1, (int)width), height);
    }

    // The same whole number of pixels a dot in all captions, so that letters are sharp; none where not even one fits.
    private static int LetterHeight(IReadOnlyList<SheetPanel> panels, PlanarImage[] pictures)
    {
        const int largestDot = 4, widthOfDot = 500;
        var dot = Math.Clamp(pictures.Max(picture => picture.Width) / widthOfDot + 1, 1, largestDot);
        while (dot > 0 && panels.Where((panel, i) => Canvas.TextWidth(panel.Caption, dot * BitmapFont.Height) > pictures[i].Width).Any())
            dot--;
        return panels.All(panel => panel.Caption.Length == 0) ? 0 : dot * BitmapFont.Height;
    }

    private static void Paste(PlanarImage picture, PlanarImage sheet, int left)
    {
        for (var c = 0; c < 3; c++)
        {
            for (var y = 0; y < picture.Height; y++)
                picture.Row(picture.IsGrey ? 0 : c, y).CopyTo(sheet.Row(c, y + Gap)[left..]);
        }
    }
}

/// <summary>One picture of a sheet.</summary>
/// <param name="Picture">The picture.</param>
/// <param name="Caption">A few words below it; the font has capitals, digits and <c>. , : - + = / % ( ) ' ! ? &lt; &gt;</c>.</param>
public sealed record SheetPanel(PlanarImage Picture, string Caption);
