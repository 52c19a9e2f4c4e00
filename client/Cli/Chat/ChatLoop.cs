using System.Globalization;
using Darkroom.Cli.Clusters;
using Darkroom.Cli.CommandLine;
using Darkroom.Cli.Output;
using Darkroom.Cli.Sessions;
using Darkroom.Cli.Terminals;
using Darkroom.Client;
using Darkroom.Contracts.Images;
using Darkroom.Contracts.Runs;
using Darkroom.Contracts.Sessions;

namespace Darkroom.Cli.Chat;

/// <summary>Reads lines, answers them, and writes each version that comes of them; ends with the input.</summary>
internal sealed class ChatLoop(Terminal terminal, ChatWriter writer, ICluster cluster, ISession session, VersionFiles files, RestorationSettings settings)
{
    /// <summary>Runs the dialogue. What a single line does wrong is told, and the dialogue goes on.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var info = await session.GetAsync(cancellationToken);
        writer.Say(
            $"Session {session.Name}: {Amounts.Size(info.Source.Width, info.Source.Height)} pixels, at version {info.CurrentVersionId}. Write <restore>, <refine> WORDS, or ask; {ChatLine.Commands}.",
            new { kind = "opened", session = session.Name, versionId = info.CurrentVersionId, info.VersionCount, info.Source });
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
            catch (Exception error) when (ClusterErrors.ExitCodeOf(error) is ExitCode.BadInput or ExitCode.Partly or ExitCode.Busy)
            {
                writer.Refuse(error.Message);
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
        ChatLineKind.Help => HelpAsync(),
        ChatLineKind.Unknown => throw new InputException($"There is no command '{line.Text}'; there are {ChatLine.Commands}."),
        _ => Task.CompletedTask,
    };

    private async Task SendAsync(string message, CancellationToken cancellationToken)
    {
        var reply = await session.SendAsync(message, settings, 1, cancellationToken);
        await FollowAsync(reply, message, cancellationToken);
    }

    private async Task FollowAsync(TurnReply reply, string message, CancellationToken cancellationToken)
    {
        var iteration = await ProgressView.RunAsync(terminal, view => session.FollowAsync(reply, message, new RunProgressReporter(view), cancellationToken));
        foreach (var (restoration, instruction) in iteration.Rounds.Zip(iteration.Instructions))
            await TellAsync(restoration, instruction, cancellationToken);
        if (iteration.Ending is { } ending)
            writer.Say(ending, new { kind = "roundsEnded", answer = ending, iteration.IsSettled });
    }

    private async Task ReplayAsync(string argument, CancellationToken cancellationToken)
    {
        var (version, seed) = ReplayArguments.Parse(argument);
        var reply = await session.ReplayAsync(version, seed, cancellationToken);
        var iteration = await ProgressView.RunAsync(terminal, view => session.FollowAsync(reply, reply.Answer, new RunProgressReporter(view), cancellationToken));
        await TellAsync(iteration.Rounds[^1], null, cancellationToken);
    }

    private async Task TellAsync(Restoration restoration, string? said, CancellationToken cancellationToken)
    {
        writer.Say(restoration.Reply.Answer, new { kind = restoration.Reply.Outcome, restoration.Reply.Answer, restoration.Reply.Description, restoration.Reply.VersionId });
        if (restoration.Run is { } run && said is not null && RunResult.Meant(run, said) is { } meant)
            writer.Note($"(meant: {meant})");
        if (restoration.Run is not null)
            await WriteAsync(restoration.Reply.VersionId!, RunResult.Require(restoration.Run, restoration.Reply.Answer), cancellationToken);
    }

    // A version that was being made when the dialogue was left, or its process was killed, is made now.
    private async Task TakeUpAsync(CancellationToken cancellationToken)
    {
        var versions = await session.ListVersionsAsync(cancellationToken);
        if (versions.FirstOrDefault(version => version.State == VersionState.Pending) is not { RunId: { } runId } pending)
            return;
        writer.Note($"Version {pending.Id}, <{pending.Kind!.Value.ToString().ToLowerInvariant()}>, was not finished when the dialogue was left: going on with it.");
        if (pending.Round is { } round)
        {
            await FollowAsync(await FindTurnAsync(runId, round, cancellationToken), $"<{pending.Kind.Value.ToString().ToLowerInvariant()}>", cancellationToken);
            return;
        }

        var run = await ProgressView.RunAsync(terminal, view => session.WaitAsync(runId, new RunProgressReporter(view), cancellationToken));
        if (run.Stage == RunStage.Completed)
            await WriteAsync(pending.Id, run, cancellationToken);
        else
            writer.Refuse($"{pending.Id} {run.Stage.ToString().ToLowerInvariant()}: {run.Error?.Message ?? "no picture was made"}");
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
            writer.Note($"({seen})");
        if (run.Route is { } route)
            writer.Note($"(chose {route.Pipeline}: {route.Reason})");
        var path = files.Write(version, await DownloadAsync(run.Result!, cancellationToken));
        writer.Say(
            string.Create(CultureInfo.InvariantCulture, $"{version}: {path} ({run.Elapsed.TotalSeconds:F1} s)"),
            new { kind = "versionReady", versionId = version, output = path, seconds = run.Elapsed.TotalSeconds, run.Description, run.Instruction, run.Model, run.ModelHash, run.Route });
    }

    private async Task UndoAsync(CancellationToken cancellationToken) => TellVersion("Back at", await session.UndoAsync(cancellationToken));

    private async Task CheckoutAsync(string version, CancellationToken cancellationToken) => TellVersion("At", await session.CheckoutAsync(version, cancellationToken));

    private void TellVersion(string where, SessionInfo info) =>
        writer.Say($"{where} version {info.CurrentVersionId}.", new { kind = "checkedOut", versionId = info.CurrentVersionId });

    private async Task ListAsync(CancellationToken cancellationToken)
    {
        var current = (await session.GetAsync(cancellationToken)).CurrentVersionId;
        foreach (var version in await session.ListVersionsAsync(cancellationToken))
            writer.Say(VersionText.Line(version, current), new { kind = "version", isCurrent = version.Id == current, version });
    }

    private async Task CompareAsync(string argument, CancellationToken cancellationToken)
    {
        if (argument.Split(' ', StringSplitOptions.RemoveEmptyEntries) is not [var before, var after])
            throw new InputException("It is /compare VERSION VERSION, for example /compare v1 v2.");
        var comparison = await session.CompareAsync(before, after, cancellationToken);
        writer.Say(string.Join('\n', VersionText.Lines(comparison)), new { kind = "comparison", comparison });
    }

    private async Task SaveAsync(string path, CancellationToken cancellationToken)
    {
        var info = await session.GetAsync(cancellationToken);
        var saved = files.Save(path, await DownloadAsync(info.CurrentImage, cancellationToken));
        writer.Say($"Version {info.CurrentVersionId}: {saved}", new { kind = "saved", versionId = info.CurrentVersionId, output = saved });
    }

    private async Task<byte[]> DownloadAsync(ImageRef image, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        await cluster.DownloadAsync(image, buffer, cancellationToken);
        return buffer.ToArray();
    }

    // Reading a console cannot be cancelled; the thread that waits for the line is left behind when the process ends.
    private async Task<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        if (writer.Prompts)
            await terminal.Out.WriteAsync("> ");
        var line = await Task.Run(terminal.In.ReadLine, cancellationToken).WaitAsync(cancellationToken);
        if (!terminal.IsInputInteractive && line is not null)
            writer.Note($"> {line}");
        return line;
    }

    private Task HelpAsync()
    {
        writer.Say($"Commands: {ChatLine.Commands}.", new { kind = "help", commands = ChatLine.Commands });
        return Task.CompletedTask;
    }
}
