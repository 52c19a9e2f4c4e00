using Darkroom.Bench.Harness;

namespace Darkroom.Bench.Cluster;

/// <summary>The checkpoint that the benchmarks restore with.</summary>
internal static class ShippedModel
{
    /// <summary>Gets its path.</summary>
    /// <exception cref="BenchmarkSkippedException">It is not there.</exception>
    public static string Require()
    {
        var path = Path.Combine(Repository.Root, "weights", "llmra-compact.safetensors");
        return File.Exists(path) ? path : throw new BenchmarkSkippedException($"there is no {path}");
    }
}
