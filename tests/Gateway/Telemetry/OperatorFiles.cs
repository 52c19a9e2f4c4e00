using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Darkroom.Tests.Gateway.Telemetry;

/// <summary>The dashboards and alert rules of the repository, and every query in them.</summary>
internal static partial class OperatorFiles
{
    public static string Root { get; } = FindRoot();

    public static string Rules => Path.Combine(Root, "k8s/alerts/darkroom.rules.yml");

    /// <summary>Gets each dashboard's name and text.</summary>
    public static IEnumerable<(string Name, JsonNode Dashboard)> Dashboards() =>
        Directory.GetFiles(Path.Combine(Root, "k8s/dashboards"), "*.json").Select(path => (Path.GetFileNameWithoutExtension(path), JsonNode.Parse(File.ReadAllText(path))!));

    /// <summary>Gets the queries of the dashboards as Grafana would send them.</summary>
    public static IEnumerable<(string Where, string Query)> DashboardQueries() =>
        from board in Dashboards()
        let variables = board.Dashboard["templating"]!["list"]!.AsArray().Where(one => (string?)one!["type"] == "textbox").ToDictionary(one => (string)one!["name"]!, one => (string)one!["query"]!)
        from panel in board.Dashboard["panels"]!.AsArray()
        from target in panel!["targets"]!.AsArray()
        let query = variables.Aggregate((string)target!["expr"]!, (text, variable) => text.Replace($"${variable.Key}", variable.Value, StringComparison.Ordinal))
        select ($"{board.Name}: {panel["title"]}", query.Replace("$__rate_interval", "5m", StringComparison.Ordinal));

    /// <summary>Gets the expressions of the rules. Comparisons answer 0 or 1 instead of nothing, so that a healthy cluster answers too.</summary>
    public static IEnumerable<(string Where, string Query)> RuleQueries() =>
        Rule().Matches(File.ReadAllText(Rules)).Select(match => (match.Groups["name"].Value, Comparison().Replace(match.Groups["query"].Value.Trim(), " ${sign} bool ")));

    /// <summary>Gets each alert with the address of its page.</summary>
    public static IEnumerable<(string Alert, string Page)> Runbooks() =>
        Runbook().Matches(File.ReadAllText(Rules)).Select(match => (match.Groups["name"].Value, match.Groups["page"].Value));

    /// <summary>Gets the anchors of a Markdown file's headings.</summary>
    public static IEnumerable<string> Anchors(string path) =>
        File.ReadLines(Path.Combine(Root, path)).Where(line => line.StartsWith('#')).Select(line => NotInAnchor().Replace(line.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    /// <summary>Runs promtool.</summary>
    /// <returns>Its exit code and what it wrote.</returns>
    public static async Task<(int Code, string Output)> PromtoolAsync(params string[] arguments)
    {
        var program = PrometheusServer.Find("promtool");
        Assert.SkipWhen(program is null, PrometheusServer.Missing);
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Root })!;
        var output = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, string.Concat(output));
    }

    [GeneratedRegex(@"- (alert|record): (?<name>\S+)\n\s+expr: (?<query>.*)")]
    private static partial Regex Rule();

    [GeneratedRegex(@"- alert: (?<name>\S+)\n(?:(?!- alert:)[\s\S])*?runbook_url: (?<page>\S+)")]
    private static partial Regex Runbook();

    [GeneratedRegex(@" (?<sign>[<>]) ")]
    private static partial Regex Comparison();

    [GeneratedRegex(@"[^a-z0-9 _-]")]
    private static partial Regex NotInAnchor();

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Cluster.sln")))
                return folder.FullName;
        }

        throw new DirectoryNotFoundException("There is no folder with Cluster.sln above the tests.");
    }
}
