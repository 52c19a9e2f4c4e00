using System.Diagnostics;
using System.Globalization;
using Darkroom.Cli.CommandLine;
using Darkroom.Contracts.Runs;
using Darkroom.Silo.Clustering;

namespace Darkroom.Bench.Processes;

/// <summary>Silo processes on PostgreSQL, one of which is lost (kill -9) or stopped (SIGTERM) while it denoises: does every run end, with the same picture, and how soon does it go on?</summary>
/// <param name="processes">How many silos.</param>
/// <param name="isKilled">Whether the one is killed, not stopped.</param>
/// <param name="output">Where the figures go.</param>
internal sealed class ProcessesRun(int processes, bool isKilled, TextWriter output)
{
    private const int Runs = 6;
    private const int Steps = 150;
    private const int MaxLevels = 1;   // who shares a batch decides the last bits of a sum
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(15);

    /// <summary>Runs it.</summary>
    /// <returns>The exit code: failed if a run did not end, or ended with another picture.</returns>
    /// <exception cref="ClusteringException">This build cannot run in several processes.</exception>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        SiloClustering.RequireAvailable();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Timeout);
        await using var cluster = new ProcessCluster();
        var start = Stopwatch.GetTimestamp();
        await cluster.StartAsync(processes, limit.Token);
        Say($"{processes} silos on PostgreSQL and a folder are up after {Seconds(Stopwatch.GetElapsedTime(start))}");

        start = Stopwatch.GetTimestamp();
        var undisturbed = await cluster.EndAsync(await cluster.StartRunsAsync("undisturbed", Runs, Steps, limit.Token), limit.Token);
        Say($"undisturbed: {Describe(undisturbed)} after {Seconds(Stopwatch.GetElapsedTime(start))}");

        var disturbed = await DisturbAsync(cluster, limit.Token);
        var levels = 0;
        foreach (var (first, second) in undisturbed.Zip(disturbed))
            levels = Math.Max(levels, await cluster.DifferenceAsync(first, second, limit.Token));
        Say($"disturbed: {Describe(disturbed)}; the pictures differ from the undisturbed ones by at most {levels} of 255 levels");
        return disturbed.All(status => status.Stage == RunStage.Completed) && levels <= MaxLevels ? ExitCode.Done : ExitCode.Failed;
    }

    private async Task<RunStatus[]> DisturbAsync(ProcessCluster cluster, CancellationToken cancellationToken)
    {
        await using var watch = new CheckpointWatch(cluster.Blobs);
        var ids = await cluster.StartRunsAsync("disturbed", Runs, Steps, cancellationToken);
        watch.Watch(ids);
        // Every run has taken a fifth of its steps and has most of them before it.
        while (ids.Any(id => watch.CountOf(id) < Steps / 5 / 5))
        {
            cluster.RequireAlive();
            await Task.Delay(10, cancellationToken);
        }

        var silo = await cluster.BusiestAsync(cancellationToken);
        var moment = Stopwatch.GetTimestamp();
        if (isKilled)
            await silo.KillAsync();
        else
            await silo.TerminateAsync(cancellationToken);
        var gone = Stopwatch.GetElapsedTime(moment);
        Say(isKilled ? "one silo is killed (kill -9)" : $"one silo is told to stop (SIGTERM) and is gone after {Seconds(gone)}");
        while (ids.Any(id => watch.FirstAfter(id, moment) is null) && await IsUnfinishedAsync(cluster, cancellationToken))
        {
            cluster.RequireAlive(silo);
            await Task.Delay(10, cancellationToken);
        }

        foreach (var id in ids)
            Say($"  {id}: checkpoints at most {Seconds(watch.LongestBefore(id, moment))} apart before, the next one {(watch.FirstAfter(id, moment) is { } next ? Seconds(next) : "never")} after");
        var times = ids.Select(id => watch.FirstAfter(id, moment)).OfType<TimeSpan>().ToList();
        Say($"time to resume: {Seconds(times.DefaultIfEmpty().Max())} at most, {Seconds(times.Order().ElementAtOrDefault(times.Count / 2))} median, from the loss to a run's next checkpoint of 5 steps");
        return await cluster.EndAsync(ids, cancellationToken);
    }

    private static async Task<bool> IsUnfinishedAsync(ProcessCluster cluster, CancellationToken cancellationToken) =>
        await cluster.Blobs.ListAsync("unfinished/", cancellationToken).AnyAsync(cancellationToken);

    private static string Describe(RunStatus[] runs) =>
        string.Create(CultureInfo.InvariantCulture, $"{runs.Count(run => run.Stage == RunStage.Completed)} of {runs.Length} runs of {Steps} steps completed, {runs.Sum(run => run.Attempt)} attempts");

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:F2} s");

    private void Say(string line) => output.WriteLine(line);
}
