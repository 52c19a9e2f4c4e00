using Darkroom.Cli.Clusters;
using Darkroom.Cli.CommandLine;
using Darkroom.Cli.Output;
using Darkroom.Cli.Terminals;
using Darkroom.Contracts.Jobs;

namespace Darkroom.Cli.Jobs;

/// <summary>Follows jobs to their end.</summary>
internal static class JobWatch
{
    /// <summary>Follows a job that was just started, or tells its name where nobody waits for it.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> FollowAsync(Terminal terminal, IJob job, bool isJson, bool isDetached, CancellationToken cancellationToken)
    {
        if (!isDetached)
            return await RunAsync(terminal, job, isJson, cancelsWithCommand: true, cancellationToken);
        JobReport.Write(terminal, await job.GetAsync(cancellationToken), isJson);
        return ExitCode.Done;
    }

    /// <summary>Follows a job.</summary>
    /// <param name="terminal">Where to show it.</param>
    /// <param name="job">The job.</param>
    /// <param name="isJson">Whether each change is a line of JSON.</param>
    /// <param name="cancelsWithCommand">Whether Ctrl-C cancels the job, and not just the watching.</param>
    /// <param name="cancellationToken">Comes with Ctrl-C.</param>
    /// <returns>The exit code: not all was done where pictures were given up.</returns>
    public static async Task<int> RunAsync(Terminal terminal, IJob job, bool isJson, bool cancelsWithCommand, CancellationToken cancellationToken)
    {
        try
        {
            // An answer to programs is each change; a bar would be in nobody's way, but nobody looks at it.
            var status = isJson
                ? await ReadAsync(job, status => JsonLine.Write(terminal.Out, status), cancellationToken)
                : await ProgressView.RunAsync(terminal, view => ReadAsync(job, status => view.Show(JobReport.Fraction(status), JobReport.Activity(status)), cancellationToken));
            if (!isJson)
                JobReport.Write(terminal, status, isJson);
            return JobReport.ExitCodeOf(status);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && cancelsWithCommand)
        {
            await job.CancelAsync(CancellationToken.None);
            terminal.Error.WriteLine($"The job {job.Name} is cancelled; './cluster job retry {job.Name}' goes on with the pictures that were not done.");
            throw;
        }
    }

    private static async Task<JobStatus> ReadAsync(IJob job, Action<JobStatus> show, CancellationToken cancellationToken)
    {
        JobStatus? last = null;
        await foreach (var status in job.WatchAsync(cancellationToken))
        {
            if (status != last)
                show(status);
            last = status;
        }

        return last is { HasEnded: true } ? last : await job.GetAsync(cancellationToken);
    }
}
