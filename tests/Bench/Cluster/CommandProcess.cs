using System.Diagnostics;
using System.Globalization;
using Darkroom.Bench.Harness;

namespace Darkroom.Bench.Cluster;

/// <summary>What a run of the command line took.</summary>
/// <param name="Seconds">Wall time from start to end (s).</param>
/// <param name="PeakBytes">Peak of resident memory (bytes), as the kernel counts it.</param>
/// <param name="Output">What it printed.</param>
internal sealed record CommandUsage(double Seconds, long PeakBytes, string Output);

/// <summary>Runs the command line as a process of its own and watches it.</summary>
internal static class CommandProcess
{
    private const long BytesPerKibibyte = 1024;

    /// <summary>Gets the command line that was built with this program.</summary>
    /// <exception cref="BenchmarkSkippedException">It is not there.</exception>
    public static string Assembly
    {
        get
        {
            // .../tests/Bench/bin/Release/net10.0 -> .../client/Cli/bin/Release/net10.0
            var built = Path.GetRelativePath(Path.Combine(Repository.Root, "tests", "Bench"), AppContext.BaseDirectory);
            var path = Path.Combine(Repository.Root, "client", "Cli", built, "darkroom.dll");
            return File.Exists(path) ? path : throw new BenchmarkSkippedException($"there is no {path}; build client/Cli in the same configuration");
        }
    }

    /// <summary>Runs <c>darkroom restore</c>.</summary>
    /// <param name="folder">Working folder and home.</param>
    /// <param name="arguments">Arguments after <c>restore</c>.</param>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static async Task<CommandUsage> RestoreAsync(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Assembly, "restore", .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DARKROOM_HOME"] = Path.Combine(folder, "home");
        var begin = Stopwatch.GetTimestamp();
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        var peak = 0L;
        var exit = process.WaitForExitAsync();
        do
        {
            // The kernel keeps the high-water mark, so a late look misses nothing but the last moment.
            peak = Math.Max(peak, ReadPeak(process.Id));
        }
        while (await Task.WhenAny(exit, Task.Delay(TimeSpan.FromMilliseconds(10))) != exit);
        var seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        return process.ExitCode == 0
            ? new CommandUsage(seconds, peak, await output)
            : throw new InvalidOperationException($"darkroom restore ended with {process.ExitCode}: {(await error).Trim()}");
    }

    private static long ReadPeak(int processId)
    {
        try
        {
            var line = File.ReadLines($"/proc/{processId}/status").FirstOrDefault(text => text.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * BytesPerKibibyte;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return 0;   // it has ended, or this system has no /proc
        }
    }
}
