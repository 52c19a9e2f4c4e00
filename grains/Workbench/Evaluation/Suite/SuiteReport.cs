using System.Globalization;
using System.Text;

namespace Darkroom.Workbench.Evaluation.Suite;

/// <summary>Writes what came of a suite.</summary>
/// <param name="Model">What restored, in words.</param>
/// <param name="Command">The command.</param>
/// <param name="Time">When.</param>
/// <param name="Load">How many processes wanted the machine's processors, or null where it does not tell.</param>
public sealed record SuiteReport(string Model, string Command, DateTimeOffset Time, double? Load)
{
    private const double MaxSeconds = 0.6;

    /// <summary>Gets the rows.</summary>
    public List<SuiteRow> Rows { get; } = [];

    /// <summary>Gets or sets how true and false words compare.</summary>
    public SuiteWords? Words { get; set; }

    /// <summary>Gets or sets how long a picture of 512 x 512 takes without the description (s).</summary>
    public double? Seconds { get; set; }

    /// <summary>Writes it as Markdown.</summary>
    public string ToMarkdown()
    {
        var text = new StringBuilder()
            .AppendLine("# Quality")
            .AppendLine()
            .AppendLine(CultureInfo.InvariantCulture, $"`{Command}` of {Time:yyyy-MM-dd HH:mm} UTC: {Model}{(Load is null ? string.Empty : FormattableString.Invariant($", load of the machine {Load:F1}"))}.")
            .AppendLine("Measured as [evaluation](evaluation.md) says; the words come from the describer, as in the product. The pictures are not part of the project, and nothing is")
            .AppendLine("trained on them or chosen by them.")
            .AppendLine()
            .AppendLine("## Held to floors")
            .AppendLine()
            .AppendLine("| set | n | input PSNR | PSNR | SSIM | measured | floor | aim | |")
            .AppendLine("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |");
        foreach (var row in Rows.Where(row => row.Floor is not null))
        {
            AppendHeld(
                text, Describe(row), row.Count, row.Input?.Psnr, row.Output?.Psnr, row.Output?.Ssim, row.Measured!.Value, row.Floor!.Floor, row.Floor.Aim,
                row.Floor.Measure == SuiteMeasure.Psnr ? "dB" : "dB over input");
        }

        if (Words is { } words)
            AppendHeld(text, "false words against true words, sigma 50", null, null, words.True, null, words.Loss, SuiteSet.WordsLoss.Floor, SuiteSet.WordsLoss.Aim, "dB lost");
        if (Seconds is { } seconds)
            text.AppendLine(CultureInfo.InvariantCulture, $"| 512 x 512 on this machine | | | | | {seconds:F2} s | {MaxSeconds:F2} s | | {JudgeTime(seconds)} |");
        text.AppendLine().AppendLine("## All sets").AppendLine();
        AppendAll(text);
        return text.ToString();
    }

    private static string Describe(SuiteRow row) => row.Name.Contains(row.What, StringComparison.Ordinal) || row.What == "pairs" ? row.Name : $"{row.Name} ({row.What})";

    private static void AppendHeld(
        StringBuilder text, string name, int? count, double? input, double? output, double? ssim, double measured, double floor, double aim, string unit)
    {
        var verdict = measured >= aim ? "aim met" : measured >= floor ? "met" : string.Create(CultureInfo.InvariantCulture, $"MISSED by {floor - measured:F2}");
        text.AppendLine(CultureInfo.InvariantCulture, $"| {name} | {count} | {input:F2} | {output:F2} | {ssim:F4} | {measured:F2} {unit} | {floor:F1} | {aim:F1} | {verdict} |");
    }

    // What others take from a busy machine is not the model's.
    private string JudgeTime(double seconds) =>
        seconds <= MaxSeconds ? "met" : Load > Environment.ProcessorCount ? "not judged: others used the machine" : "MISSED";

    private void AppendAll(StringBuilder text)
    {
        var names = Rows.SelectMany(row => row.More).Select(value => value.Name).Distinct(StringComparer.Ordinal).ToList();
        text.Append("| set | n | input PSNR / SSIM | PSNR / SSIM |");
        foreach (var name in names)
            text.Append(CultureInfo.InvariantCulture, $" {name}: input, restored, reference |");
        text.AppendLine(" s a picture |").Append("| --- | ---: | ---: | ---: |").Insert(text.Length, " ---: |", names.Count + 1).AppendLine();
        foreach (var row in Rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {Describe(row)} | {row.Count} | {Pair(row.Input)} | {Pair(row.Output)} |");
            foreach (var name in names)
                text.Append(CultureInfo.InvariantCulture, $" {Values(row.More.FirstOrDefault(value => value.Name == name))} |");
            text.AppendLine(CultureInfo.InvariantCulture, $" {row.Seconds:F2} |");
        }

        static string Pair(Quality? quality) => quality is null ? string.Empty : string.Create(CultureInfo.InvariantCulture, $"{quality.Psnr:F2} / {quality.Ssim:F4}");

        static string Values(MetricValue? value) => value is null
            ? string.Empty
            : string.Create(CultureInfo.InvariantCulture, $"{value.Input:F2}, {value.Output:F2}{(value.Reference is { } reference ? string.Create(CultureInfo.InvariantCulture, $", {reference:F2}") : string.Empty)}");
    }
}
