using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Darkroom.Silo.Health;

/// <summary>Answers what Kubernetes asks: whether the process has started, lives, and should be sent work.</summary>
/// <remarks>Anybody may ask, as often as they like: the checks are made at most once a second.</remarks>
public sealed partial class HealthProbe(HealthCheckService checks, HostPhase phase, TimeProvider time, ILogger<HealthProbe> logger)
{
    /// <summary>The tag of the checks that say whether a new process is needed.</summary>
    public const string Live = "live";

    /// <summary>The tag of the checks that say whether work may be sent here.</summary>
    public const string Ready = "ready";

    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly Dictionary<string, (long At, Task<HealthReport> Report)> known = [];
    private bool? wasReady;

    /// <summary>Tells whether every part of the host has started.</summary>
    public HealthAnswer Startup() => phase.IsStarted ? HealthAnswer.Ok : HealthAnswer.Starting;

    /// <summary>Tells whether the process can still help itself.</summary>
    public async Task<HealthAnswer> LiveAsync() => HealthAnswer.Of(await ReportAsync(Live).ConfigureAwait(false));

    /// <summary>Tells whether work may be sent here: it has started, was not told to stop, and has all it needs.</summary>
    public async Task<HealthAnswer> ReadyAsync()
    {
        if (!phase.IsStarted)
            return HealthAnswer.Starting;
        var report = phase.IsStopping ? null : await ReportAsync(Ready).ConfigureAwait(false);
        // It may have been told to stop meanwhile.
        var answer = phase.IsStopping || report is null ? HealthAnswer.Stopping : HealthAnswer.Of(report);
        Note(answer, report);
        return answer;
    }

    private Task<HealthReport> ReportAsync(string tag)
    {
        lock (gate)
        {
            if (known.TryGetValue(tag, out var last) && time.GetElapsedTime(last.At) < Lifetime)
                return last.Report;
            var report = checks.CheckHealthAsync(check => check.Tags.Contains(tag), CancellationToken.None);
            known[tag] = (time.GetTimestamp(), report);
            return report;
        }
    }

    private void Note(HealthAnswer answer, HealthReport? report)
    {
        lock (gate)
        {
            if (wasReady == answer.IsOk)
                return;
            wasReady = answer.IsOk;
        }

        if (answer.IsOk)
            LogReady();
        else
            LogNotReady(report?.Entries.Values.FirstOrDefault(entry => entry.Exception is not null).Exception, answer.Status, string.Join(" ", report?.Entries.Values.Select(entry => entry.Description).OfType<string>() ?? []));
    }

    [LoggerMessage(1700, LogLevel.Information, "Ready for work")]
    private partial void LogReady();

    [LoggerMessage(1701, LogLevel.Warning, "Not ready for work: {Status}. {Reasons}")]
    private partial void LogNotReady(Exception? error, string status, string reasons);
}

/// <summary>What a probe is told.</summary>
/// <param name="IsOk">Whether all is well.</param>
/// <param name="Status">One word: <c>ok</c>, <c>starting</c>, <c>stopping</c> or <c>failing</c>.</param>
/// <param name="Checks">The checks, and whether each is well; why not is in the log.</param>
public sealed record HealthAnswer(bool IsOk, string Status, IReadOnlyDictionary<string, bool>? Checks = null)
{
    /// <summary>Gets the answer where nothing has to be looked at.</summary>
    public static HealthAnswer Ok { get; } = new(true, "ok");

    /// <summary>Gets the answer before everything has started.</summary>
    public static HealthAnswer Starting { get; } = new(false, "starting");

    /// <summary>Gets the answer from the signal to stop on.</summary>
    public static HealthAnswer Stopping { get; } = new(false, "stopping");

    /// <summary>Makes the answer of some checks.</summary>
    internal static HealthAnswer Of(HealthReport report)
    {
        var isOk = report.Status == HealthStatus.Healthy;
        return new HealthAnswer(isOk, isOk ? "ok" : "failing", report.Entries.ToDictionary(entry => entry.Key, entry => entry.Value.Status == HealthStatus.Healthy));
    }
}
