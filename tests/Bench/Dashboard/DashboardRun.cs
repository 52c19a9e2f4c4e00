using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Darkroom.Tests.Gateway.Support;
using Darkroom.Tests.Gateway.Telemetry;

namespace Darkroom.Bench.Dashboard;

/// <summary>A gateway under load, scraped by a real Prometheus, whose answers to the overview's queries are drawn as a picture.</summary>
/// <param name="duration">How long the load lasts.</param>
/// <param name="picture">Where the picture goes.</param>
/// <param name="output">Where the figures go.</param>
internal sealed partial class DashboardRun(TimeSpan duration, string picture, TextWriter output)
{
    private const string Board = "overview";
    private const string Interval = "15s";
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    /// <summary>Runs it.</summary>
    /// <returns>0 if every panel has a series.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var rules = Path.Combine(Repository.Root, "k8s", "alerts", "darkroom.rules.yml");
        await using var gateway = await GatewayProcess.StartAsync(Repository.Gateway, "--Tenant:Overrides:local:Class", "gold");
        using var http = new HttpClient { BaseAddress = gateway.Address, Timeout = TimeSpan.FromMinutes(5) };
        await using var prometheus = await PrometheusServer.StartAsync([gateway.Address.Authority], [rules], scrapeMilliseconds: 1000);
        var began = TimeProvider.System.GetUtcNow();
        var restored = await new DashboardLoad(http).RunAsync(duration, cancellationToken);
        await output.WriteLineAsync($"{restored} pictures restored in {duration.TotalSeconds:F0} s");
        var board = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "k8s", "dashboards", $"{Board}.json"), cancellationToken))!;
        var panels = new JsonArray();
        var empty = 0;
        foreach (var panel in board["panels"]!.AsArray())
        {
            var drawn = await AskAsync(prometheus, panel!, began, TimeProvider.System.GetUtcNow());
            empty += drawn["series"]!.AsArray().Count == 0 ? 1 : 0;
            panels.Add(drawn);
        }

        await new DashboardPicture().DrawAsync(
            new JsonObject { ["title"] = (string?)board["title"], ["about"] = $"A gateway with one silo under load for {duration.TotalSeconds:F0} s, {began:yyyy-MM-dd HH:mm} UTC; series from Prometheus.", ["panels"] = panels },
            picture, cancellationToken);
        await output.WriteLineAsync($"{panels.Count} panels, {empty} without a series: {picture} ({new FileInfo(picture).Length / 1000} KB)");
        return empty == 0 ? 0 : 1;
    }

    private static async Task<JsonObject> AskAsync(PrometheusServer prometheus, JsonNode panel, DateTimeOffset from, DateTimeOffset to)
    {
        var count = (int)((to - from) / Step) + 1;
        var series = new JsonArray();
        foreach (var target in panel["targets"]!.AsArray())
        {
            var query = ((string)target!["expr"]!).Replace("$__rate_interval", Interval, StringComparison.Ordinal);
            var answer = await prometheus.GetAsync($"/api/v1/query_range?query={Uri.EscapeDataString(query)}&start={Seconds(from)}&end={Seconds(to)}&step={Step.TotalSeconds}");
            foreach (var one in answer["data"]!["result"]!.AsArray())
            {
                var values = new double?[count];
                foreach (var sample in one!["values"]!.AsArray())
                {
                    var at = (int)Math.Round(((double)sample![0]! - from.ToUnixTimeMilliseconds() / 1000.0) / Step.TotalSeconds);
                    if (at >= 0 && at < count && double.TryParse((string?)sample[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value))
                        values[at] = value;
                }

                var label = Label().Replace((string)target["legendFormat"]!, match => (string?)one["metric"]![match.Groups[1].Value] ?? "");
                series.Add(new JsonObject { ["label"] = label, ["values"] = new JsonArray([.. values.Select(value => JsonValue.Create(value))]) });
            }
        }

        return new JsonObject
        {
            ["title"] = (string?)panel["title"],
            ["unit"] = (string?)panel["fieldConfig"]!["defaults"]!["unit"],
            ["times"] = new JsonArray([.. Enumerable.Range(0, count).Select(i => JsonValue.Create(from.ToUnixTimeSeconds() + (i * Step.TotalSeconds)))]),
            ["series"] = series,
        };
    }

    private static string Seconds(DateTimeOffset time) => (time.ToUnixTimeMilliseconds() / 1000.0).ToString("F3", CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\{\{(\w+)\}\}")]
    private static partial Regex Label();
}
