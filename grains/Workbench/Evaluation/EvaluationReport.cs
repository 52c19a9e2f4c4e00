using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Darkroom.Workbench.Evaluation;

/// <summary>Says what came of an evaluation: a line a picture, and the means.</summary>
/// <param name="count">Number of pictures.</param>
public sealed class EvaluationReport(int count)
{
    private static readonly JsonSerializerOptions Json = new() { DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull };

    private readonly List<EvaluationResult> results = [];

    /// <summary>Gets or sets what metrics say of all pictures together, such as FID.</summary>
    public IReadOnlyList<MetricValue> OfSet { get; set; } = [];

    /// <summary>Gets a value indicating whether the truth is known.</summary>
    public bool HasReferences => results.All(result => result.Output is not null);

    /// <summary>Adds a picture.</summary>
    /// <returns>Its line.</returns>
    public string Add(EvaluationResult result)
    {
        // Pixels are not kept: a set may be large.
        results.Add(result with { Reference = null, Degraded = null!, Restored = null! });
        var line = new StringBuilder().Append(CultureInfo.InvariantCulture, $"[{results.Count}/{count}] {result.Item.Name}  {result.Restored.Width}x{result.Restored.Height}");
        if (result is { Input: { } input, Output: { } output })
            line.Append(CultureInfo.InvariantCulture, $"  input {input.Psnr:F3} / {input.Ssim:F4}  psnr {output.Psnr:F3}  ssim {output.Ssim:F4}");
        foreach (var value in result.More)
            line.Append(CultureInfo.InvariantCulture, $"  {value.Name} {value.Input:F4} to {value.Output:F4}");
        return line.Append(CultureInfo.InvariantCulture, $"  {result.Elapsed.TotalSeconds:F2} s").ToString();
    }

    /// <summary>Gets the means of the metrics beside PSNR and SSIM, and what is said of the whole set; pictures that are too small are left out.</summary>
    public IReadOnlyList<(MetricValue Value, int Count)> More =>
    [
        .. results.SelectMany(result => result.More).GroupBy(value => value.Name).Select(Mean),
        .. OfSet.Select(value => (value, results.Count)),
    ];

    /// <summary>Gets the means of the degraded pictures; null where the truth is not known.</summary>
    public Quality? Input => HasReferences ? new(results.Average(result => result.Input!.Psnr), results.Average(result => result.Input!.Ssim)) : null;

    /// <summary>Gets the means of the restored pictures; null where the truth is not known.</summary>
    public Quality? Output => HasReferences ? new(results.Average(result => result.Output!.Psnr), results.Average(result => result.Output!.Ssim)) : null;

    /// <summary>Gets how long a picture took (s), the median.</summary>
    public double Seconds => results.Select(result => result.Elapsed.TotalSeconds).Order().ElementAt(results.Count / 2);

    /// <summary>Gets the line before the last: the means of the degraded pictures.</summary>
    public string InputLine => Line("input", Input!);

    /// <summary>Gets the last line, for programs: <c>mean psnr=30.512 ssim=0.8712 n=68</c>.</summary>
    public string MeanLine => Line("mean", Output!);

    /// <summary>Gets the lines of the other metrics: <c>niqe input=6.1203 restored=3.4120 reference=3.3301 n=68</c>.</summary>
    public IEnumerable<string> MoreLines => More.Select(metric => string.Create(
        CultureInfo.InvariantCulture,
        $"{metric.Value.Name} input={metric.Value.Input:F4} restored={metric.Value.Output:F4}{(metric.Value.Reference is { } reference ? string.Create(CultureInfo.InvariantCulture, $" reference={reference:F4}") : string.Empty)} n={metric.Count}"));

    /// <summary>Writes a table, a row a picture and one for the means.</summary>
    public string ToMarkdown()
    {
        var names = More.Select(metric => metric.Value.Name).ToList();
        var text = new StringBuilder("| picture |");
        if (HasReferences)
            text.Append(" input PSNR | input SSIM | PSNR | SSIM |");
        foreach (var name in names)
            text.Append(CultureInfo.InvariantCulture, $" input {name} | {name} |");
        text.AppendLine(" s |").Append("| --- |").Insert(text.Length, " ---: |", (HasReferences ? 4 : 0) + (2 * names.Count) + 1).AppendLine();
        foreach (var result in results)
            AddRow(text, result.Item.Name, result.Input, result.Output, names.Select(name => result.More.FirstOrDefault(value => value.Name == name)), result.Elapsed.TotalSeconds);
        AddRow(text, $"**{results.Count} pictures**", Input, Output, More.Select(metric => metric.Value), Seconds);
        return text.ToString();
    }

    /// <summary>Makes the line of JSON for one picture.</summary>
    public static string ToJson(EvaluationResult result) => JsonSerializer.Serialize(
        new
        {
            image = result.Item.Name,
            reference = result.Item.ReferencePath is { } path ? Path.GetFileName(path) : null,
            inputPsnr = Finite(result.Input?.Psnr),
            inputSsim = result.Input?.Ssim,
            psnr = Finite(result.Output?.Psnr),
            ssim = result.Output?.Ssim,
            metrics = result.More.Count == 0 ? null : result.More.ToDictionary(
                value => value.Name,
                value => new { input = Finite(value.Input), restored = Finite(value.Output), reference = Finite(value.Reference) }),
            seconds = result.Elapsed.TotalSeconds,
            instruction = result.Instruction,
        },
        Json);

    private static (MetricValue Value, int Count) Mean(IGrouping<string, MetricValue> values)
    {
        var measured = values.Where(value => !double.IsNaN(value.Input) && !double.IsNaN(value.Output)).ToList();
        return measured.Count == 0
            ? (new MetricValue(values.Key, double.NaN, double.NaN), 0)
            : (new MetricValue(
                values.Key, measured.Average(value => value.Input), measured.Average(value => value.Output),
                measured.TrueForAll(value => value.Reference is not null) ? measured.Average(value => value.Reference!.Value) : null), measured.Count);
    }

    private static void AddRow(StringBuilder text, string name, Quality? input, Quality? output, IEnumerable<MetricValue?> more, double seconds)
    {
        text.Append(CultureInfo.InvariantCulture, $"| {name} |");
        if (input is not null && output is not null)
            text.Append(CultureInfo.InvariantCulture, $" {input.Psnr:F2} | {input.Ssim:F4} | {output.Psnr:F2} | {output.Ssim:F4} |");
        foreach (var value in more)
            text.Append(value is null ? " | |" : string.Create(CultureInfo.InvariantCulture, $" {value.Input:F4} | {value.Output:F4} |"));
        text.AppendLine(CultureInfo.InvariantCulture, $" {seconds:F2} |");
    }

    private string Line(string name, Quality quality) => string.Create(
        CultureInfo.InvariantCulture, $"{name} psnr={quality.Psnr:F3} ssim={quality.Ssim:F4} n={results.Count}");

    // JSON has no infinity, which equal pictures have.
    private static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;
}
