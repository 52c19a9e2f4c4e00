using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Darkroom.Bench.Harness;

/// <summary>Collects what was measured and writes it as a Markdown table.</summary>
/// <param name="output">Told of each row as it comes.</param>
internal sealed class BenchmarkTable(TextWriter output)
{
    private readonly List<string> rows = [];

    /// <summary>Gets how many targets were missed.</summary>
    public int MissedCount { get; private set; }

    /// <summary>Adds a row.</summary>
    /// <param name="what">What was measured.</param>
    /// <param name="measured">The value, with its unit.</param>
    /// <param name="target">What is aimed at, or empty.</param>
    /// <param name="isMet">Whether it was reached; null without a target.</param>
    /// <param name="details">What else one must know: sizes, threads, peers.</param>
    public void Add(string what, string measured, string target, bool? isMet, string details)
    {
        if (isMet == false)
            MissedCount++;
        var verdict = isMet switch { true => "met", false => "MISSED", null => "" };
        var row = $"| {what} | {measured} | {target} | {verdict} | {details} |";
        rows.Add(row);
        output.WriteLine(row);
    }

    /// <summary>Adds a benchmark that could not be run.</summary>
    public void AddSkipped(string name, string reason) => Add(name, "skipped", string.Empty, null, reason);

    /// <summary>Writes the whole table with the machine and the date.</summary>
    public string ToMarkdown(DateTimeOffset now)
    {
        var text = new StringBuilder()
            .AppendLine(CultureInfo.InvariantCulture, $"# Benchmarks of {now:yyyy-MM-dd HH:mm} UTC")
            .AppendLine()
            .AppendLine(CultureInfo.InvariantCulture, $"{Machine()}.")
            .AppendLine()
            .AppendLine("| what | measured | target | | details |")
            .AppendLine("| --- | --- | --- | --- | --- |");
        rows.ForEach(row => text.AppendLine(row));
        return text.ToString();
    }

    private static string Machine()
    {
        var cpu = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim()
            : null;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{cpu ?? "unknown processor"}, {Environment.ProcessorCount} cores, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30} GiB, " +
            $"{RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}");
    }
}
