using Darkroom.Models.Layers;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Darkroom.Models.Clip;

/// <summary>CLIP's text encoder, with its projection where the checkpoint has one.</summary>
/// <remarks>
/// Radford et al. 2021, arXiv:2103.00020; names as in transformers' <c>CLIPTextModel</c> and
/// <c>CLIPTextModelWithProjection</c>. Stable Diffusion 1 takes the last hidden state. Stable Diffusion 2 takes the last but one
/// with the final norm: its files hold one layer less, so there too it is what <see cref="forward"/> gives;
/// <see cref="Penultimate"/> is for files with all layers. Tokens see those before them; padding is not masked.
/// </remarks>
public sealed class ClipTextModel : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "text_model")]
    private readonly Transformer transformer;
    [ComponentName(Name = "text_projection")]
    private readonly Linear? projection;

    /// <summary>Makes an encoder without weights.</summary>
    public ClipTextModel(ClipTextConfig config)
        : base(nameof(ClipTextModel))
    {
        Config = config;
        transformer = new Transformer(config);
        projection = config.HasProjection ? new Linear(config.Width, config.ProjectionWidth, bias: false) : null;
        RegisterComponents();
    }

    /// <summary>Gets the sizes.</summary>
    public ClipTextConfig Config { get; }

    /// <param name="input">Token ids, [B, N] integers, N at most <see cref="ClipTextConfig.MaxTokens"/>.</param>
    /// <returns>The last hidden state behind the final norm, [B, N, D]; the caller disposes it.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return transformer.Encode(input, Config.LayerCount).MoveToOuterDisposeScope();
    }

    /// <summary>The last hidden state but one, behind the final norm, as Stable Diffusion 2 wants it of a file with all layers.</summary>
    /// <param name="input">Token ids, [B, N].</param>
    /// <returns>[B, N, D]; the caller disposes it.</returns>
    public Tensor Penultimate(Tensor input)
    {
        using var scope = NewDisposeScope();
        return transformer.Encode(input, Config.LayerCount - 1).MoveToOuterDisposeScope();
    }

    /// <summary>What each layer gives, before the final norm.</summary>
    /// <param name="input">Token ids, [B, N].</param>
    /// <returns>The embeddings and each layer's output, layers + 1 times [B, N, D]; the caller disposes them.</returns>
    public IReadOnlyList<Tensor> HiddenStates(Tensor input)
    {
        using var scope = NewDisposeScope();
        return [.. transformer.HiddenStates(input).Select(state => state.MoveToOuterDisposeScope())];
    }

    /// <summary>Takes the state of the end token, which has the largest id.</summary>
    /// <param name="input">Token ids, [B, N].</param>
    /// <param name="lastHiddenState">What <see cref="forward"/> gave for them, [B, N, D].</param>
    /// <returns>[B, D]; the caller disposes it.</returns>
    public Tensor Pool(Tensor input, Tensor lastHiddenState)
    {
        TensorShape.RequireIds(input, nameof(input), Config.VocabularySize, Config.MaxTokens);
        TensorShape.Require(lastHiddenState, nameof(lastHiddenState), input.shape[0], input.shape[1], Config.Width);
        using var scope = NewDisposeScope();
        var end = input.to(ScalarType.Int64).argmax(-1).view(-1, 1, 1).expand(-1, 1, Config.Width);   // [B, 1, D]
        return lastHiddenState.gather(1, end).squeeze(1).MoveToOuterDisposeScope();
    }

    /// <summary>Maps a pooled state into the space that text and pictures share.</summary>
    /// <param name="pooled">[B, D].</param>
    /// <returns>[B, ProjectionWidth]; the caller disposes it.</returns>
    /// <exception cref="InvalidOperationException">The checkpoint has no projection.</exception>
    public Tensor Project(Tensor pooled)
    {
        TensorShape.Require(pooled, nameof(pooled), TensorShape.Any, Config.Width);
        return projection?.call(pooled)
            ?? throw new InvalidOperationException("This CLIP text encoder has no text_projection; take a checkpoint with it (CLIPTextModelWithProjection).");
    }

    private sealed class Transformer : nn.Module
    {
        private readonly ClipTextConfig config;

        [ComponentName(Name = "embeddings")]
        private readonly Embeddings embeddings;
        [ComponentName(Name = "encoder")]
        private readonly ClipEncoder encoder;
        [ComponentName(Name = "final_layer_norm")]
        private readonly LayerNorm finalNorm;

        public Transformer(ClipTextConfig config)
            : base(nameof(Transformer))
        {
            this.config = config;
            embeddings = new Embeddings(config);
            encoder = new ClipEncoder(config.LayerCount, config.Width, config.HeadCount, config.FeedForwardWidth, config.Activation, config.Epsilon);
            finalNorm = new LayerNorm(config.Width, config.Epsilon);
            RegisterComponents();
        }

        public Tensor Encode(Tensor ids, int layerCount)
        {
            var embedded = Embed(ids);
            return finalNorm.call(encoder.Run(embedded, Causal(embedded), layerCount));
        }

        public IReadOnlyList<Tensor> HiddenStates(Tensor ids)
        {
            var embedded = Embed(ids);
            return encoder.HiddenStates(embedded, Causal(embedded));
        }

        private Tensor Embed(Tensor ids)
        {
            TensorShape.RequireIds(ids, "input", config.VocabularySize, config.MaxTokens);
            return embeddings.call(ids);
        }

        private static Tensor Causal(Tensor embedded) =>
            full([embedded.shape[1], embedded.shape[1]], double.NegativeInfinity, dtype: embedded.dtype, device: embedded.device)
                .triu(1).view(1, 1, embedded.shape[1], embedded.shape[1]);
    }

    private sealed class Embeddings : nn.Module<Tensor, Tensor>
    {
        [ComponentName(Name = "token_embedding")]
        private readonly Embedding tokens;
        [ComponentName(Name = "position_embedding")]
        private readonly Embedding positions;

        public Embeddings(ClipTextConfig config)
            : base(nameof(Embeddings))
        {
            tokens = new Embedding(config.VocabularySize, config.Width);
            positions = new Embedding(config.MaxTokens, config.Width);
            RegisterComponents();
        }

        public override Tensor forward(Tensor ids) => tokens.call(ids) + positions.Weight.narrow(0, 0, ids.shape[1]);   // [B, N, D]
    }
}
