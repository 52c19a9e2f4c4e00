using System.CommandLine;
using System.CommandLine.Invocation;
using System.Runtime.InteropServices;

namespace Darkroom.Cli.CommandLine;

/// <summary>Runs a command tree and turns whatever comes of it into one line and an exit code.</summary>
/// <param name="program">The program's name, with which its messages begin.</param>
/// <param name="error">Where messages go.</param>
/// <param name="isInputError">Tells which exceptions, beside <see cref="InputException"/>, are the user's input.</param>
/// <param name="stopTimeout">How long a command may take to stop; null for 15 seconds: a run stops between two tiles, and what takes longer is stuck.</param>
internal sealed class CommandHost(string program, TextWriter error, Func<Exception, bool> isInputError, TimeSpan? stopTimeout = null)
{
    private readonly TimeSpan stopTimeout = stopTimeout ?? TimeSpan.FromSeconds(15);

    // '@' begins a file name like any other character: no response files.
    private static readonly ParserConfiguration Parser = new() { ResponseFileTokenReplacer = null };

    /// <summary>Parses the arguments and runs the command that they name.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public async Task<int> RunAsync(RootCommand root, IReadOnlyList<string> args)
    {
        HelpWithExitCodes.Install(root);
        var result = root.Parse(args, Parser);
        if (result.Action is ParseErrorAction || (result.Errors.Count > 0 && result.Action is null))
            return Report(ExitCode.BadInput, $"{result.Errors[0].Message} See '{program} --help'.");

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

    private int Explain(Exception thrown, int stopCode)
    {
        var cause = thrown is AggregateException { InnerExceptions.Count: 1 } aggregate ? aggregate.InnerExceptions[0] : thrown;
        if (stopCode != ExitCode.Done)
            return Report(stopCode, "Stopped.");
        if (cause is InputException || isInputError(cause))
            return Report(ExitCode.BadInput, cause.Message);
        var log = LogFile.OfProcess.Write($"{string.Join(' ', Environment.GetCommandLineArgs())}\n{cause}");
        return Report(ExitCode.Failed, $"{cause.GetType().Name}: {cause.Message} (log: {log})");
    }

    private int Report(int code, string message)
    {
        error.WriteLine($"{program}: {message.ReplaceLineEndings(" ").Trim()}");
        return code;
    }
}
