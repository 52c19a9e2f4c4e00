using Darkroom.Imaging;

namespace Darkroom.Workbench.Evaluation;

/// <summary>How near a picture is to the truth.</summary>
/// <param name="Psnr">Peak signal-to-noise ratio (dB).</param>
/// <param name="Ssim">Structural similarity, 11 x 11 Gaussian window.</param>
public sealed record Quality(double Psnr, double Ssim);

/// <summary>What another metric says, beside PSNR and SSIM.</summary>
/// <param name="Name">The metric's name.</param>
/// <param name="Input">Of the degraded picture.</param>
/// <param name="Output">Of the result.</param>
/// <param name="Reference">Of the ground truth itself, where the metric needs no reference and there is one.</param>
public sealed record MetricValue(string Name, double Input, double Output, double? Reference = null);

/// <summary>What came of one picture.</summary>
/// <param name="Item">The picture.</param>
/// <param name="Reference">The ground truth, or null.</param>
/// <param name="Degraded">What was restored, as a person sees it.</param>
/// <param name="Restored">The result.</param>
/// <param name="Instruction">The words that steered.</param>
/// <param name="Input">Quality of the degraded picture, or null without a ground truth.</param>
/// <param name="Output">Quality of the result, or null without a ground truth.</param>
/// <param name="Elapsed">Time that describing and restoring took.</param>
public sealed record EvaluationResult(
    EvaluationItem Item,
    PlanarImage? Reference,
    PlanarImage Degraded,
    PlanarImage Restored,
    string Instruction,
    Quality? Input,
    Quality? Output,
    TimeSpan Elapsed)
{
    /// <summary>Gets what the other metrics say.</summary>
    public IReadOnlyList<MetricValue> More { get; init; } = [];
}
