using Darkroom.Models.Llama;
using Darkroom.Models.Preprocessing;
using Darkroom.Models.Tokenizers;
using static TorchSharp.torch;

namespace Darkroom.Models.Describers;

/// <summary>LLaVA in this process: it is asked LLMRA's three questions about the picture.</summary>
/// <remarks>
/// Liu et al. 2023, arXiv:2310.03744; LLMRA, arXiv:2401.11401, eq. (1). The built-in describer measures beside it, and its sentence
/// stands where LLaVA gives none.
/// </remarks>
public sealed class LlavaDescriber : IImageDescriber, IDisposable
{
    private const string Missing = "(LLaVA gave no usable answer to {0}; there the built-in describer's words stand.)";
    private const int MaxSentenceLength = 300;

    private static readonly string[] Topics = ["light", "rain", "noise"];

    private readonly LlavaModel model;
    private readonly SentencePieceTokenizer tokenizer;
    private readonly IImageDescriber builtIn;
    private readonly Device device;

    /// <summary>Takes ownership of the model and of the built-in describer.</summary>
    /// <param name="model">The model, on <paramref name="device"/>, in evaluation mode.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <param name="builtIn">What measures, and what stands in.</param>
    /// <param name="device">Where the model is.</param>
    public LlavaDescriber(LlavaModel model, SentencePieceTokenizer tokenizer, IImageDescriber builtIn, Device device) =>
        (this.model, this.tokenizer, this.builtIn, this.device) = (model, tokenizer, builtIn, device);

    /// <summary>Gets the most tokens of an answer.</summary>
    public int MaxNewTokens { get; init; } = 48;

    /// <inheritdoc/>
    public int PatchSize => builtIn.PatchSize;

    /// <inheritdoc/>
    public int OverviewSize => model.Config.Vision.ImageSide;

    /// <inheritdoc/>
    public ImageDescription Describe(Tensor overview, Tensor patches)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var measured = builtIn.Describe(overview, patches);
        var pixels = ClipImageProcessor.Process(EightBitImage.FromUnit(overview), model.Config.Vision.ImageSide).to(device);
        var image = model.call(pixels);                                         // [1, tokens, D]
        var answers = DegradationSentences.Questions.Split(';', StringSplitOptions.TrimEntries).Select(question => Ask(question, image)).ToArray();
        var missing = Topics.Where((_, i) => answers[i] is null).ToList();
        return measured with
        {
            Lighting = answers[0] ?? measured.Lighting,
            Rain = answers[1] ?? measured.Rain,
            Noise = answers[2] ?? measured.Noise,
            Note = missing.Count == 0 ? string.Empty : Missing.Replace("{0}", string.Join(", ", missing), StringComparison.Ordinal),
        };
    }

    /// <summary>Keeps the first sentence of an answer, without what could be taken for a command.</summary>
    /// <returns>The sentence, or null if there is none or it is too long.</returns>
    public static string? FirstSentence(string answer)
    {
        var text = string.Concat(answer.Select(c => char.IsControl(c) || c is '<' or '>' ? ' ' : c)).Trim();
        var end = text.IndexOf(". ", StringComparison.Ordinal);
        text = end < 0 ? text : text[..(end + 1)];
        return text.Length is > 0 and <= MaxSentenceLength && text.Any(char.IsLetter) ? text : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        model.Dispose();
        (builtIn as IDisposable)?.Dispose();
    }

    // LLaVA 1.5's conversation: USER: <image>\nquestion ASSISTANT:
    private string? Ask(string question, Tensor image)
    {
        using var scope = NewDisposeScope();
        var begin = tokenizer.BeginId ?? throw new InvalidOperationException("The tokenizer has no token that begins a text; LLaVA needs LLaMA's.");
        long[] prompt = [
            begin, .. Ids("USER:"), .. Enumerable.Repeat((long)model.Config.ImageTokenId, (int)model.TokensPerImage), .. Ids($"{question} ASSISTANT:")];
        var ids = tensor(prompt, [1, prompt.Length], device: device);
        using var text = GreedyGenerator.Generate(
            model.Language, ids, mask: null, new GreedyOptions(MaxNewTokens, NoRepeatNGramSize: 0, [model.Language.Config.EndId]), model.Embed(ids, image));
        return FirstSentence(tokenizer.Decode(text.Tokens[0].Where(id => id != model.Language.Config.EndId).Select(id => (int)id)));

        IEnumerable<long> Ids(string words) => tokenizer.Encode(words).Select(id => (long)id);
    }
}
