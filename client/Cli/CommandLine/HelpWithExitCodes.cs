using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Darkroom.Cli.CommandLine;

/// <summary>The help of a command, and below it what the process answers.</summary>
internal sealed class HelpWithExitCodes(HelpAction help) : SynchronousCommandLineAction
{
    /// <summary>Puts it in the place of the help of a whole command tree.</summary>
    public static void Install(RootCommand root)
    {
        foreach (var option in root.Options.OfType<HelpOption>())
        {
            if (option.Action is HelpAction help)
                option.Action = new HelpWithExitCodes(help);
        }
    }

    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        var code = help.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Exit codes:");
        foreach (var line in ExitCode.Help)
            output.WriteLine($"  {line}");
        return code;
    }
}
