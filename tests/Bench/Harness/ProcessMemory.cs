using System.Globalization;
using System.Runtime.InteropServices;

namespace Darkroom.Bench.Harness;

/// <summary>Memory of processes, as Linux counts it.</summary>
internal static class ProcessMemory
{
    /// <summary>Gets how much is resident (bytes).</summary>
    public static long Resident => Read("self", "VmRSS:");

    /// <summary>Gets the most that was resident since <see cref="ResetPeak"/> (bytes).</summary>
    public static long Peak => Read("self", "VmHWM:");

    /// <summary>Gets what the machine could give to processes without swapping (bytes).</summary>
    public static long Available => ReadLine("/proc/meminfo", "MemAvailable:");

    /// <summary>The most that another process had resident (bytes).</summary>
    public static long PeakOf(int processId) => Read(processId.ToString(CultureInfo.InvariantCulture), "VmHWM:");

    /// <summary>Gives free memory back to the system and forgets the peak, so that what follows starts from what is in use.</summary>
    /// <exception cref="BenchmarkSkippedException">The system does not let a process forget its peak.</exception>
    public static void ResetPeak()
    {
        const string File = "/proc/self/clear_refs", PeakOnly = "5";
        _ = TrimHeap(0);
        try
        {
            System.IO.File.WriteAllText(File, PeakOnly);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BenchmarkSkippedException($"{File} cannot be written, so peaks cannot be told apart: {error.Message}");
        }
    }

    /// <summary>Writes a size in MiB.</summary>
    public static string Format(double bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1 << 20):F0} MiB");

    private static long Read(string process, string name) => ReadLine($"/proc/{process}/status", name);

    private static long ReadLine(string path, string name)
    {
        var line = System.IO.File.ReadLines(path).First(row => row.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line.Split(' ', '\t').First(word => word.Length > 0 && char.IsDigit(word[0])), CultureInfo.InvariantCulture) * 1024;
    }

    [DllImport("libc", EntryPoint = "malloc_trim")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int TrimHeap(nint pad);
}
