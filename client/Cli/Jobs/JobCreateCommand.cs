using System.CommandLine;
using System.Globalization;
using Darkroom.Cli.Clusters;
using Darkroom.Cli.CommandLine;
using Darkroom.Cli.Output;
using Darkroom.Cli.Terminals;
using Darkroom.Contracts.Runs;

namespace Darkroom.Cli.Jobs;

/// <summary><c>./cluster job create</c>: starts a job.</summary>
internal static class JobCreateCommand
{
    private const string RefineTag = "<refine>";
    private const string RestoreTag = "<restore>";

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        var sources = new Argument<string[]>("SOURCE")
        {
            Description = "Folders (with those below them), zip archives and files; '-' is a list of them on standard input, one a line.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var prefix = new Option<string?>("--prefix") { Description = "Instead of sources: start of the names of pictures that were uploaded before (PUT /v1/uploads).", HelpName = "PREFIX" };
        var output = new Option<string?>("--output", "-o") { Description = "Folder to write the restored pictures to when the job has ended.", HelpName = "FOLDER" };
        var instruction = new Option<string?>("--instruction") { Description = "What is to be done to each, in your words; without it each picture decides.", HelpName = "TEXT" };
        var strength = Numbers.Real("--strength", 0, 1, "How much of each restored picture is taken. Default 1.");
        var seed = Numbers.Seed("Seed of all noise. Default 0.");
        var concurrency = Numbers.Whole("--concurrency", 1, 10_000, "At most so many pictures at once. Default: what the cluster does.");
        var name = new Option<string?>("--name") { Description = "Name of the job; the same again under a name is the same job.", HelpName = "NAME" };
        var detach = JobCommand.DetachOption();
        var command = new Command("create", "Restores many pictures alike, and waits for the end; Ctrl-C cancels the job.")
        {
            sources, prefix, output, instruction, strength, seed, CommonOptions.Checkpoint, CommonOptions.Pipeline, CommonOptions.Steps, CommonOptions.Guidance,
            CommonOptions.ImageGuidance, CommonOptions.Scheduler, CommonOptions.Gain, concurrency, name, detach, CommonOptions.Json,
        };
        ClusterTarget.AddTo(command);
        command.SetAction(async (result, cancellationToken) =>
        {
            var (target, isJson, folder) = (ClusterTarget.Read(result), result.GetValue(CommonOptions.Json), result.GetValue(output));
            if (folder is not null && result.GetValue(detach))
                throw new InputException("--output writes the pictures when the job has ended, and --detach does not wait for that; leave one of them out.");
            var results = folder is null ? null : ResultFolder.Reserve(folder, null);
            using var reader = new JobSourceReader(terminal);
            var (kind, words) = Command(result.GetValue(instruction));
            var plan = new JobPlan(
                Photos(reader, result.GetValue(sources) ?? [], result.GetValue(prefix)), result.GetValue(prefix), kind, words,
                CommonOptions.Settings(result, result.GetValue(strength), result.GetValue(seed)), result.GetValue(concurrency), result.GetValue(name));
            if (reader.LeftOut > 0)
                await terminal.Error.WriteLineAsync($"{Amounts.Of(reader.LeftOut, "file")} left out: no pictures by their names");
            await using var cluster = await ClusterConnection.OpenAsync(target, CommonOptions.Choice(result), null, cancellationToken);
            JobCommand.RequireServer(cluster, result.GetValue(detach));
            var job = await StartAsync(terminal, cluster, plan, cancellationToken);
            var code = await JobWatch.FollowAsync(terminal, job, isJson, result.GetValue(detach), cancellationToken);
            if (results is not null)
                await results.WriteAsync(terminal, cluster, job, isJson, cancellationToken);
            return code;
        });
        return command;
    }

    /// <summary>Makes of the user's words what each picture is told.</summary>
    public static (RunKind Kind, string Words) Command(string? instruction) => instruction?.Trim() switch
    {
        null or "" => (RunKind.Restore, string.Empty),
        var text when text.StartsWith(RestoreTag, StringComparison.OrdinalIgnoreCase) => (RunKind.Restore, text[RestoreTag.Length..].Trim()),
        var text when text.StartsWith(RefineTag, StringComparison.OrdinalIgnoreCase) => (RunKind.Refine, text[RefineTag.Length..].Trim()),
        var text => (RunKind.Refine, text),
    };

    private static IReadOnlyList<JobPhoto> Photos(JobSourceReader reader, string[] sources, string? prefix) => (sources.Length, prefix) switch
    {
        (0, null) => throw new InputException("A job needs pictures: name folders, zip archives or files, or with --prefix what was uploaded before."),
        (0, not null) => [],
        (_, not null) => throw new InputException("--prefix names pictures that were uploaded before; leave the sources out, or leave --prefix out."),
        _ => reader.Read(sources),
    };

    private static Task<IJob> StartAsync(Terminal terminal, ICluster cluster, JobPlan plan, CancellationToken cancellationToken) => ProgressView.RunAsync(terminal, view =>
    {
        var count = plan.Photos.Count;
        return cluster.StartJobAsync(
            plan,
            new ViewProgress<int>(done => view.Show((double)done / Math.Max(1, count), string.Create(CultureInfo.InvariantCulture, $"handing over, {done} of {count}"))),
            cancellationToken);
    });
}
