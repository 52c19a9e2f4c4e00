using Darkroom.Cli;
using Darkroom.Cli.CommandLine;
using Darkroom.Cli.Terminals;

namespace Darkroom.Tests.Unit.Cli;

/// <summary>Runs the command line in the test's own process: the same parser, commands and exit codes without the start of a program.</summary>
internal static class CommandLineRun
{
    /// <summary>Runs a command.</summary>
    /// <param name="arguments">Its arguments.</param>
    public static Task<ProcessResult> RunAsync(params string[] arguments) => RunAsync(string.Empty, arguments);

    /// <summary>Runs a command with lines on its input.</summary>
    /// <param name="input">The lines.</param>
    /// <param name="arguments">Its arguments.</param>
    public static async Task<ProcessResult> RunAsync(string input, string[] arguments)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var terminal = new Terminal(new StringReader(input), output, error, IsInputInteractive: false, IsOutputInteractive: false, IsErrorInteractive: false);
        var code = await new CommandHost("darkroom", error, ClusterErrors.ExitCodeOf).RunAsync(DarkroomCommands.Create(terminal), arguments);
        return new ProcessResult(code, output.ToString(), error.ToString());
    }
}
