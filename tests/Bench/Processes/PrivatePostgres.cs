using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Darkroom.Cli.CommandLine;

namespace Darkroom.Bench.Processes;

/// <summary>A PostgreSQL server of its own in a temporary folder, on a free port of this machine; gone without a trace afterwards.</summary>
internal sealed class PrivatePostgres : IAsyncDisposable
{
    private const string Debian = "/usr/lib/postgresql";
    private const string Owner = "postgres";   // the server refuses to run as root

    private readonly string binaries;
    private readonly string folder;

    private PrivatePostgres(string binaries, string folder, int port)
    {
        (this.binaries, this.folder) = (binaries, folder);
        ConnectionString = string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={port};Username={Owner};Database=postgres");
    }

    /// <summary>Gets how silos reach it.</summary>
    public string ConnectionString { get; }

    /// <summary>Starts a server.</summary>
    /// <exception cref="InputException">PostgreSQL is not installed.</exception>
    public static async Task<PrivatePostgres> StartAsync(CancellationToken cancellationToken)
    {
        var binaries = (Directory.Exists(Debian) ? Directory.GetDirectories(Debian) : [])
            .Select(version => Path.Combine(version, "bin")).Where(bin => File.Exists(Path.Combine(bin, "initdb"))).Order(StringComparer.Ordinal).LastOrDefault()
            ?? throw new InputException($"There is no PostgreSQL server in {Debian}: apt-get install postgresql.");
        var postgres = new PrivatePostgres(binaries, Directory.CreateTempSubdirectory("darkroom-postgres-").FullName, FreePort());
        try
        {
            if (Environment.IsPrivilegedProcess)
                await Tool.RunAsync("chown", [Owner, postgres.folder], cancellationToken);
            await postgres.RunAsync("initdb", ["-D", postgres.Data, "-U", Owner, "-A", "trust", "-E", "UTF8", "--no-sync"], cancellationToken);
            var port = postgres.ConnectionString.Split("Port=")[1].Split(';')[0];
            await postgres.RunAsync(
                "pg_ctl",
                ["-D", postgres.Data, "-w", "-l", Path.Combine(postgres.folder, "log"), "-o", $"-p {port} -k {postgres.folder} -c listen_addresses=127.0.0.1", "start"],
                cancellationToken);
            return postgres;
        }
        catch
        {
            await postgres.DisposeAsync();
            throw;
        }
    }

    /// <summary>Finds a port that nobody listens on.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (File.Exists(Path.Combine(Data, "postmaster.pid")))
            await RunAsync("pg_ctl", ["-D", Data, "-w", "-m", "immediate", "stop"], CancellationToken.None);
        Directory.Delete(folder, recursive: true);
    }

    private string Data => Path.Combine(folder, "data");

    // pg_ctl leaves the server running with its output: it must not wait for that.
    private Task RunAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        var path = Path.Combine(binaries, program);
        return Environment.IsPrivilegedProcess
            ? Tool.RunAsync("runuser", ["-u", Owner, "--", path, .. arguments], cancellationToken)
            : Tool.RunAsync(path, arguments, cancellationToken);
    }
}
