using Darkroom.Models.Layers;
using static TorchSharp.torch;

namespace Darkroom.Models.Llama;

/// <summary>How text is generated.</summary>
/// <param name="MaxNewTokens">Most tokens that are added, at least 1.</param>
/// <param name="NoRepeatNGramSize">No run of so many tokens comes twice; 0 allows all.</param>
/// <param name="EndIds">Tokens that end a sequence.</param>
/// <param name="PadId">What is written behind the end while other sequences go on.</param>
public sealed record GreedyOptions(int MaxNewTokens, int NoRepeatNGramSize, IReadOnlyList<long> EndIds, long PadId = 0);

/// <summary>What was generated.</summary>
/// <param name="Tokens">The new tokens of each sequence, the end token included, all equally many.</param>
/// <param name="HiddenStates">
/// Hidden states behind the final norm of the prompt and of every new token but the last, which is never fed back:
/// [B, prompt + new - 1, D]; null unless asked for.
/// </param>
public sealed record GeneratedText(IReadOnlyList<IReadOnlyList<long>> Tokens, Tensor? HiddenStates) : IDisposable
{
    /// <summary>Disposes the hidden states.</summary>
    public void Dispose() => HiddenStates?.Dispose();
}

/// <summary>Adds the likeliest token again and again.</summary>
public static class GreedyGenerator
{
    /// <summary>Generates text.</summary>
    /// <param name="model">The language model.</param>
    /// <param name="ids">The prompt's token ids, [B, N] integers; shorter prompts are padded on the left.</param>
    /// <param name="mask">1 for tokens, 0 for padding, [B, N]; null without padding.</param>
    /// <param name="options">How.</param>
    /// <param name="embeddings">The prompt's embeddings where they are not those of the ids (pictures), [B, N, D]; or null.</param>
    /// <param name="keepHiddenStates">Whether the hidden states are wanted.</param>
    /// <param name="cancellationToken">Looked at before each token.</param>
    /// <returns>The new tokens; the caller disposes it.</returns>
    public static GeneratedText Generate(
        LlamaForCausalLm model,
        Tensor ids,
        Tensor? mask,
        GreedyOptions options,
        Tensor? embeddings = null,
        bool keepHiddenStates = false,
        CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxNewTokens, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(options.NoRepeatNGramSize);
        TensorShape.RequireIds(ids, nameof(ids), model.Config.VocabularySize, model.Config.MaxTokens);
        if (mask is not null)
            TensorShape.Require(mask, nameof(mask), ids.shape);
        if (embeddings is not null)
            TensorShape.Require(embeddings, nameof(embeddings), ids.shape[0], ids.shape[1], model.Config.Width);

        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var (batch, count) = (ids.shape[0], ids.shape[1]);
        var input = embeddings is null ? model.Embed(ids) : embeddings.alias();
        var capacity = Math.Min(count + options.MaxNewTokens, model.Config.MaxTokens);
        using var cache = new LlamaCache(model.Config, batch, capacity, input.dtype, input.device);
        var allMask = mask is null ? null : cat([mask.to(ScalarType.Int64), ones(batch, capacity - count, dtype: ScalarType.Int64, device: mask.device)], 1);
        var sequences = ReadIds(ids);
        var added = sequences.Select(_ => new List<long>()).ToArray();
        var ended = new bool[batch];
        var states = new List<Tensor>();

        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var step = NewDisposeScope();
            var length = cache.Length + input.shape[1];
            var hidden = model.Run(input, allMask?.narrow(1, 0, length), cache);
            if (keepHiddenStates)
                states.Add(hidden.alias().MoveToOuterDisposeScope());
            var next = Choose(model.Logits(hidden.narrow(1, hidden.shape[1] - 1, 1)), sequences, options, ended);
            for (var row = 0; row < next.Length; row++)
            {
                sequences[row].Add(next[row]);
                added[row].Add(next[row]);
                ended[row] |= options.EndIds.Contains(next[row]);
            }

            if (ended.All(isEnded => isEnded) || added[0].Count == options.MaxNewTokens || length == capacity)
                break;
            input = model.Embed(tensor(next, [batch, 1], device: ids.device)).MoveToOuterDisposeScope();
        }

        return new GeneratedText(added, keepHiddenStates ? cat(states, 1).MoveToOuterDisposeScope() : null);
    }

    private static List<long>[] ReadIds(Tensor ids)
    {
        using var scope = NewDisposeScope();
        var flat = ids.to(ScalarType.Int64).cpu().contiguous().data<long>().ToArray();
        return [.. flat.Chunk((int)ids.shape[1]).Select(row => row.ToList())];
    }

    /// <summary>Takes the likeliest token of each row that is not blocked; the first of equals, as argmax does.</summary>
    private static long[] Choose(Tensor logits, List<long>[] sequences, GreedyOptions options, bool[] ended)
    {
        var width = (int)logits.shape[2];
        var scores = logits.to(ScalarType.Float32).cpu().contiguous().data<float>().ToArray();   // [B, 1, vocabulary]
        var chosen = new long[sequences.Length];
        for (var row = 0; row < chosen.Length; row++)
        {
            var blocked = options.NoRepeatNGramSize > 0 ? NGramBlocker.Blocked(sequences[row], options.NoRepeatNGramSize) : null;
            var own = scores.AsSpan(row * width, width);
            var best = -1;
            for (var id = 0; id < width; id++)
            {
                if ((best < 0 || own[id] > own[best]) && !float.IsNaN(own[id]) && blocked?.Contains(id) != true)
                    best = id;
            }

            if (best < 0 && !ended[row])
                throw new InvalidOperationException($"The language model gives no token for sequence {row}: all scores are NaN or all tokens are blocked by NoRepeatNGramSize = {options.NoRepeatNGramSize}.");
            chosen[row] = ended[row] ? options.PadId : best;
        }

        return chosen;
    }
}
