using System.CommandLine;
using System.Globalization;
using Darkroom.Cli.Clusters;
using Darkroom.Cli.CommandLine;
using Darkroom.Cli.Output;
using Darkroom.Cli.Terminals;

namespace Darkroom.Cli.Sessions;

/// <summary><c>./cluster session</c>: looks after dialogues that were begun.</summary>
internal static class SessionCommand
{
    private const int DefaultLimit = 50;
    private const int MaxLimit = 100_000;

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal) => new("session", "Looks after dialogues that were begun with 'chat', 'restore' or the page.")
    {
        List(terminal), Show(terminal), Undo(terminal), Branch(terminal), Compare(terminal), SessionReplay.Create(terminal), SessionSave.Create(terminal), Delete(terminal),
    };

    /// <summary>Makes the argument for a session.</summary>
    public static Argument<string> NameArgument() => new("SESSION") { Description = "Name of the session; './cluster session list' tells them." };

    /// <summary>Adds the options that all have, and what the command does with the cluster.</summary>
    public static Command With(Command command, Func<ParseResult, ICluster, CancellationToken, Task> act)
    {
        command.Options.Add(CommonOptions.Json);
        ClusterTarget.AddTo(command);
        command.SetAction(async (result, cancellationToken) =>
        {
            await using var cluster = await ClusterConnection.OpenAsync(ClusterTarget.Read(result), cancellationToken);
            await act(result, cluster, cancellationToken);
            return ExitCode.Done;
        });
        return command;
    }

    private static Command List(Terminal terminal)
    {
        var limit = Numbers.Whole("--limit", 1, MaxLimit, $"List at most so many. Default {DefaultLimit}.");
        return With(new Command("list", "Lists the sessions, the newest first.") { limit }, async (result, cluster, cancellationToken) =>
        {
            var rows = new List<string[]>();
            await foreach (var row in cluster.ListSessionsAsync(result.GetValue(limit) ?? DefaultLimit, cancellationToken))
            {
                if (result.GetValue(CommonOptions.Json))
                    JsonLine.Write(terminal.Out, row);
                else
                    rows.Add([row.Session, Amounts.Of(row.OpenedAt), Amounts.Size(row.Source.Width, row.Source.Height), row.VersionCount.ToString(CultureInfo.InvariantCulture), row.CurrentVersionId]);
            }

            if (rows.Count > 0)
                Columns.Write(terminal.Out, ["SESSION", "OPENED", "PIXELS", "VERSIONS", "CURRENT"], rows);
            else if (!result.GetValue(CommonOptions.Json))
                terminal.Out.WriteLine("no sessions; './cluster chat PHOTO' begins one");
        });
    }

    private static Command Show(Terminal terminal)
    {
        var name = NameArgument();
        return With(new Command("show", "Shows a session and the tree of its versions.") { name }, async (result, cluster, cancellationToken) =>
        {
            var session = cluster.Session(result.GetRequiredValue(name));
            var info = await session.GetAsync(cancellationToken);
            var versions = await session.ListVersionsAsync(cancellationToken);
            if (result.GetValue(CommonOptions.Json))
                JsonLine.Write(terminal.Out, new { session = info, versions });
            else
                SessionReport.Write(terminal.Out, info, versions);
        });
    }

    private static Command Undo(Terminal terminal)
    {
        var name = NameArgument();
        return With(new Command("undo", "Goes back to the version before.") { name }, async (result, cluster, cancellationToken) =>
            SessionReport.WritePlace(terminal.Out, "back at", await cluster.Session(result.GetRequiredValue(name)).UndoAsync(cancellationToken), result.GetValue(CommonOptions.Json)));
    }

    private static Command Branch(Terminal terminal)
    {
        var name = NameArgument();
        var version = new Argument<string>("VERSION") { Description = "Id of the version, such as v1." };
        return With(new Command("branch", "Goes to a version; what is asked next branches off from it.") { name, version }, async (result, cluster, cancellationToken) =>
            SessionReport.WritePlace(
                terminal.Out, "at", await cluster.Session(result.GetRequiredValue(name)).CheckoutAsync(result.GetRequiredValue(version), cancellationToken), result.GetValue(CommonOptions.Json)));
    }

    private static Command Compare(Terminal terminal)
    {
        var name = NameArgument();
        var before = new Argument<string>("BEFORE") { Description = "Id of a version." };
        var after = new Argument<string>("AFTER") { Description = "Id of another one." };
        var sheet = new Option<string?>("--output", "-o") { Description = "File to write both pictures to, side by side.", HelpName = "OUT" };
        return With(new Command("compare", "Tells what two versions were made with, where it differs.") { name, before, after, sheet }, async (result, cluster, cancellationToken) =>
        {
            var output = result.GetValue(sheet) is { } path ? OutputFile.ReservePicture(path) : null;
            var comparison = await cluster.Session(result.GetRequiredValue(name)).CompareAsync(result.GetRequiredValue(before), result.GetRequiredValue(after), cancellationToken);
            if (output is not null)
                await SessionSave.WriteSheetAsync(cluster, comparison, output, cancellationToken);
            if (result.GetValue(CommonOptions.Json))
                JsonLine.Write(terminal.Out, comparison);
            else
                terminal.Out.WriteLine(PlainText.Of(string.Join('\n', VersionText.Lines(comparison))));
        });
    }

    private static Command Delete(Terminal terminal)
    {
        var name = NameArgument();
        return With(new Command("delete", "Deletes a session and cancels its run; the pictures stay, since others may have them too.") { name }, async (result, cluster, cancellationToken) =>
        {
            var session = cluster.Session(result.GetRequiredValue(name));
            await session.GetAsync(cancellationToken);                          // a misspelling is no success
            await session.DeleteAsync(cancellationToken);
            if (result.GetValue(CommonOptions.Json))
                JsonLine.Write(terminal.Out, new { session = session.Name, isDeleted = true });
            else
                terminal.Out.WriteLine($"deleted {session.Name}");
        });
    }
}
