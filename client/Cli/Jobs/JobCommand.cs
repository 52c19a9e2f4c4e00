using System.CommandLine;
using Darkroom.Cli.Clusters;
using Darkroom.Cli.CommandLine;
using Darkroom.Cli.Output;
using Darkroom.Cli.Terminals;

namespace Darkroom.Cli.Jobs;

/// <summary><c>./cluster job</c>: restores many pictures alike.</summary>
internal static class JobCommand
{
    private const int DefaultLimit = 50;
    private const int MaxLimit = 100_000;

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal) => new("job", "Restores many pictures alike: folders, zip archives, files.")
    {
        JobCreateCommand.Create(terminal), List(terminal), Status(terminal), Watch(terminal),
        Change(terminal, "pause", "Begins no further picture of a job; those under way go on to their end.", (job, stop) => job.PauseAsync(stop)),
        Resume(terminal),
        Change(terminal, "cancel", "Cancels a job; what is done stays in its results.", CancelAsync),
        Retry(terminal), JobResultsCommand.Create(terminal),
    };

    /// <summary>Makes the argument for a job.</summary>
    public static Argument<string> NameArgument() => new("JOB") { Description = "Name of the job; './cluster job list' tells them." };

    /// <summary>Makes the option not to wait.</summary>
    public static Option<bool> DetachOption() => new("--detach") { Description = "With a server: come back at once, the job goes on there." };

    /// <summary>Adds the options that all have, and what the command does with the cluster.</summary>
    /// <param name="command">The command.</param>
    /// <param name="act">Gives the exit code.</param>
    public static Command With(Command command, Func<ParseResult, ICluster, CancellationToken, Task<int>> act)
    {
        command.Options.Add(CommonOptions.Json);
        ClusterTarget.AddTo(command);
        command.SetAction(async (result, cancellationToken) =>
        {
            await using var cluster = await ClusterConnection.OpenAsync(ClusterTarget.Read(result), cancellationToken);
            return await act(result, cluster, cancellationToken);
        });
        return command;
    }

    /// <summary>Refuses not to wait for what ends with this process.</summary>
    /// <exception cref="InputException">It would.</exception>
    public static void RequireServer(ICluster cluster, bool isDetached)
    {
        if (isDetached && cluster.EndsWithProcess)
            throw new InputException("--detach is for a server; the cluster in this process ends with the command. Start one with './cluster up' and give --server.");
    }

    private static Command List(Terminal terminal)
    {
        var limit = Numbers.Whole("--limit", 1, MaxLimit, $"List at most so many. Default {DefaultLimit}.");
        return With(new Command("list", "Lists the jobs, the newest first.") { limit }, async (result, cluster, cancellationToken) =>
        {
            var rows = new List<string[]>();
            await foreach (var status in cluster.ListJobsAsync(result.GetValue(limit) ?? DefaultLimit, cancellationToken))
            {
                if (result.GetValue(CommonOptions.Json))
                    JsonLine.Write(terminal.Out, status);
                else
                    rows.Add([JsonLine.ShortId(status.JobId)!, JobReport.Stage(status), JobReport.Counts(status)]);
            }

            if (rows.Count > 0)
                Columns.Write(terminal.Out, ["JOB", "STAGE", "PICTURES"], rows);
            else if (!result.GetValue(CommonOptions.Json))
                terminal.Out.WriteLine("no jobs; './cluster job create FOLDER' starts one");
            return ExitCode.Done;
        });
    }

    private static Command Status(Terminal terminal)
    {
        var name = NameArgument();
        return With(new Command("status", "Tells where a job stands.") { name }, async (result, cluster, cancellationToken) =>
        {
            var status = await cluster.Job(result.GetRequiredValue(name)).GetAsync(cancellationToken);
            JobReport.Write(terminal, status, result.GetValue(CommonOptions.Json));
            if (cluster.EndsWithProcess && !status.HasEnded)
                terminal.Error.WriteLine($"Nobody works on it now, unless a server does on the same folder; './cluster job watch {JsonLine.ShortId(status.JobId)}' goes on with it.");
            return ExitCode.Done;
        });
    }

    private static Command Watch(Terminal terminal)
    {
        var name = NameArgument();
        return With(new Command("watch", "Follows a job to its end. Ctrl-C ends the watching, not the job.") { name }, (result, cluster, cancellationToken) =>
            JobWatch.RunAsync(terminal, cluster.Job(result.GetRequiredValue(name)), result.GetValue(CommonOptions.Json), cancelsWithCommand: false, cancellationToken));
    }

    private static Command Resume(Terminal terminal)
    {
        var name = NameArgument();
        var detach = DetachOption();
        return With(new Command("resume", "Goes on with a job after a pause, and follows it to its end.") { name, detach }, async (result, cluster, cancellationToken) =>
        {
            var (job, isJson) = (cluster.Job(result.GetRequiredValue(name)), result.GetValue(CommonOptions.Json));
            RequireServer(cluster, result.GetValue(detach));
            var status = await job.ResumeAsync(cancellationToken);
            if (!result.GetValue(detach))
                return await JobWatch.RunAsync(terminal, job, isJson, cancelsWithCommand: false, cancellationToken);
            JobReport.Write(terminal, status, isJson);
            return ExitCode.Done;
        });
    }

    private static Command Retry(Terminal terminal)
    {
        var name = NameArgument();
        var newName = new Option<string?>("--name") { Description = "Name of the new job.", HelpName = "NAME" };
        var detach = DetachOption();
        return With(new Command("retry", "Starts a new job of the pictures that a job gave up or that were cancelled.") { name, newName, detach }, async (result, cluster, cancellationToken) =>
        {
            RequireServer(cluster, result.GetValue(detach));
            var job = await cluster.Job(result.GetRequiredValue(name)).RetryAsync(result.GetValue(newName), cancellationToken);
            return await JobWatch.FollowAsync(terminal, job, result.GetValue(CommonOptions.Json), result.GetValue(detach), cancellationToken);
        });
    }

    private static Command Change(Terminal terminal, string verb, string description, Func<IJob, CancellationToken, Task<Contracts.Jobs.JobStatus>> change)
    {
        var name = NameArgument();
        return With(new Command(verb, description) { name }, async (result, cluster, cancellationToken) =>
        {
            JobReport.Write(terminal, await change(cluster.Job(result.GetRequiredValue(name)), cancellationToken), result.GetValue(CommonOptions.Json));
            return ExitCode.Done;
        });
    }

    // It is cancelled when those under way have noticed.
    private static async Task<Contracts.Jobs.JobStatus> CancelAsync(IJob job, CancellationToken cancellationToken)
    {
        await job.CancelAsync(cancellationToken);
        await foreach (var status in job.WatchAsync(cancellationToken))
        {
            if (status.HasEnded)
                break;
        }

        return await job.GetAsync(cancellationToken);
    }
}
