using Darkroom.Cli.Output;
using Darkroom.Cli.Terminals;

namespace Darkroom.Cli.Chat;

/// <summary>What a dialogue answers: sentences for people, or an object a line for programs.</summary>
internal sealed class ChatWriter(Terminal terminal, bool isJson)
{
    /// <summary>Gets whether a person reads along and types.</summary>
    public bool Prompts => terminal.IsInputInteractive && !isJson;

    /// <summary>Answers.</summary>
    /// <param name="text">For people.</param>
    /// <param name="facts">For programs; its <c>kind</c> says what it is.</param>
    public void Say(string text, object facts)
    {
        if (isJson)
            JsonLine.Write(terminal.Out, facts);
        else
            terminal.Out.WriteLine(PlainText.Of(text));
    }

    /// <summary>Tells people something that programs do not need, or get elsewhere.</summary>
    public void Note(string text)
    {
        if (!isJson)
            terminal.Out.WriteLine(PlainText.Of(text));
    }

    /// <summary>Refuses a line; the dialogue goes on.</summary>
    public void Refuse(string text) => Say(text.ReplaceLineEndings(" "), new { kind = "refused", message = text });
}
