using Darkroom.Client;
using Darkroom.Contracts.Jobs;
using Darkroom.Contracts.Runs;

namespace Darkroom.Tests.Cluster.Jobs;

/// <summary>Jobs to test with.</summary>
internal static class JobSamples
{
    /// <summary>A hash that nothing has.</summary>
    public static readonly string Missing = new('0', 64);

    public static JobRequest Request { get; } = new(null, null, RunKind.Restore, string.Empty, new RestorationSettings());

    public static JobItem[] Items(int count, Func<int, string> hash) =>
        [.. Enumerable.Range(0, count).Select(i => new JobItem($"photo-{i}.png", hash(i)))];

    public static JobItem[] Items(int count, string hash) => Items(count, _ => hash);

    /// <summary>Reads the results in the order of the manifest.</summary>
    public static async Task<List<JobItemResult>> ResultsAsync(RestorationJob job)
    {
        var results = new List<JobItemResult>();
        await foreach (var result in job.ResultsAsync())
            results.Add(result);
        return [.. results.OrderBy(result => result.Index)];
    }
}
