using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Xunit;

namespace Darkroom.Tests.Unit.Storage;

/// <summary>Azure's own emulator, installed by ./cluster setup, on a free port of this machine; it starts for the first test that asks.</summary>
public sealed class Azurite : IAsyncDisposable
{
    // The account and key that Azurite has built in; they are no secret.
    private const string Account = "devstoreaccount1";
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);

    private readonly Lazy<Task> started;
    private Process? process;

    public Azurite() => started = new(StartAsync);

    /// <summary>Why there is no Azurite, or null when there is one.</summary>
    public string? Absence { get; private set; }

    public string ConnectionString { get; private set; } = "";

    /// <summary>Waits until Azurite answers, or <see cref="Absence"/> says why there is none. One that is there and fails is an error.</summary>
    public Task EnsureStartedAsync() => started.Value;

    public async ValueTask DisposeAsync()
    {
        if (process is null)
        {
            return;
        }

        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private async Task StartAsync()
    {
        var script = Path.Combine(RepositoryRoot.Path, ".setup", "azurite", "node_modules", "azurite", "dist", "src", "blob", "main.js");
        if (!File.Exists(script))
        {
            Absence = "Azurite is not installed: ./cluster setup installs it where Node.js is";
            return;
        }

        var port = FreePort();
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        process = new Process
        {
            StartInfo = new ProcessStartInfo(
                "node",
                [script, "--blobHost", "127.0.0.1", "--blobPort", $"{port}", "--inMemoryPersistence", "--disableTelemetry", "--skipApiVersionCheck"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
            EnableRaisingEvents = true,
        };
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data?.Contains("successfully listens", StringComparison.Ordinal) == true)
            {
                listening.TrySetResult();
            }
        };
        process.Exited += (_, _) => listening.TrySetException(new InvalidOperationException("Azurite ended at its start."));

        try
        {
            process.Start();
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            Absence = $"Node.js cannot be started: {exception.Message}";
            process = null;
            return;
        }

        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await listening.Task.WaitAsync(StartLimit);
        ConnectionString =
            $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};BlobEndpoint=http://127.0.0.1:{port}/{Account};";
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
