using System.Text.RegularExpressions;

namespace Darkroom.Tests.Unit.Documentation;

/// <summary>A command or an option of one that a text names, in a form that is no command line: <c>restore [PHOTO] [-o OUT] | --suite dev</c>.</summary>
/// <param name="Command">The command.</param>
/// <param name="Fault">What is wrong with it, or null.</param>
internal sealed partial record DocumentedOption(string Command, string? Fault);

/// <summary>Finds commands and options in the text of pages and of the script's help.</summary>
internal static partial class DocumentedOptions
{
    /// <summary>Finds those of a page: code that begins with <c>./cluster</c>, and the options in code after it on the same line.</summary>
    public static IEnumerable<DocumentedOption> Find(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            List<string> command = [];
            foreach (Match code in Code().Matches(line))
            {
                var text = code.Groups[1].Value;
                if (Cluster().Match(text) is { Success: true } match)
                {
                    command = [];
                    text = text[(match.Index + match.Length)..];
                }
                else if (command.Count == 0 || !text.StartsWith('-'))
                {
                    continue;
                }

                foreach (var one in Read(text, command))
                    yield return one;
            }
        }
    }

    /// <summary>Finds those of the script's help.</summary>
    public static IEnumerable<DocumentedOption> FindInHelp(string script)
    {
        var begin = script.IndexOf("./cluster COMMAND", StringComparison.Ordinal);
        var help = script[begin..script.IndexOf("\nTEXT", begin, StringComparison.Ordinal)];
        foreach (Match line in HelpLine().Matches(help))
        {
            List<string> command = [];
            foreach (var one in Read(line.Groups[1].Value, command))
                yield return one;
        }
    }

    // Reads on with the command that the text before was about; a word that is no option may be the name of a command beside it.
    private static IEnumerable<DocumentedOption> Read(string text, List<string> command)
    {
        var isNewPart = true;
        foreach (var word in text.Split([' ', '[', ']', ',', ';'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (word is "|" or "or")
            {
                isNewPart = true;
                continue;
            }

            if (command.Count == 0)
            {
                if (!ClusterScript.Commands.Contains(word))
                {
                    yield return new DocumentedOption(word, CommandName().IsMatch(word) ? $"there is no command '{word}'" : null);
                    yield break;
                }

                command.Add(word);
                yield return new DocumentedOption(word, null);
            }
            else if (isNewPart && ClusterScript.HasSubcommand(command[0], word))
            {
                command.RemoveRange(1, command.Count - 1);
                command.Add(word);
                isNewPart = false;
                yield return new DocumentedOption(string.Join(' ', command), null);
            }
            else if (Option().Match(word) is { Success: true } option && ClusterScript.OptionsOf(command) is { } options)
            {
                isNewPart = false;
                yield return new DocumentedOption(
                    string.Join(' ', command), options.Contains(option.Value) ? null : $"'./cluster {string.Join(' ', command)}' has no option {option.Value}");
            }
        }
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"(^|\s)\./cluster(\s+|$)")]
    private static partial Regex Cluster();

    // A setting, --Section:Name=VALUE, is everybody's.
    [GeneratedRegex(@"^--?[a-z][a-z-]*(?![\w:-])")]
    private static partial Regex Option();

    [GeneratedRegex("^[a-z]+$")]
    private static partial Regex CommandName();

    [GeneratedRegex(@"^  ([a-z].*?)(?:  .*)?$", RegexOptions.Multiline)]
    private static partial Regex HelpLine();
}
