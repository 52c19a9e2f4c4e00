using System.CommandLine;
using Darkroom.Cli.CommandLine;

namespace Darkroom.Workbench.Evaluation;

/// <summary>Options that say where the words come from.</summary>
internal sealed class WordOptions
{
    private readonly Option<bool> describer = new("--describer") { Description = "Steer by what the describer sees (default)." };
    private readonly Option<bool> trueText = new("--true-text") { Description = "Steer by the truth about what was added." };
    private readonly Option<bool> falseText = new("--false-text") { Description = "Steer by the opposite of the truth." };
    private readonly Option<string?> text = new("--text") { Description = "Steer by these words.", HelpName = "TEXT" };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[describer, trueText, falseText, text])
            command.Add(option);
    }

    /// <summary>The source.</summary>
    /// <exception cref="InputException">More than one was named.</exception>
    public TextSource ReadSource(ParseResult result)
    {
        var chosen = new (bool IsSet, TextSource Source)[]
        {
            (result.GetValue(describer), TextSource.Describer),
            (result.GetValue(trueText), TextSource.True),
            (result.GetValue(falseText), TextSource.False),
            (result.GetValue(text) is not null, TextSource.Given),
        }.Where(choice => choice.IsSet).Select(choice => choice.Source).ToList();
        return chosen.Count <= 1
            ? chosen.FirstOrDefault()
            : throw new InputException("Only one of --describer, --true-text, --false-text and --text can be given.");
    }

    /// <summary>The words, where they were given.</summary>
    public string ReadText(ParseResult result) => result.GetValue(text) ?? string.Empty;
}
