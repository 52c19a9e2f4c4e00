using System.Diagnostics;
using System.Globalization;
using Darkroom.Bench.Harness;

namespace Darkroom.Bench.Binding;

/// <summary>Debian's PyTorch in a process of its own, told what to do line by line.</summary>
internal sealed class PythonPeer : IDisposable
{
    private const string Python = "/usr/bin/python3";

    private readonly Process process;

    private PythonPeer(Process process, string version)
    {
        this.process = process;
        Version = version;
    }

    /// <summary>Gets PyTorch's version.</summary>
    public string Version { get; }

    /// <summary>Gets the most memory that it had resident (bytes).</summary>
    public long PeakBytes => ProcessMemory.PeakOf(process.Id);

    /// <summary>Starts the peer of <see cref="BindingNetwork"/>.</summary>
    /// <param name="folder">Where weights and inputs are.</param>
    /// <param name="threads">Threads of one operator.</param>
    /// <exception cref="BenchmarkSkippedException">There is no Python with PyTorch.</exception>
    public static PythonPeer Start(string folder, int threads) => Start(Path.Combine("Binding", "peer.py"), folder, threads);

    /// <summary>Starts a peer.</summary>
    /// <param name="script">Its script, under this project's folder.</param>
    /// <param name="folder">Where weights and inputs are.</param>
    /// <param name="threads">Threads of one operator.</param>
    /// <param name="more">Further arguments.</param>
    /// <exception cref="BenchmarkSkippedException">There is no Python with PyTorch.</exception>
    public static PythonPeer Start(string script, string folder, int threads, params ReadOnlySpan<string> more)
    {
        if (!File.Exists(Python))
            throw new BenchmarkSkippedException($"there is no {Python} (apt install python3-torch)");
        var start = new ProcessStartInfo(Python, [Path.Combine(AppContext.BaseDirectory, script), folder, threads.ToString(CultureInfo.InvariantCulture), .. more])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        start.Environment.TryAdd("OMP_WAIT_POLICY", "PASSIVE");   // as the binding says to libgomp
        var process = Process.Start(start)!;
        var answer = process.StandardOutput.ReadLine();
        if (answer?.Split(' ') is ["ready", var version, ..])
            return new PythonPeer(process, version);
        var reason = process.StandardError.ReadToEnd().Trim().Split('\n')[^1];
        process.Dispose();
        throw new BenchmarkSkippedException($"{Python} with PyTorch and NumPy is needed (apt install python3-torch): {reason}");
    }

    /// <summary>Has the peer do something once.</summary>
    /// <returns>The time it took there (s).</returns>
    public double Do(string command)
    {
        process.StandardInput.WriteLine(command);
        process.StandardInput.Flush();
        var answer = process.StandardOutput.ReadLine();
        return double.TryParse(answer, CultureInfo.InvariantCulture, out var seconds)
            ? seconds
            : throw new InvalidOperationException($"The peer failed on '{command}': {process.StandardError.ReadToEnd().Trim()}");
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        if (!process.WaitForExit(TimeSpan.FromSeconds(5)))
            process.Kill();
        process.Dispose();
    }
}
