using System.CommandLine;
using Darkroom.Cli.CommandLine;
using Darkroom.Cli.Output;
using Darkroom.Cli.Terminals;
using Darkroom.Contracts.Jobs;

namespace Darkroom.Cli.Jobs;

/// <summary><c>./cluster job results</c>: tells what became of each picture, and fetches the restored ones.</summary>
internal static class JobResultsCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        var name = JobCommand.NameArgument();
        var output = new Option<string?>("--output", "-o") { Description = "Folder to write the restored pictures to, by the names of their sources; made if it is not there.", HelpName = "FOLDER" };
        var format = FormatOption.Create("Format of the pictures. Default png.");
        return JobCommand.With(new Command("results", "Tells what became of each picture of a job that has ended, and fetches the restored ones.") { name, output, format }, async (result, cluster, cancellationToken) =>
        {
            var (job, isJson) = (cluster.Job(result.GetRequiredValue(name)), result.GetValue(CommonOptions.Json));
            var wanted = FormatOption.Read(result.GetValue(format));
            if (result.GetValue(output) is not { } path)
            {
                return wanted is null
                    ? await ListAsync(terminal, job.ResultsAsync(cancellationToken), isJson)
                    : throw new InputException("--format is the format of pictures that are written; give --output FOLDER with it.");
            }

            return await ResultFolder.Reserve(path, wanted).WriteAsync(terminal, cluster, job, isJson, cancellationToken);
        });
    }

    private static async Task<int> ListAsync(Terminal terminal, IAsyncEnumerable<JobItemResult> results, bool isJson)
    {
        var (rows, isWhole) = (new List<string[]>(), true);
        await foreach (var one in results)
        {
            isWhole &= one.Outcome == JobItemOutcome.Completed;
            if (isJson)
                JsonLine.Write(terminal.Out, one);
            else
                rows.Add([one.Name, ResultFolder.Outcome(one), one.Error?.Message ?? one.Route?.Pipeline ?? string.Empty]);
        }

        if (!isJson)
            Columns.Write(terminal.Out, ["PICTURE", "OUTCOME", "HOW"], rows);
        return isWhole ? ExitCode.Done : ExitCode.Partly;
    }
}
