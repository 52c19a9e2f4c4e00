using Darkroom.Models.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using Conv2d = Darkroom.Models.Layers.Conv2d;
using Embedding = Darkroom.Models.Layers.Embedding;
using LayerNorm = Darkroom.Models.Layers.LayerNorm;
using Linear = Darkroom.Models.Layers.Linear;

namespace Darkroom.Models.Clip;

/// <summary>CLIP's vision encoder, with its projection where the checkpoint has one.</summary>
/// <remarks>
/// Radford et al. 2021, arXiv:2103.00020; names as in transformers' <c>CLIPVisionModelWithProjection</c>, with its misspelt
/// <c>pre_layrnorm</c>. Diff-Plugin takes the last hidden state, LLaVA the last but one, both without the class token.
/// </remarks>
public sealed class ClipVisionModel : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "vision_model")]
    private readonly Transformer transformer;
    [ComponentName(Name = "visual_projection")]
    private readonly Linear? projection;

    /// <summary>Makes an encoder without weights.</summary>
    public ClipVisionModel(ClipVisionConfig config)
        : base(nameof(ClipVisionModel))
    {
        Config = config;
        transformer = new Transformer(config);
        projection = config.HasProjection ? new Linear(config.Width, config.ProjectionWidth, bias: false) : null;
        RegisterComponents();
    }

    /// <summary>Gets the sizes.</summary>
    public ClipVisionConfig Config { get; }

    /// <param name="input">Picture as CLIP's preprocessing gives it, [B, 3, S, S].</param>
    /// <returns>The last hidden state, without the final norm, [B, 1 + patches, D], class token first; the caller disposes it.</returns>
    public override Tensor forward(Tensor input) => HiddenState(input, -1);

    /// <summary>What one layer gives, without running those after it.</summary>
    /// <param name="input">Picture, [B, 3, S, S].</param>
    /// <param name="index">0 for the embeddings, n for layer n; negative counts from the end, -1 for the last.</param>
    /// <returns>[B, 1 + patches, D]; the caller disposes it.</returns>
    public Tensor HiddenState(Tensor input, int index)
    {
        var count = Config.LayerCount + 1;
        if (index < -count || index >= count)
            throw new ArgumentException($"Hidden state {index} was asked for; this encoder has {-count} to {count - 1}.", nameof(index));
        using var scope = NewDisposeScope();
        return transformer.Encode(input, index < 0 ? index + count : index).MoveToOuterDisposeScope();
    }

    /// <summary>What each layer gives, without the final norm.</summary>
    /// <param name="input">Picture, [B, 3, S, S].</param>
    /// <returns>The normalised embeddings and each layer's output, layers + 1 times [B, 1 + patches, D]; the caller disposes them.</returns>
    public IReadOnlyList<Tensor> HiddenStates(Tensor input)
    {
        using var scope = NewDisposeScope();
        return [.. transformer.HiddenStates(input).Select(state => state.MoveToOuterDisposeScope())];
    }

    /// <summary>Takes the class token's state behind the final norm.</summary>
    /// <param name="lastHiddenState">What <see cref="forward"/> gave, [B, 1 + patches, D].</param>
    /// <returns>[B, D]; the caller disposes it.</returns>
    public Tensor Pool(Tensor lastHiddenState)
    {
        TensorShape.Require(lastHiddenState, nameof(lastHiddenState), TensorShape.Any, Config.PatchCount + 1, Config.Width);
        using var scope = NewDisposeScope();
        return transformer.Pool(lastHiddenState).MoveToOuterDisposeScope();
    }

    /// <summary>Maps a pooled state into the space that text and pictures share.</summary>
    /// <param name="pooled">[B, D].</param>
    /// <returns>[B, ProjectionWidth]; the caller disposes it.</returns>
    /// <exception cref="InvalidOperationException">The checkpoint has no projection.</exception>
    public Tensor Project(Tensor pooled)
    {
        TensorShape.Require(pooled, nameof(pooled), TensorShape.Any, Config.Width);
        return projection?.call(pooled)
            ?? throw new InvalidOperationException("This CLIP vision encoder has no visual_projection; take a checkpoint with it (CLIPVisionModelWithProjection).");
    }

    private sealed class Transformer : nn.Module
    {
        [ComponentName(Name = "embeddings")]
        private readonly Embeddings embeddings;
        [ComponentName(Name = "pre_layrnorm")]
        private readonly LayerNorm firstNorm;
        [ComponentName(Name = "encoder")]
        private readonly ClipEncoder encoder;
        [ComponentName(Name = "post_layernorm")]
        private readonly LayerNorm lastNorm;

        public Transformer(ClipVisionConfig config)
            : base(nameof(Transformer))
        {
            embeddings = new Embeddings(config);
            firstNorm = new LayerNorm(config.Width, config.Epsilon);
            encoder = new ClipEncoder(config.LayerCount, config.Width, config.HeadCount, config.FeedForwardWidth, config.Activation, config.Epsilon);
            lastNorm = new LayerNorm(config.Width, config.Epsilon);
            RegisterComponents();
        }

        public Tensor Encode(Tensor pixels, int layerCount) => encoder.Run(firstNorm.call(embeddings.call(pixels)), bias: null, layerCount);

        public IReadOnlyList<Tensor> HiddenStates(Tensor pixels) => encoder.HiddenStates(firstNorm.call(embeddings.call(pixels)), bias: null);

        public Tensor Pool(Tensor hidden) => lastNorm.call(hidden.select(1, 0));
    }

    private sealed class Embeddings : nn.Module<Tensor, Tensor>, IOwnInitialization
    {
        private readonly ClipVisionConfig config;

        [ComponentName(Name = "class_embedding")]
        private readonly Parameter classToken;
        [ComponentName(Name = "patch_embedding")]
        private readonly Conv2d patches;
        [ComponentName(Name = "position_embedding")]
        private readonly Embedding positions;

        public Embeddings(ClipVisionConfig config)
            : base(nameof(Embeddings))
        {
            this.config = config;
            classToken = Uninitialized.Parameter(config.Width);
            patches = new Conv2d(config.Channels, config.Width, config.PatchSide, stride: config.PatchSide, bias: false);
            positions = new Embedding(config.PatchCount + 1, config.Width);
            RegisterComponents();
        }

        public void Initialize(Generator generator) => classToken.normal_(0, 1, generator);

        public override Tensor forward(Tensor pixels)
        {
            TensorShape.Require(pixels, "input", TensorShape.Any, config.Channels, config.ImageSide, config.ImageSide);
            using var scope = NewDisposeScope();
            var tokens = patches.call(pixels).flatten(2).transpose(1, 2);       // [B, patches, D]
            var first = classToken.expand(pixels.shape[0], 1, -1);
            return (cat([first, tokens], 1) + positions.Weight).MoveToOuterDisposeScope();
        }
    }
}
