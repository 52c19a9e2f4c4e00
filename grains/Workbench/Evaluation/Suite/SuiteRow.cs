namespace Darkroom.Workbench.Evaluation.Suite;

/// <summary>What came of a set.</summary>
/// <param name="Name">Its name.</param>
/// <param name="What">What was done to its pictures.</param>
/// <param name="Count">Number of pictures.</param>
/// <param name="Input">Means of the degraded pictures, or null without references.</param>
/// <param name="Output">Means of the restored pictures, or null without references.</param>
/// <param name="More">Means of the other metrics.</param>
/// <param name="Seconds">What a picture took, the median (s).</param>
/// <param name="Floor">How good is good enough, or null.</param>
public sealed record SuiteRow(
    string Name, string What, int Count, Quality? Input, Quality? Output, IReadOnlyList<MetricValue> More, double Seconds, SuiteFloor? Floor)
{
    /// <summary>Gets what is compared with the floor (dB), or null without one.</summary>
    public double? Measured => Floor is { Measure: var measure } && Output is not null && Input is not null
        ? measure == SuiteMeasure.Psnr ? Output.Psnr : Output.Psnr - Input.Psnr
        : null;
}

/// <summary>How the pictures of a set fare by true and by false words.</summary>
/// <param name="True">PSNR by true words (dB).</param>
/// <param name="False">PSNR by false words (dB).</param>
public sealed record SuiteWords(double True, double False)
{
    /// <summary>Gets what false words cost (dB).</summary>
    public double Loss => True - False;
}
