using System.CommandLine;
using Darkroom.Cli.CommandLine;
using Darkroom.Workbench.Evaluation.Metrics;

namespace Darkroom.Workbench.Evaluation;

/// <summary>Options that say what is measured and written.</summary>
internal sealed class MeasureOptions
{
    private readonly Option<bool> luma = new("--luma") { Description = "Measure PSNR and SSIM on Y of BT.601, as the deraining literature does, instead of all channels." };
    private readonly Option<string?> metrics = new("--metrics") { Description = $"More metrics, with commas: {string.Join(", ", MetricSet.Names)}. Default: none; niqe with --no-reference.", HelpName = "LIST" };
    private readonly Option<string?> sheet = new("--sheet") { Description = "Picture file to write: degraded, restored and reference, a row a picture.", HelpName = "FILE" };
    private readonly Option<string?> json = new("--json") { Description = "File to write: a line of JSON a picture.", HelpName = "FILE" };
    private readonly Option<string?> markdown = new("--markdown") { Description = "File to write: a table.", HelpName = "FILE" };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[luma, metrics, sheet, json, markdown])
            command.Add(option);
    }

    /// <summary>Whether PSNR and SSIM are measured on luma.</summary>
    public bool ReadLuma(ParseResult result) => result.GetValue(luma);

    /// <summary>The files to write.</summary>
    public EvaluationOutputs ReadOutputs(ParseResult result) => new(result.GetValue(sheet), result.GetValue(json), result.GetValue(markdown));

    /// <summary>The names of the metrics for a suite, of whose sets some have no references: NIQE is always one of them.</summary>
    public IReadOnlyList<string> ReadSuiteMetrics(ParseResult result) => [.. MetricSet.WithoutReference.Take(1).Union(ReadMetrics(result, isAlone: false))];

    /// <summary>The names of the metrics.</summary>
    /// <param name="result">What was said.</param>
    /// <param name="isAlone">Whether there is no ground truth.</param>
    /// <exception cref="InputException">A name is not known, or the metric needs the ground truth.</exception>
    public IReadOnlyList<string> ReadMetrics(ParseResult result, bool isAlone)
    {
        var allowed = isAlone ? MetricSet.WithoutReference : MetricSet.Names;
        var named = (result.GetValue(metrics) ?? (isAlone ? MetricSet.WithoutReference[0] : string.Empty)).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return Array.Find(named, name => !allowed.Contains(name, StringComparer.Ordinal)) is { } unknown
            ? throw new InputException($"--metrics names '{unknown}'; allowed are {string.Join(", ", allowed)}{(isAlone ? " where there is no reference" : string.Empty)}.")
            : named;
    }
}
