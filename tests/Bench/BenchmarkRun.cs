using System.Globalization;
using Darkroom.Bench.Harness;
using Darkroom.Cli.CommandLine;

namespace Darkroom.Bench;

/// <summary>Runs benchmarks one after another and keeps what they measured.</summary>
internal static class BenchmarkRun
{
    /// <summary>Runs them.</summary>
    /// <returns>The exit code; a missed target is a result, not a failure.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<IBenchmark> benchmarks, TextWriter output, CancellationToken cancellationToken)
    {
        var table = new BenchmarkTable(output);
        foreach (var benchmark in benchmarks)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await output.WriteLineAsync($"{benchmark.Name}: {benchmark.Description}");
            try
            {
                await benchmark.RunAsync(table, cancellationToken);
            }
            catch (BenchmarkSkippedException reason)
            {
                table.AddSkipped(benchmark.Name, reason.Message);
            }
        }

        var now = TimeProvider.System.GetUtcNow();
        var text = table.ToMarkdown(now);
        var folder = Directory.CreateDirectory(Path.Combine(Repository.Root, "benchmark-results")).FullName;
        var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{now:yyyyMMdd-HHmmss}.md"));
        await File.WriteAllTextAsync(path, text, cancellationToken);
        await output.WriteLineAsync();
        await output.WriteAsync(text);
        await output.WriteLineAsync();
        await output.WriteLineAsync($"Written to {path}; {table.MissedCount} targets missed.");
        return ExitCode.Done;
    }
}
