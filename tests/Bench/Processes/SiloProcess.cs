using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Darkroom.Bench.Processes;

/// <summary>A silo as a process of its own.</summary>
internal sealed class SiloProcess : IAsyncDisposable
{
    private const int Tail = 20;

    private readonly Process process;
    private readonly StreamWriter log;
    private readonly Queue<string> lines = new();

    private SiloProcess(Process process, string logPath, int siloPort, int gatewayPort)
    {
        (this.process, SiloPort, Gateway) = (process, siloPort, new IPEndPoint(IPAddress.Loopback, gatewayPort));
        log = new StreamWriter(logPath) { AutoFlush = true };
        process.ErrorDataReceived += (_, data) => Take(data.Data);
        process.OutputDataReceived += (_, data) => Take(data.Data);
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
    }

    /// <summary>Gets the port by which other silos know it.</summary>
    public int SiloPort { get; }

    /// <summary>Gets where clients reach it.</summary>
    public IPEndPoint Gateway { get; }

    /// <summary>Gets whether it is gone.</summary>
    public bool HasExited => process.HasExited;

    /// <summary>Starts a silo.</summary>
    /// <param name="connectionString">The cluster's database.</param>
    /// <param name="folder">The blobs of all silos; logs are written beside them.</param>
    public static SiloProcess Start(string connectionString, string folder)
    {
        var (siloPort, gatewayPort) = (PrivatePostgres.FreePort(), PrivatePostgres.FreePort());
        string[] settings =
        [
            $"--Cluster:ConnectionString={connectionString}", "--Cluster:Address=127.0.0.1",
            string.Create(CultureInfo.InvariantCulture, $"--Cluster:SiloPort={siloPort}"),
            string.Create(CultureInfo.InvariantCulture, $"--Cluster:GatewayPort={gatewayPort}"),
            $"--BlobStore:Folder={Path.Combine(folder, "blobs")}", "--BlobStore:FlushToDisk=false",
            $"--Model:CacheFolder={Path.Combine(folder, "cache")}", "--Device:Threads=1", "--Management:Port=0",
        ];
        var start = new ProcessStartInfo("dotnet", [AssemblyPath, .. settings]) { RedirectStandardOutput = true, RedirectStandardError = true };
        return new SiloProcess(
            Process.Start(start)!, Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"silo-{siloPort}.log")), siloPort, gatewayPort);
    }

    /// <summary>Loses it at once, as kill -9 does.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>Stops it as Kubernetes does, by SIGTERM.</summary>
    public async Task TerminateAsync(CancellationToken cancellationToken)
    {
        await Tool.RunAsync("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)], cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
    }

    /// <summary>Fails if it has ended by itself.</summary>
    /// <exception cref="InvalidOperationException">It has; the message holds its last lines.</exception>
    public void RequireAlive()
    {
        if (!process.HasExited)
            return;
        lock (lines)
            throw new InvalidOperationException($"A silo ended with {process.ExitCode}: {string.Join(" | ", lines)}");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            await KillAsync();
        process.Dispose();
        await log.DisposeAsync();
    }

    // .../tests/Bench/bin/Release/net10.0 -> .../silo/bin/Release/net10.0
    private static string AssemblyPath =>
        Path.Combine(Repository.Root, "silo", Path.GetRelativePath(Path.Combine(Repository.Root, "tests", "Bench"), AppContext.BaseDirectory), "Darkroom.Silo.dll");

    private void Take(string? line)
    {
        if (line is null)
            return;
        lock (lines)
        {
            log.WriteLine(line);
            lines.Enqueue(line);
            if (lines.Count > Tail)
                lines.Dequeue();
        }
    }
}
