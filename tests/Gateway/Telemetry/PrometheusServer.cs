using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Darkroom.Tests.Cluster.Support;

namespace Darkroom.Tests.Gateway.Telemetry;

/// <summary>A real Prometheus that scrapes what it is told, in a folder of its own.</summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    private readonly Process process;
    private readonly string folder;
    private readonly HttpClient http;

    private PrometheusServer(Process process, string folder, int port)
    {
        (this.process, this.folder) = (process, folder);
        http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
    }

    /// <summary>What to say where it is not installed.</summary>
    public const string Missing = "Prometheus is not installed: apt-get install prometheus, or ./cluster setup as root.";

    /// <summary>Finds one of Prometheus' programs.</summary>
    public static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(path => Path.Combine(path, program)).FirstOrDefault(File.Exists);

    /// <summary>Starts it; it has loaded the rules when this returns.</summary>
    /// <param name="targets">Where <c>/metrics</c> is, as host and port.</param>
    /// <param name="rules">Rule files.</param>
    /// <param name="scrapeMilliseconds">How often it reads.</param>
    public static async Task<PrometheusServer> StartAsync(IEnumerable<string> targets, IEnumerable<string> rules, int scrapeMilliseconds = 500)
    {
        var program = Find("prometheus") ?? throw new FileNotFoundException(Missing);
        var folder = Directory.CreateTempSubdirectory("darkroom-prometheus-").FullName;
        var port = FreePort();
        await File.WriteAllTextAsync(Path.Combine(folder, "prometheus.yml"), $$"""
            global: { scrape_interval: {{scrapeMilliseconds}}ms, scrape_timeout: {{scrapeMilliseconds}}ms, evaluation_interval: 1s }
            rule_files: [{{string.Join(", ", rules.Select(rule => $"'{rule}'"))}}]
            scrape_configs:
              - job_name: darkroom
                static_configs: [{ targets: [{{string.Join(", ", targets.Select(target => $"'{target}'"))}}] }]
            """);
        var process = Process.Start(new ProcessStartInfo(program, [
            $"--config.file={folder}/prometheus.yml", $"--storage.tsdb.path={folder}/data", $"--web.listen-address=127.0.0.1:{port}",
            "--enable-feature=exemplar-storage", "--log.level=error"])
        { UseShellExecute = false })!;
        var server = new PrometheusServer(process, folder, port);
        await Eventually.TrueAsync(server.IsReadyAsync, () => "Prometheus' start", 60);
        return server;
    }

    /// <summary>Asks a query for its value now.</summary>
    public async Task<JsonArray> QueryAsync(string query) =>
        (await GetAsync($"/api/v1/query?query={Uri.EscapeDataString(query)}"))["data"]!["result"]!.AsArray();

    /// <summary>Asks anything of its API.</summary>
    public async Task<JsonNode> GetAsync(string path)
    {
        using var response = await http.GetAsync(path);
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        return (string?)answer["status"] == "success" ? answer : throw new InvalidOperationException($"{path}: {answer["error"]}");
    }

    /// <summary>Reads the value of a sample; what is no number is null.</summary>
    public static double? ValueOf(JsonNode? sample) =>
        double.TryParse((string?)sample!["value"]![1], NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : null;

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private async Task<bool> IsReadyAsync()
    {
        if (process.HasExited)
            throw new InvalidOperationException("Prometheus ended; its configuration is wrong.");
        try
        {
            using var response = await http.GetAsync("/-/ready");
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }
}
