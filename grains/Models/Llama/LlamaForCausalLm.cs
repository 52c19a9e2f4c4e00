using Darkroom.Models.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using Embedding = Darkroom.Models.Layers.Embedding;
using Linear = Darkroom.Models.Layers.Linear;

namespace Darkroom.Models.Llama;

/// <summary>LLaMA with its language head, and with LLaVA's projector where it lies inside the model.</summary>
/// <remarks>
/// Touvron et al. 2023, arXiv:2302.13971; names as in transformers' <c>LlamaForCausalLM</c>, and in LLaVA's first layout
/// <c>model.mm_projector</c> (Liu et al. 2023, arXiv:2304.08485, eq. (1)).
/// </remarks>
public sealed class LlamaForCausalLm : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "model")]
    private readonly Decoder decoder;
    [ComponentName(Name = "lm_head")]
    private readonly Linear head;

    /// <summary>Makes a model without weights.</summary>
    public LlamaForCausalLm(LlamaConfig config)
        : base(nameof(LlamaForCausalLm))
    {
        Config = config;
        decoder = new Decoder(config);
        head = new Linear(config.Width, config.VocabularySize, bias: false);
        RegisterComponents();
    }

    /// <summary>Gets the sizes.</summary>
    public LlamaConfig Config { get; }

    /// <param name="input">Token ids, [B, N] integers, without padding.</param>
    /// <returns>Scores of the next token at each place, [B, N, vocabulary]; the caller disposes them.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return Logits(Run(Embed(input))).MoveToOuterDisposeScope();
    }

    /// <summary>Looks tokens up.</summary>
    /// <param name="ids">Token ids, [B, N] integers.</param>
    /// <returns>[B, N, D]; the caller disposes it.</returns>
    public Tensor Embed(Tensor ids)
    {
        TensorShape.RequireIds(ids, nameof(ids), Config.VocabularySize, Config.MaxTokens);
        return decoder.Embedding.call(ids);
    }

    /// <summary>The embeddings of the last tokens, which a checkpoint added to LLaMA's own.</summary>
    /// <param name="count">How many.</param>
    /// <returns>[1, count, D]; a view of the weights.</returns>
    public Tensor ImageTokenRows(long count) => decoder.Embedding.Weight.narrow(0, Config.VocabularySize - count, count).unsqueeze(0);

    /// <summary>Runs the layers.</summary>
    /// <param name="embeddings">Embedded tokens, [B, N, D].</param>
    /// <param name="mask">1 for tokens, 0 for padding, [B, cached + N]; null without padding. Places are counted without that on the left.</param>
    /// <param name="cache">What came before; the tokens are added to it. Null for none.</param>
    /// <returns>The hidden state behind the final norm, [B, N, D]; that of padding has no meaning. The caller disposes it.</returns>
    public Tensor Run(Tensor embeddings, Tensor? mask = null, LlamaCache? cache = null)
    {
        using var scope = NewDisposeScope();
        var hidden = embeddings.alias();
        var pass = decoder.Begin(embeddings, mask, cache);
        foreach (var layer in decoder.Layers)
        {
            using var previous = hidden;
            hidden = layer.Run(previous, pass);
        }

        cache?.Advance(embeddings.shape[1]);
        return decoder.Norm.call(hidden).MoveToOuterDisposeScope();
    }

    /// <summary>What each layer gives.</summary>
    /// <param name="embeddings">Embedded tokens, [B, N, D].</param>
    /// <param name="mask">1 for tokens, 0 for padding, [B, N]; null without padding.</param>
    /// <returns>The embeddings, each layer's output but the last's, and that of the last behind the final norm: layers + 1 times [B, N, D]; the caller disposes them.</returns>
    public IReadOnlyList<Tensor> HiddenStates(Tensor embeddings, Tensor? mask = null)
    {
        using var scope = NewDisposeScope();
        var pass = decoder.Begin(embeddings, mask, cache: null);
        var states = new List<Tensor> { embeddings.alias() };
        foreach (var layer in decoder.Layers)
            states.Add(layer.Run(states[^1], pass));
        states[^1] = decoder.Norm.call(states[^1]);
        return [.. states.Select(state => state.MoveToOuterDisposeScope())];
    }

    /// <summary>The scores of the next token.</summary>
    /// <param name="hidden">Hidden state behind the final norm, [B, N, D].</param>
    /// <returns>[B, N, vocabulary]; the caller disposes it.</returns>
    public Tensor Logits(Tensor hidden)
    {
        TensorShape.Require(hidden, nameof(hidden), TensorShape.Any, TensorShape.Any, Config.Width);
        return head.call(hidden);
    }

    /// <summary>Maps picture features to where words are, with <c>model.mm_projector</c>.</summary>
    /// <param name="features">The vision encoder's last state but one, without the class token, [B, P, VisionWidth].</param>
    /// <returns>[B, P, D]; the caller disposes it.</returns>
    /// <exception cref="InvalidOperationException">The model has no projector.</exception>
    public Tensor ProjectImage(Tensor features)
    {
        if (decoder.Projector is null)
            throw new InvalidOperationException("This LLaMA has no model.mm_projector; take a LLaVA checkpoint (mm_hidden_size in its config.json).");
        TensorShape.Require(features, nameof(features), TensorShape.Any, TensorShape.Any, Config.VisionWidth);
        return decoder.Projector.call(features);
    }

    private sealed class Decoder : nn.Module
    {
        private readonly LlamaConfig config;
        private readonly RotaryEmbedding rotary;

        [ComponentName(Name = "embed_tokens")]
        private readonly Embedding embedding;
        [ComponentName(Name = "layers")]
        private readonly ModuleList<LlamaLayer> layers;
        [ComponentName(Name = "norm")]
        private readonly RmsNorm norm;
        [ComponentName(Name = "mm_projector")]
        private readonly Linear? projector;

        public Decoder(LlamaConfig config)
            : base(nameof(Decoder))
        {
            this.config = config;
            rotary = new RotaryEmbedding(config.Width / config.HeadCount, config.RotaryBase);
            embedding = new Embedding(config.VocabularySize, config.Width);
            layers = new ModuleList<LlamaLayer>(Enumerable.Range(0, config.LayerCount).Select(i => new LlamaLayer(config, i)).ToArray());
            norm = new RmsNorm(config.Width, config.Epsilon);
            projector = config.VisionWidth > 0 ? new Linear(config.VisionWidth, config.Width) : null;
            RegisterComponents();
        }

        public Embedding Embedding => embedding;

        public IEnumerable<LlamaLayer> Layers => layers;

        public RmsNorm Norm => norm;

        public Linear? Projector => projector;

        public LlamaPass Begin(Tensor embeddings, Tensor? mask, LlamaCache? cache)
        {
            TensorShape.Require(embeddings, nameof(embeddings), TensorShape.Any, TensorShape.Any, config.Width);
            var (batch, count, past) = (embeddings.shape[0], embeddings.shape[1], cache?.Length ?? 0);
            var total = past + count;
            cache?.Require(batch, count);
            if (total > config.MaxTokens)
                throw new ArgumentException($"The sequence has {total} tokens; allowed are {config.MaxTokens}.", nameof(embeddings));
            if (mask is not null)
                TensorShape.Require(mask, nameof(mask), batch, total);

            var positions = mask is null
                ? arange(past, total, dtype: ScalarType.Int64, device: embeddings.device).unsqueeze(0)
                : Places(mask, past, count);
            var (cosine, sine) = rotary.Angles(positions, embeddings.dtype);
            return new LlamaPass(cosine, sine, Bias(embeddings, mask, past), cache);
        }

        // Counted from the first token of a row: padding on the right, as in training, goes on counting.
        private static Tensor Places(Tensor mask, long past, long count)
        {
            var paddings = mask.to(ScalarType.Int64).cumsum(1).eq(0).to(ScalarType.Int64).sum(1).unsqueeze(1);   // [B, 1], on the left
            return (arange(past, past + count, dtype: ScalarType.Int64, device: mask.device).unsqueeze(0) - paddings).clamp_min(0);
        }

        /// <summary>Hides later tokens and padding. With the least number, not infinity: padding itself would see nothing, and NaN would spread.</summary>
        private static Tensor? Bias(Tensor embeddings, Tensor? mask, long past)
        {
            var (batch, count, total) = (embeddings.shape[0], embeddings.shape[1], past + embeddings.shape[1]);
            if (mask is null && count == 1)
                return null;
            var least = finfo(embeddings.dtype).min;
            var causal = full([count, total], least, dtype: embeddings.dtype, device: embeddings.device).triu(past + 1).view(1, 1, count, total);
            return mask is null ? causal : causal.expand(batch, 1, count, total).masked_fill(mask.eq(0).view(batch, 1, 1, total), least);
        }
    }
}
