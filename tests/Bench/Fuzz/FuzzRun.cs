using System.Diagnostics;
using System.Globalization;
using Darkroom.Cli.CommandLine;

namespace Darkroom.Bench.Fuzz;

/// <summary><c>./cluster bench --fuzz</c>: gives the readers of checkpoints many damaged files; none may crash, hang or fill the memory.</summary>
/// <param name="count">Number of files.</param>
/// <param name="seed">Seed of the first file; the same seeds give the same files.</param>
/// <param name="output">Where to tell.</param>
internal sealed class FuzzRun(int count, int seed, TextWriter output)
{
    private const long MaxMemoryBytes = 512L << 20;
    private const int ReportEvery = 4000;

    private static readonly TimeSpan HangAfter = TimeSpan.FromSeconds(20);

    private readonly string folder = Directory.CreateTempSubdirectory("darkroom-fuzz-").FullName;
    private readonly List<string> faults = [];
    private int accepted;
    private double slowest;

    /// <summary>Runs it.</summary>
    /// <returns>The exit code: 0 when nothing was found.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            var kinds = new[] { (".safetensors", FuzzSeeds.Safetensors()), (".pth", FuzzSeeds.Pickles()) };
            for (var i = 0; i < count; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var (extension, seeds) = kinds[i % kinds.Length];
                Try(seed + i, extension, seeds);
                if ((i + 1) % ReportEvery == 0)
                    await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{i + 1} files, {faults.Count} faults, {PeakBytes() >> 20} MiB at most"));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        var peak = PeakBytes();
        if (peak > MaxMemoryBytes)
            faults.Add(string.Create(CultureInfo.InvariantCulture, $"the process took {peak >> 20} MiB"));
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{count} damaged files (seeds {seed} to {seed + count - 1}): {accepted} read, {count - accepted - faults.Count} refused, {faults.Count} faults; slowest {slowest * 1e3:F0} ms; memory of the process {peak >> 20} MiB at most, {MaxMemoryBytes >> 20} allowed."));
        foreach (var fault in faults)
            await output.WriteLineAsync($"FAULT {fault}");
        return faults.Count == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    private void Try(int caseSeed, string extension, IReadOnlyList<byte[]> seeds)
    {
        var path = Path.Combine(folder, "damaged" + extension);
        var random = new Random(caseSeed);
        File.WriteAllBytes(path, new FileMutator(caseSeed).Mutate(seeds[random.Next(seeds.Count)], seeds[random.Next(seeds.Count)]));
        var start = Stopwatch.GetTimestamp();
        using var watchdog = new Timer(_ => EndHung(caseSeed, path), null, HangAfter, Timeout.InfiniteTimeSpan);
        try
        {
            accepted += FuzzCase.Read(path) ? 1 : 0;
        }
#pragma warning disable CA1031 // Whatever comes is the finding.
        catch (Exception error)
#pragma warning restore CA1031
        {
            faults.Add($"seed {caseSeed}: {error.GetType().Name}: {error.Message} ({Keep(caseSeed, path)})");
        }

        slowest = Math.Max(slowest, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    private void EndHung(int caseSeed, string path)
    {
        output.WriteLine($"FAULT seed {caseSeed}: still reading after {HangAfter.TotalSeconds} s ({Keep(caseSeed, path)})");
        output.Flush();
        Environment.Exit(ExitCode.Failed);
    }

    /// <summary>Copies the file to where it outlives this run.</summary>
    private static string Keep(int caseSeed, string path)
    {
        var kept = Directory.CreateDirectory(Path.Combine(Repository.Root, "benchmark-results", "fuzz")).FullName;
        var copy = Path.Combine(kept, string.Create(CultureInfo.InvariantCulture, $"{caseSeed}{Path.GetExtension(path)}"));
        File.Copy(path, copy, overwrite: true);
        return copy;
    }

    // The kernel's high-water mark of resident memory; without /proc the present size is the best there is.
    private static long PeakBytes()
    {
        const string status = "/proc/self/status";
        if (File.Exists(status) && File.ReadLines(status).FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)) is { } mark)
            return long.Parse(mark.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) << 10;
        return Environment.WorkingSet;
    }
}
