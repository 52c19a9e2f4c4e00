using System.CommandLine;
using System.CommandLine.Invocation;
using System.Runtime.InteropServices;

namespace Darkroom.Cli.CommandLine;

/// <summary>Runs a command tree and turns whatever comes of it into one line and an exit code.</summary>
/// <param name="program">The program's name, with which its messages begin.</param>
/// <param name="error">Where messages go.</param>
/// <param name="exitCodeOf">Gives the answer to exceptions that say all there is to say, beside <see cref="CommandException"/>; null for those that nobody expects.</param>
/// <param name="stopTimeout">How long a command may take to stop; null for 15 seconds: a run stops between two tiles, and what takes longer is stuck.</param>
internal sealed class CommandHost(string program, TextWriter error, Func<Exception, int?> exitCodeOf, TimeSpan? stopTimeout = null)
{
    private readonly TimeSpan stopTimeout = stopTimeout ?? TimeSpan.FromSeconds(15);

    // '@' begins a file name like any other character: no response files.
    private static readonly ParserConfiguration Parser = new() { ResponseFileTokenReplacer = null };

    /// <summary>Parses the arguments and runs the command that they name.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public async Task<int> RunAsync(RootCommand root, IReadOnlyList<string> args)
    {
        HelpWithExitCodes.Install(root);
        var (result, fault) = Parse(root, args);
        if (fault is not null)
            return Report(ExitCode.BadInput, $"{fault} See '{program} --help'.");

        using var stop = new CancellationTokenSource();
        var stopCode = ExitCode.Done;
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Stop(context, ExitCode.Interrupted));
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Stop(context, ExitCode.Terminated));
        try
        {
            var code = await result.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, stop.Token);
            return stopCode == ExitCode.Done ? code : Report(stopCode, "Stopped.");
        }
#pragma warning disable CA1031 // The last stop: nothing may leave the process as a stack trace.
        catch (Exception thrown)
#pragma warning restore CA1031
        {
            return Explain(thrown, stopCode);
        }

        // A second signal ends the process at once.
        void Stop(PosixSignalContext context, int code)
        {
            context.Cancel = stopCode == ExitCode.Done;
            stopCode = code;
            stop.CancelAfter(TimeSpan.Zero);
            _ = Task.Delay(stopTimeout, CancellationToken.None).ContinueWith(_ => Environment.Exit(code), TaskScheduler.Default);
        }
    }

    /// <summary>Parses arguments as <see cref="RunAsync"/> does, without running what they name.</summary>
    /// <returns>What was parsed, and what is wrong with it, or null.</returns>
    public static (ParseResult Result, string? Fault) Parse(RootCommand root, IReadOnlyList<string> args)
    {
        var result = root.Parse(args, Parser);
        return (result, result.Action is ParseErrorAction || (result.Errors.Count > 0 && result.Action is null) ? Explain(result) : null);
    }

    // 'Required command was not provided' is no help to who misspelled it.
    private static string Explain(ParseResult result)
    {
        var command = result.CommandResult.Command;
        return command.Subcommands.Count > 0 && result.UnmatchedTokens is [var word, ..] && !word.StartsWith('-')
            ? $"There is no command '{word}' below '{command.Name}'; there are {string.Join(", ", command.Subcommands.Select(one => one.Name))}."
            : result.Errors[0].Message;
    }

    private int Explain(Exception thrown, int stopCode)
    {
        var cause = thrown is AggregateException { InnerExceptions.Count: 1 } aggregate ? aggregate.InnerExceptions[0] : thrown;
        if (stopCode != ExitCode.Done)
            return Report(stopCode, "Stopped.");
        if (((cause as CommandException)?.ExitCode ?? exitCodeOf(cause)) is { } code)
            return Report(code, cause.Message);
        var log = LogFile.OfProcess.Write($"{string.Join(' ', Secrets.Hide(Environment.GetCommandLineArgs()))}\n{cause}");
        return Report(ExitCode.Failed, $"{cause.GetType().Name}: {cause.Message} (log: {log})");
    }

    private int Report(int code, string message)
    {
        error.WriteLine($"{program}: {message.ReplaceLineEndings(" ").Trim()}");
        return code;
    }
}
