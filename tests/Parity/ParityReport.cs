using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Xunit;

[assembly: AssemblyFixture(typeof(Darkroom.Tests.Parity.ParityTable))]

namespace Darkroom.Tests.Parity;

/// <summary>Collects the largest error of each comparison.</summary>
internal static class ParityReport
{
    private static readonly ConcurrentDictionary<(string Fixture, string Key), Row> Rows = new();

    /// <summary>Notes a comparison.</summary>
    /// <param name="fixture">The fixture.</param>
    /// <param name="key">What was compared.</param>
    /// <param name="worst">Largest absolute error.</param>
    /// <param name="allowed">Largest absolute error that is allowed.</param>
    /// <param name="largestValue">Largest absolute value of the reference.</param>
    /// <param name="share">Largest error as a share of what is allowed at its place, or null for that of the two numbers.</param>
    public static void Add(string fixture, string key, double worst, double allowed, double largestValue, double? share = null)
    {
        var row = new Row(key, worst, largestValue, share ?? (worst == 0 ? 0 : worst / allowed));
        Rows[(fixture, key)] = row;
        TestContext.Current.TestOutputHelper?.WriteLine(Line(fixture, 1, row));
    }

    /// <summary>A table in Markdown: for each fixture the comparison that came closest to its tolerance.</summary>
    public static string Table()
    {
        if (Rows.IsEmpty)
            return "";
        var table = new StringBuilder()
            .Append("| fixture | compared | closest to its tolerance | largest error there | largest value there | share of tolerance |\n")
            .Append("| --- | ---: | --- | ---: | ---: | ---: |\n");
        foreach (var group in Rows.GroupBy(row => row.Key.Fixture, row => row.Value).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var worst = group.OrderByDescending(row => row.Share).ThenByDescending(row => row.Worst).ThenBy(row => row.Key, StringComparer.Ordinal).First();
            table.Append(Line(group.Key, group.Count(), worst)).Append('\n');
        }

        return table.ToString();
    }

    private static string Line(string fixture, int count, Row row) => string.Create(CultureInfo.InvariantCulture,
        $"| {fixture} | {count} | {row.Key} | {row.Worst:0.0E+0} | {row.LargestValue:G3} | {row.Share:0.0 %} |");

    private sealed record Row(string Key, double Worst, double LargestValue, double Share);
}

/// <summary>Writes the table to the file that <c>DARKROOM_PARITY_REPORT</c> names when all tests have run; <c>./cluster test</c> prints it.</summary>
public sealed class ParityTable : IDisposable
{
    public void Dispose()
    {
        if (Environment.GetEnvironmentVariable("DARKROOM_PARITY_REPORT") is { Length: > 0 } path)
            File.WriteAllText(path, ParityReport.Table());
    }
}
