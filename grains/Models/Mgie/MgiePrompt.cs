using Darkroom.Models.Tokenizers;

namespace Darkroom.Models.Mgie;

/// <summary>The words around an instruction, and what is kept of the answer.</summary>
/// <remarks>Conversation <c>vicuna_v1_1</c> and the clean-up of the official demonstration. What a user writes is encoded as text: it cannot bring in tokens of pictures.</remarks>
/// <param name="tokenizer">The language model's tokenizer.</param>
/// <param name="tokens">The tokens that stand for pictures.</param>
/// <param name="patchCount">How many tokens a picture takes.</param>
/// <param name="maxTokens">Longest prompt (tokens), so that the answer still fits.</param>
public sealed class MgiePrompt(SentencePieceTokenizer tokenizer, MgieTokens tokens, int patchCount, int maxTokens)
{
    private const string System =
        "A chat between a curious user and an artificial intelligence assistant. The assistant gives helpful, detailed, and polite answers to the user's questions.";

    private const string Answer = "ASSISTANT:";
    private const int MaxSentences = 2;

    /// <summary>Makes the prompt's tokens.</summary>
    /// <param name="instruction">What the user wants.</param>
    /// <exception cref="ArgumentException">The instruction is too long.</exception>
    public IReadOnlyList<long> Encode(string instruction)
    {
        var begin = tokenizer.BeginId ?? throw new InvalidOperationException("The tokenizer has no token that begins a text; MGIE needs LLaMA's.");
        var question = tokenizer.Encode($"{System} USER: what will this image be like if '{instruction}'");
        var answer = tokenizer.Encode(Answer);
        var count = 3 + question.Count + patchCount + answer.Count;
        if (count > maxTokens)
            throw new ArgumentException($"The instruction has {instruction.Length} characters, with which the prompt has {count} tokens; at most {maxTokens} fit. Say it in fewer words.", nameof(instruction));
        return [begin, .. question.Select(id => (long)id), tokens.Start, .. Enumerable.Repeat(tokens.Patch, patchCount), tokens.End, .. answer.Select(id => (long)id)];
    }

    /// <summary>Reads the expressive instruction: at most two sentences before the [IMG] tokens, without what is said of alternatives.</summary>
    /// <param name="written">The tokens behind the prompt.</param>
    public string Read(IReadOnlyList<long> written)
    {
        var text = tokenizer.Decode(written.TakeWhile(id => id < tokens.Patch).Select(id => (int)id)).Trim();
        var alternative = text.IndexOf("alternative", StringComparison.OrdinalIgnoreCase);
        if (alternative >= 0)
            text = text[..alternative];
        text = string.Join(". ", text.Split('.', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Take(MaxSentences));
        return text.Length == 0 ? text : text + ".";
    }
}
