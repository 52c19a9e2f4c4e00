namespace Darkroom.Cli.Output;

/// <summary>Lines whose words stand below each other.</summary>
internal static class Columns
{
    private const string Gap = "  ";

    /// <summary>Writes rows with columns as wide as their widest cell; the last one is as long as it is.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="header">The columns' names.</param>
    /// <param name="rows">The rows, each with a cell for every column.</param>
    public static void Write(TextWriter writer, IReadOnlyList<string> header, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var widths = header.Select((name, column) => rows.Select(row => row[column].Length).Append(name.Length).Max()).ToArray();
        foreach (var row in rows.Prepend(header))
            writer.WriteLine(PlainText.Of(string.Join(Gap, row.Select((cell, column) => column < row.Count - 1 ? cell.PadRight(widths[column]) : cell)).ReplaceLineEndings(" ").TrimEnd()));
    }
}
