using System.Globalization;
using Darkroom.Cli.CommandLine;
using Darkroom.Cli.Embedded;
using Darkroom.Cli.Terminals;
using Darkroom.Client;
using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Images;
using Darkroom.Contracts.Runs;
using Darkroom.Contracts.Sessions;

namespace Darkroom.Cli.Chat;

/// <summary>Reads lines, answers them, and writes each version that comes of them; ends with the input.</summary>
internal sealed class ChatLoop(Terminal terminal, DarkroomClient client, RestorationSession session, VersionFiles files, RestorationSettings settings)
{
    /// <summary>Runs the dialogue. What a single line does wrong is told, and the dialogue goes on.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var info = await session.GetAsync(cancellationToken);
        Say(string.Create(
            CultureInfo.InvariantCulture,
            $"Session {session.Key.Session}: {info.Source.Width} x {info.Source.Height} pixels, at version {info.CurrentVersionId}. Write <restore>, <refine> WORDS, or ask; {ChatLine.Commands}."));
        await TakeUpAsync(cancellationToken);
        while (await ReadLineAsync(cancellationToken) is { } text)
        {
            var line = ChatLine.Parse(text);
            if (line.Kind == ChatLineKind.Quit)
                break;
            try
            {
                await AnswerAsync(line, cancellationToken);
            }
            catch (Exception error) when (error is InputException or InvalidRequestException or QuotaExceededException)
            {
                Say(error.Message.ReplaceLineEndings(" "));
            }
        }
    }

    private Task AnswerAsync(ChatLine line, CancellationToken cancellationToken) => line.Kind switch
    {
        ChatLineKind.Message or ChatLineKind.Rounds => SendAsync(line.Text, cancellationToken),
        ChatLineKind.Undo => UndoAsync(cancellationToken),
        ChatLineKind.Versions => ListAsync(cancellationToken),
        ChatLineKind.Checkout => CheckoutAsync(line.Text, cancellationToken),
        ChatLineKind.Compare => CompareAsync(line.Text, cancellationToken),
        ChatLineKind.Replay => ReplayAsync(line.Text, cancellationToken),
        ChatLineKind.Save => SaveAsync(line.Text, cancellationToken),
        ChatLineKind.Help => SayAsync($"Commands: {ChatLine.Commands}."),
        ChatLineKind.Unknown => SayAsync($"There is no command '{line.Text}'; there are {ChatLine.Commands}."),
        _ => Task.CompletedTask,
    };

    private async Task SendAsync(string message, CancellationToken cancellationToken)
    {
        var reply = await session.SendAsync(message, settings, cancellationToken: cancellationToken);
        await FollowAsync(reply, message, cancellationToken);
    }

    private async Task FollowAsync(TurnReply reply, string message, CancellationToken cancellationToken)
    {
        var iteration = await ProgressView.RunAsync(
            terminal, view => IterativeRestoration.FollowAsync(session, reply, message, _ => new RunProgressReporter(view), cancellationToken));
        foreach (var (restoration, instruction) in iteration.Rounds.Zip(iteration.Instructions))
            await TellAsync(restoration, instruction, cancellationToken);
        if (iteration.Ending is { } ending)
            Say(ending);
    }

    private async Task ReplayAsync(string argument, CancellationToken cancellationToken)
    {
        var (version, seed) = ReplayArguments.Parse(argument);
        var reply = await session.ReplayAsync(version, seed, cancellationToken: cancellationToken);
        var restoration = await ProgressView.RunAsync(terminal, view => session.FinishAsync(reply, new RunProgressReporter(view), cancellationToken));
        await TellAsync(restoration, null, cancellationToken);
    }

    private async Task TellAsync(Restoration restoration, string? said, CancellationToken cancellationToken)
    {
        Say(restoration.Reply.Answer);
        if (restoration.Run is { } run && said is not null && RunResult.Meant(run, said) is { } meant)
            Say($"(meant: {meant})");
        if (restoration.Run is not null)
            await WriteAsync(restoration.Reply.VersionId!, RunResult.Require(restoration.Run, restoration.Reply.Answer), cancellationToken);
    }

    // A version that was being made when the dialogue was left, or its process was killed, is made now.
    private async Task TakeUpAsync(CancellationToken cancellationToken)
    {
        var versions = await session.ListVersionsAsync(cancellationToken);
        if (versions.FirstOrDefault(version => version.State == VersionState.Pending) is not { RunId: { } runId } pending)
            return;
        Say($"Version {pending.Id}, <{pending.Kind!.Value.ToString().ToLowerInvariant()}>, was not finished when the dialogue was left: going on with it.");
        if (pending.Round is { } round)
        {
            await FollowAsync(await FindTurnAsync(runId, round, cancellationToken), $"<{pending.Kind.Value.ToString().ToLowerInvariant()}>", cancellationToken);
            return;
        }

        var run = await ProgressView.RunAsync(terminal, view => session.WaitAsync(runId, new RunProgressReporter(view), cancellationToken));
        if (run.Stage == RunStage.Completed)
            await WriteAsync(pending.Id, run, cancellationToken);
        else
            Say($"{pending.Id} {run.Stage.ToString().ToLowerInvariant()}: {run.Error?.Message ?? "no picture was made"}");
    }

    // The answer that began the rounds, from the version that is being made on.
    private async Task<TurnReply> FindTurnAsync(string runId, VersionRound round, CancellationToken cancellationToken)
    {
        await foreach (var happened in session.EventsAsync(1, cancellationToken))
        {
            if (happened.Kind == SessionEventKind.RunStarted && happened.RunId == runId)
                return new TurnReply(happened.TurnId!, TurnOutcome.RunStarted, happened.Answer!, null, runId, happened.VersionId, happened.Sequence, round.Count);
        }

        throw new OperationCanceledException(cancellationToken);
    }

    private async Task WriteAsync(string version, RunStatus run, CancellationToken cancellationToken)
    {
        if (run.Description is { } seen)
            Say($"({seen})");
        if (run.Route is { } route)
            Say($"(chose {route.Pipeline}: {route.Reason})");
        var file = await DownloadAsync(run.Result!, cancellationToken);
        Say(string.Create(CultureInfo.InvariantCulture, $"{version}: {files.Write(version, file)} ({run.Elapsed.TotalSeconds:F1} s)"));
    }

    private async Task UndoAsync(CancellationToken cancellationToken) =>
        Say($"Back at version {(await session.UndoAsync(cancellationToken)).CurrentVersionId}.");

    private async Task CheckoutAsync(string version, CancellationToken cancellationToken) =>
        Say($"At version {(await session.CheckoutAsync(version, cancellationToken)).CurrentVersionId}.");

    private async Task ListAsync(CancellationToken cancellationToken)
    {
        var current = (await session.GetAsync(cancellationToken)).CurrentVersionId;
        foreach (var version in await session.ListVersionsAsync(cancellationToken))
            Say($"{(version.Id == current ? "*" : " ")} {version.Id}{Origin(version)}");
    }

    private async Task CompareAsync(string argument, CancellationToken cancellationToken)
    {
        if (argument.Split(' ', StringSplitOptions.RemoveEmptyEntries) is not [var before, var after])
            throw new InputException("It is /compare VERSION VERSION, for example /compare v1 v2.");
        var comparison = await session.CompareAsync(before, after, cancellationToken);
        Say(comparison.Differences.IsEmpty
            ? $"{before} and {after} were made with the same."
            : $"{before} and {after}, which both come from {comparison.CommonAncestorId}, differ in:");
        foreach (var difference in comparison.Differences)
            Say($"  {difference.Name}: {difference.Before} -> {difference.After}");
    }

    private async Task SaveAsync(string path, CancellationToken cancellationToken)
    {
        var info = await session.GetAsync(cancellationToken);
        Say($"Version {info.CurrentVersionId}: {files.Save(path, await DownloadAsync(info.CurrentImage, cancellationToken))}");
    }

    private static string Origin(SessionVersion version)
    {
        var how = version.Kind is { } kind ? $" from {version.ParentId}: <{kind.ToString().ToLowerInvariant()}> {version.Instruction}".TrimEnd() : ": the photograph";
        return version.State switch
        {
            VersionState.Ready => how,
            VersionState.Failed => $"{how} (failed: {version.Error?.Message})",
            _ => $"{how} ({version.State.ToString().ToLowerInvariant()})",
        };
    }

    private async Task<byte[]> DownloadAsync(ImageRef image, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        await client.DownloadAsync(image, buffer, cancellationToken);
        return buffer.ToArray();
    }

    // Reading a console cannot be cancelled; the thread that waits for the line is left behind when the process ends.
    private async Task<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        if (terminal.IsInputInteractive)
            await terminal.Out.WriteAsync("> ");
        var line = await Task.Run(terminal.In.ReadLine, cancellationToken).WaitAsync(cancellationToken);
        if (!terminal.IsInputInteractive && line is not null)
            await terminal.Out.WriteLineAsync($"> {line}");
        return line;
    }

    private Task SayAsync(string text)
    {
        Say(text);
        return Task.CompletedTask;
    }

    private void Say(string text) => terminal.Out.WriteLine(text);
}
