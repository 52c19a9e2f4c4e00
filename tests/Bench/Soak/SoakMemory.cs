using System.Globalization;
using Darkroom.Bench.Harness;

namespace Darkroom.Bench.Soak;

/// <summary>Resident memory over time, and whether it stays flat.</summary>
internal sealed class SoakMemory
{
    // Caches fill and pools grow in the beginning; after that nothing may.
    private const double MaxGrowth = 1.2;
    private const long Slack = 64L << 20;
    private const int LeastSamples = 12;

    private readonly List<(TimeSpan At, long Resident, long Managed)> samples = [];

    // What is in use, not what waits for a collection.
    public void Sample(TimeSpan at) => samples.Add((at, ProcessMemory.Resident, GC.GetTotalMemory(forceFullCollection: true)));

    /// <summary>Says what is wrong; null if the last quarter of the time needed no more memory than the second.</summary>
    public string? Growth()
    {
        if (samples.Count < LeastSamples)
            return null;
        var (before, after) = (Median(samples.Count / 4, samples.Count / 2), Median(samples.Count * 3 / 4, samples.Count));
        return after <= (before * MaxGrowth) + Slack
            ? null
            : $"resident memory grew from {ProcessMemory.Format(before)} (second quarter of the time) to {ProcessMemory.Format(after)} (last quarter)";
    }

    /// <summary>Writes about ten lines.</summary>
    public IEnumerable<string> Lines()
    {
        for (var i = 0; i < samples.Count; i += Math.Max(1, samples.Count / 10))
        {
            var (at, resident, managed) = samples[i];
            yield return string.Create(CultureInfo.InvariantCulture, $"| memory after {at.TotalSeconds:F0} s | {ProcessMemory.Format(resident)} resident, {ProcessMemory.Format(managed)} managed |");
        }
    }

    private double Median(int from, int to) => samples[from..to].Select(sample => (double)sample.Resident).Order().ElementAt((to - from) / 2);
}
