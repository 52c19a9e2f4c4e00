using System.Globalization;
using Darkroom.Models.Training.Loop;

namespace Darkroom.Workbench.Training;

/// <summary>Tells in one line where a training stands and how long it will take.</summary>
internal static class ProgressLine
{
    public static string Of(TrainingReport report, int steps) => string.Create(CultureInfo.InvariantCulture,
        $"{report.Fraction,6:P1}  step {report.Step}/{steps}  {string.Join("  ", report.Losses.Select(loss => string.Create(CultureInfo.InvariantCulture, $"{loss.Name} {loss.Value:G4}")))}  norm {report.GradientNorm:G3}  rate {report.LearningRate:E1}  {Clock(report.Elapsed)}, {Clock(report.Remaining)} left");

    // Hours go on counting where a day would begin.
    private static string Clock(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalHours:00}:{time.Minutes:00}:{time.Seconds:00}");
}
