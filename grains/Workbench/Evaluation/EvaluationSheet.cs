using System.Globalization;
using Darkroom.Imaging;
using Darkroom.Imaging.Sheets;

namespace Darkroom.Workbench.Evaluation;

/// <summary>Shows degraded, restored and reference side by side, a row a picture.</summary>
public sealed class EvaluationSheet
{
    private const int RowWidth = 1200;
    private const int MaxHeight = 60_000;   // JPEG ends at 65,535

    private readonly List<PlanarImage> rows = [];

    /// <summary>Adds a picture; what would make the sheet too high is left out.</summary>
    public void Add(EvaluationResult result)
    {
        List<SheetPanel> panels =
        [
            new(result.Degraded, Caption("INPUT", result.Input)),
            new(result.Restored, Caption("RESTORED", result.Output)),
        ];
        if (result.Reference is { } reference)
            panels.Add(new SheetPanel(reference, "REFERENCE"));
        var row = BeforeAfterSheet.Compose(panels, RowWidth);
        if (rows.Sum(other => other.Height) + row.Height <= MaxHeight)
            rows.Add(row);
    }

    /// <summary>Puts the rows below each other.</summary>
    public PlanarImage Compose()
    {
        var sheet = new PlanarImage(rows.Max(row => row.Width), rows.Sum(row => row.Height));
        // Rows of upright pictures are narrower: the frame's colour goes on beside them.
        for (var c = 0; c < sheet.Channels; c++)
            sheet.Plane(c).Fill(rows[0].Row(c, 0)[0]);
        var top = 0;
        foreach (var row in rows)
        {
            for (var c = 0; c < sheet.Channels; c++)
            {
                for (var y = 0; y < row.Height; y++)
                    row.Row(c, y).CopyTo(sheet.Row(c, top + y));
            }

            top += row.Height;
        }

        return sheet;
    }

    private static string Caption(string name, Quality? quality) =>
        quality is null ? name : string.Create(CultureInfo.InvariantCulture, $"{name} {quality.Psnr:F2}");
}
