using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Darkroom.Imaging.Codecs;
using Darkroom.Imaging.Sheets;

namespace Darkroom.Workbench.Capacity;

/// <summary>Writes what a simulation came to: a table for people, JSON Lines for programs, curves.</summary>
public static class SimulationWriter
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>Writes the tables.</summary>
    public static async Task WriteTableAsync(TextWriter output, CapacityPlan plan, SimulationReport report)
    {
        await output.WriteLineAsync(Text($"{plan.DurationSeconds:0} s simulated, the first {plan.WarmUpSeconds:0} s left out; seed {plan.Seed}."));
        if (report.IsOverloaded)
            await output.WriteLineAsync("MORE COMES THAN IS DONE: waits grow as long as that lasts, and the figures of waits say nothing.");
        await output.WriteLineAsync();
        await output.WriteLineAsync("| stream | asked for | waits for the first step: mean | p50 | p95 | p99 | to the result: mean | p50 | p95 | p99 |");
        await output.WriteLineAsync("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        foreach (var stream in report.Streams)
            await output.WriteLineAsync(Text($"| {stream.Stream} ({stream.Priority.ToLowerInvariant()}) | {stream.Arrived} | {Cells(stream.Wait)} | {Cells(stream.Latency)} |"));
        await output.WriteLineAsync();
        await output.WriteLineAsync("| pool | devices | busy | available | tiles a pass | pictures an hour | cost of 1,000 | failures | steps lost |");
        await output.WriteLineAsync("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        foreach (var pool in report.Pools)
        {
            await output.WriteLineAsync(Text(
                $"| {pool.Pool} | {pool.Devices} | {pool.Utilisation * 100:F1} % | {pool.Availability * 100:F2} % | {pool.RowsPerPass:F2} | {pool.ImagesPerHour:F0} | {(pool.CostPerThousandImages is { } cost ? cost.ToString("F2", CultureInfo.InvariantCulture) : "-")} | {pool.Failures} | {pool.LostSteps} |"));
        }
    }

    /// <summary>Writes <c>simulation.jsonl</c> and <c>simulation.png</c>.</summary>
    public static async Task WriteFilesAsync(string folder, SimulationReport report, TextWriter output, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var (lines, picture) = (Path.Combine(folder, "simulation.jsonl"), Path.Combine(folder, "simulation.png"));
        await File.WriteAllLinesAsync(lines, LinesOf(report), cancellationToken);
        ImageEncoder.EncodeFile(CurveSheet.Draw(CurvesOf(report)), picture);
        await output.WriteLineAsync();
        await output.WriteLineAsync($"Written: {lines}, {picture}");
    }

    /// <summary>Makes the lines: each moment, each stream, each pool; <c>kind</c> says which.</summary>
    public static IEnumerable<string> LinesOf(SimulationReport report) =>
    [
        .. report.Moments.Select(moment => Line("moment", moment)),
        .. report.Streams.Select(stream => Line("stream", stream)),
        .. report.Pools.Select(pool => Line("pool", pool)),
        Line("end", new { report.IsOverloaded }),
    ];

    /// <summary>Makes the curves, by hours.</summary>
    public static IReadOnlyList<Curve> CurvesOf(SimulationReport report)
    {
        return [
            Of("pictures under way", moment => moment.UnderWay),
            Of("share of the devices that are busy", moment => moment.BusyShare),
            Of("devices that are not away", moment => moment.DevicesUp),
            Of("pictures done, an hour", moment => moment.CompletedPerHour),
            Of("95 of 100 wait at most (s)", moment => moment.WaitP95 ?? double.NaN),
        ];

        Curve Of(string name, Func<SimulationMoment, double> value) => new(name, [.. report.Moments.Select(moment => (moment.Seconds / 3600, value(moment)))]);
    }

    private static string Line<T>(string kind, T value)
    {
        var line = JsonSerializer.SerializeToNode(value, Json)!.AsObject();
        line.Insert(0, "kind", kind);
        return line.ToJsonString();
    }

    private static string Cells(Distribution times) => times.Count == 0
        ? "- | - | - | -"
        : Text($"{times.Mean:F3} s | {times.P50:F3} s | {times.P95:F3} s | {times.P99:F3} s");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
