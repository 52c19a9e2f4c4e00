using System.CommandLine;
using Darkroom.Cli.Clusters;
using Darkroom.Cli.CommandLine;
using Darkroom.Cli.Output;
using Darkroom.Cli.Terminals;

namespace Darkroom.Cli.Sessions;

/// <summary><c>./cluster session replay</c>: makes a version once more.</summary>
internal static class SessionReplay
{
    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        var name = SessionCommand.NameArgument();
        var version = new Argument<string?>("VERSION") { Description = "Id of the version. Default: the current one.", Arity = ArgumentArity.ZeroOrOne };
        var seed = Numbers.Seed("Another seed. Default: the same, and then the picture is the same.");
        var output = new Option<string?>("--output", "-o") { Description = "File to write the picture to; its extension says the format.", HelpName = "OUT" };
        return SessionCommand.With(new Command("replay", "Makes a version once more, as a new version beside it.") { name, version, seed, output }, async (result, cluster, cancellationToken) =>
        {
            var isJson = result.GetValue(CommonOptions.Json);
            var target = result.GetValue(output) is { } path ? PictureTarget.Reserve(path, null, isJson, terminal) : null;
            var session = cluster.Session(result.GetRequiredValue(name));
            var reply = await session.ReplayAsync(result.GetValue(version), result.GetValue(seed), cancellationToken);
            var iteration = await ProgressView.RunAsync(terminal, view => session.FollowAsync(reply, reply.Answer, new RunProgressReporter(view), cancellationToken));
            var last = iteration.Rounds[^1];
            var run = RunResult.Require(last.Run, reply.Answer);
            if (target is not null)
                await SessionSave.WriteAsync(cluster, run.Result!, target, cancellationToken);
            if (isJson)
                JsonLine.Write(terminal.Out, new { session = session.Name, last.Reply.VersionId, reply.Answer, run.Result, run.Model, run.ModelHash, seconds = run.Elapsed.TotalSeconds, output = target?.File?.Path });
            else if (target is null or { File: not null })
                terminal.Out.WriteLine(PlainText.Of($"{reply.Answer} It is version {last.Reply.VersionId}, after {Amounts.Of(run.Elapsed)}."));
            if (target?.File is { } file && !isJson)
                SessionSave.Tell(terminal, file, session.Name, last.Reply.VersionId!, isJson);
        });
    }
}
