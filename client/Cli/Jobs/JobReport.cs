using Darkroom.Cli.CommandLine;
using Darkroom.Cli.Output;
using Darkroom.Cli.Terminals;
using Darkroom.Contracts.Jobs;

namespace Darkroom.Cli.Jobs;

/// <summary>Tells where jobs stand, for people and for programs.</summary>
internal static class JobReport
{
    /// <summary>Writes where a job stands.</summary>
    public static void Write(Terminal terminal, JobStatus status, bool isJson)
    {
        if (isJson)
        {
            JsonLine.Write(terminal.Out, status);
            return;
        }

        Line("job", JsonLine.ShortId(status.JobId)!);
        Line("stage", status.Error is { } error ? $"{Stage(status)}: {error.Message}" : Stage(status));
        Line("pictures", Counts(status));
        Line("took", Amounts.Of(status.Elapsed));
        if (status.ResultsHash is not null)
            Line("results", $"./cluster job results {JsonLine.ShortId(status.JobId)} -o FOLDER");

        void Line(string name, string text) => terminal.Out.WriteLine(PlainText.Of($"{name,-9} {text}"));
    }

    /// <summary>The stage in a word.</summary>
    public static string Stage(JobStatus status) => status.Stage.ToString().ToLowerInvariant();

    /// <summary>How many pictures ended how.</summary>
    public static string Counts(JobStatus status)
    {
        var parts = new List<string> { status.Stage == JobStage.Listing ? "not counted yet" : $"{status.Completed} of {status.Total} restored" };
        if (status.Quarantined > 0)
            parts.Add($"{status.Quarantined} given up");
        if (status.Cancelled > 0)
            parts.Add($"{status.Cancelled} cancelled");
        if (status is { Running: > 0, HasEnded: false })
            parts.Add($"{status.Running} under way");
        return string.Join(", ", parts);
    }

    /// <summary>How much is done, 0..1.</summary>
    public static double Fraction(JobStatus status) => status.Total == 0 ? 0 : (double)status.Settled / status.Total;

    /// <summary>What is being done, in a few words.</summary>
    public static string Activity(JobStatus status) => status.Stage switch
    {
        JobStage.Listing => "looking for the pictures",
        JobStage.Running => $"restoring, {Counts(status)}",
        _ => $"{Stage(status)}, {Counts(status)}",
    };

    /// <summary>What the process answers to how a job ended.</summary>
    /// <exception cref="InputException">The list of pictures could not be read.</exception>
    public static int ExitCodeOf(JobStatus status) => status switch
    {
        { Stage: JobStage.Completed, Quarantined: 0 } => ExitCode.Done,
        { Stage: JobStage.Failed } => throw new InputException(status.Error?.Message ?? "The job failed."),
        _ => ExitCode.Partly,
    };
}
