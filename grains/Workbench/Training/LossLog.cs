using System.Globalization;
using Darkroom.Imaging.Codecs;
using Darkroom.Imaging.Sheets;
using Darkroom.Models.Training.Loop;

namespace Darkroom.Workbench.Training;

/// <summary>The losses of a training as a table (CSV) and as a picture; a training that goes on continues both.</summary>
internal sealed class LossLog : IDisposable
{
    private const string FixedColumns = "step,seconds,learning_rate,gradient_norm";
    private const int StepsPerPicture = 20;                                     // rows from one picture to the next

    private readonly string tablePath;
    private readonly string curvePath;
    private readonly List<string> rows = [];
    private string? header;
    private StreamWriter? writer;
    private int sincePicture;

    /// <summary>Opens the log.</summary>
    /// <param name="tablePath">The table.</param>
    /// <param name="curvePath">The picture.</param>
    /// <param name="step">Steps done: rows of later ones, written before a crash, are dropped.</param>
    public LossLog(string tablePath, string curvePath, int step)
    {
        (this.tablePath, this.curvePath) = (tablePath, curvePath);
        if (step == 0 || !File.Exists(tablePath))
            return;
        var lines = File.ReadAllLines(tablePath);
        header = lines.FirstOrDefault();
        rows.AddRange(lines.Skip(1).Where(line => int.TryParse(line.Split(',')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at <= step));
    }

    /// <summary>Adds a row.</summary>
    public void Add(TrainingReport report)
    {
        header ??= $"{FixedColumns},{string.Join(',', report.Losses.Select(loss => loss.Name))}";
        if (writer is null)
        {
            writer = new StreamWriter(tablePath) { AutoFlush = true };
            writer.WriteLine(header);
            rows.ForEach(writer.WriteLine);
        }

        rows.Add(string.Create(CultureInfo.InvariantCulture,
            $"{report.Step},{report.Elapsed.TotalSeconds:F1},{report.LearningRate:G6},{report.GradientNorm:G6},{string.Join(',', report.Losses.Select(loss => loss.Value.ToString("G8", CultureInfo.InvariantCulture)))}"));
        writer.WriteLine(rows[^1]);
        if (++sincePicture >= StepsPerPicture)
            Draw();
    }

    /// <summary>Draws the picture of all rows.</summary>
    public void Draw()
    {
        sincePicture = 0;
        if (header is null || rows.Count == 0)
            return;
        var cells = rows.ConvertAll(row => Array.ConvertAll(row.Split(','), cell => double.Parse(cell, CultureInfo.InvariantCulture)));
        var names = header.Split(',');
        var first = FixedColumns.Split(',').Length;
        var curves = Enumerable.Range(first, names.Length - first)
            .Select(column => new Curve(names[column].Replace('_', ' '), [.. cells.Select(row => (row[0], row[column]))])).ToList();
        var part = $"{curvePath}.{Guid.NewGuid():N}.png";
        ImageEncoder.EncodeFile(CurveSheet.Draw(curves), part);
        File.Move(part, curvePath, overwrite: true);
    }

    /// <inheritdoc/>
    public void Dispose() => writer?.Dispose();
}
