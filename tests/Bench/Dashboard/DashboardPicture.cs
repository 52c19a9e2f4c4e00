using System.Diagnostics;
using System.Text.Json.Nodes;
using Darkroom.Bench.Harness;

namespace Darkroom.Bench.Dashboard;

/// <summary>Draws a dashboard with uPlot in a headless Chromium.</summary>
internal sealed class DashboardPicture
{
    private const string Size = "1200,1380";
    private static readonly string[] Browsers = ["chromium", "chromium-browser", "google-chrome"];

    /// <summary>Draws it.</summary>
    /// <param name="board">Title and panels.</param>
    /// <param name="path">Where the PNG goes.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="BenchmarkSkippedException">There is no Chromium, or uPlot is not installed.</exception>
    public async Task DrawAsync(JsonObject board, string path, CancellationToken cancellationToken)
    {
        var uplot = Path.Combine(Repository.Root, "client", "Page", "node_modules", "uplot", "dist");
        if (!Directory.Exists(uplot))
            throw new BenchmarkSkippedException($"uPlot is not in {uplot}: ./cluster setup installs the page's packages");
        var folder = Directory.CreateTempSubdirectory("darkroom-dashboard-").FullName;
        try
        {
            var page = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Dashboard", "dashboard.html"), cancellationToken);
            page = page.Replace("/*UPLOT_CSS*/", await File.ReadAllTextAsync(Path.Combine(uplot, "uPlot.min.css"), cancellationToken), StringComparison.Ordinal)
                .Replace("/*UPLOT_JS*/", await File.ReadAllTextAsync(Path.Combine(uplot, "uPlot.iife.min.js"), cancellationToken), StringComparison.Ordinal)
                .Replace("/*DATA*/null", board.ToJsonString(), StringComparison.Ordinal);
            var html = Path.Combine(folder, "dashboard.html");
            await File.WriteAllTextAsync(html, page, cancellationToken);
            using var browser = Start(["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", $"--user-data-dir={folder}/profile", $"--window-size={Size}", "--virtual-time-budget=2000", $"--screenshot={path}", html]);
            var said = browser.StandardError.ReadToEndAsync(cancellationToken);
            await browser.WaitForExitAsync(cancellationToken);
            if (browser.ExitCode != 0 || !File.Exists(path))
                throw new InvalidOperationException($"Chromium did not draw the dashboard: {await said}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Process Start(string[] arguments)
    {
        var named = Environment.GetEnvironmentVariable("CHROMIUM");
        var program = named is { Length: > 0 } ? named : Browsers.FirstOrDefault(IsOnPath) ?? throw new BenchmarkSkippedException("there is no Chromium (apt-get install chromium; or CHROMIUM=PATH)");
        return Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false })!;
    }

    private static bool IsOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));
}
