using System.Diagnostics;

namespace Darkroom.Tests.Gateway.Support;

/// <summary>A gateway with its cluster in a process of its own, as <c>./cluster up</c> starts it, on a free port and a folder of its own.</summary>
internal sealed class GatewayProcess : IAsyncDisposable
{
    private const string Greeting = "Darkroom listens on ";
    private static readonly TimeSpan StartTime = TimeSpan.FromMinutes(2);

    private readonly string folder = Path.Combine(Path.GetTempPath(), $"darkroom-process-{Guid.NewGuid():N}");
    private readonly TaskCompletionSource<Uri> listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private GatewayProcess(string program, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [program, "--port", "0", "--data", folder, "--Logging:LogLevel:Default", "Warning", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        Process = Process.Start(start)!;
        Process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is { } text && text.StartsWith(Greeting, StringComparison.Ordinal))
                listening.TrySetResult(new Uri(text[Greeting.Length..].Split(' ')[0]));
        };
        Process.ErrorDataReceived += (_, line) => Console.Error.Write(line.Data is null ? string.Empty : line.Data + "\n");
        Process.EnableRaisingEvents = true;
        Process.Exited += (_, _) => listening.TrySetException(new InvalidOperationException("The gateway ended before it listened."));
        Process.BeginOutputReadLine();
        Process.BeginErrorReadLine();
    }

    /// <summary>Gets the process.</summary>
    public Process Process { get; }

    /// <summary>Gets where it listens.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Starts one; it takes requests when this returns.</summary>
    /// <param name="program">The path of <c>darkroom-gateway.dll</c>.</param>
    /// <param name="arguments">More settings.</param>
    public static async Task<GatewayProcess> StartAsync(string program, params string[] arguments)
    {
        var gateway = new GatewayProcess(program, arguments);
        try
        {
            gateway.Address = await gateway.listening.Task.WaitAsync(StartTime);
            return gateway;
        }
        catch
        {
            await gateway.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Process.Kill(entireProcessTree: true);
        await Process.WaitForExitAsync(CancellationToken.None);
        Process.Dispose();
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }
}
