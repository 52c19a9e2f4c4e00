using System.Globalization;
using System.Text.Json;

namespace Darkroom.Workbench.Evaluation;

/// <summary>Says what came of an evaluation: a line a picture, and the means.</summary>
/// <param name="count">Number of pictures.</param>
public sealed class EvaluationReport(int count)
{
    private readonly List<EvaluationResult> results = [];

    /// <summary>Adds a picture.</summary>
    /// <returns>Its line.</returns>
    public string Add(EvaluationResult result)
    {
        // Pixels are not kept: a set may be large.
        results.Add(result with { Reference = null!, Degraded = null!, Restored = null! });
        return string.Create(
            CultureInfo.InvariantCulture,
            $"[{results.Count}/{count}] {result.Item.Name}  {result.Restored.Width}x{result.Restored.Height}  input {result.Input.Psnr:F3} / {result.Input.Ssim:F4}" +
            $"  psnr {result.Output.Psnr:F3}  ssim {result.Output.Ssim:F4}  {result.Elapsed.TotalSeconds:F2} s");
    }

    /// <summary>Gets the line before the last: the means of the degraded pictures.</summary>
    public string InputLine => Line("input", result => result.Input);

    /// <summary>Gets the last line, for programs: <c>mean psnr=30.512 ssim=0.8712 n=68</c>.</summary>
    public string MeanLine => Line("mean", result => result.Output);

    /// <summary>Makes the line of JSON for one picture.</summary>
    public static string ToJson(EvaluationResult result) => JsonSerializer.Serialize(new
    {
        image = result.Item.Name,
        reference = Path.GetFileName(result.Item.ReferencePath),
        inputPsnr = Finite(result.Input.Psnr),
        inputSsim = result.Input.Ssim,
        psnr = Finite(result.Output.Psnr),
        ssim = result.Output.Ssim,
        seconds = result.Elapsed.TotalSeconds,
        instruction = result.Instruction,
    });

    private string Line(string name, Func<EvaluationResult, Quality> quality) => string.Create(
        CultureInfo.InvariantCulture,
        $"{name} psnr={results.Average(result => quality(result).Psnr):F3} ssim={results.Average(result => quality(result).Ssim):F4} n={results.Count}");

    // JSON has no infinity, which equal pictures have.
    private static double? Finite(double value) => double.IsFinite(value) ? value : null;
}
