using Darkroom.Models.Clip;
using Darkroom.Models.Layers;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Darkroom.Models.Llama;

/// <summary>LLaVA 1.5's projector: two linear maps with a GELU between.</summary>
/// <remarks>Liu et al. 2023, arXiv:2310.03744, section 3.3; names as in transformers' <c>LlavaMultiModalProjector</c>.</remarks>
public sealed class LlavaProjector : nn.Module<Tensor, Tensor>
{
    private readonly long visionWidth;

    [ComponentName(Name = "linear_1")]
    private readonly Linear enter;
    [ComponentName(Name = "linear_2")]
    private readonly Linear leave;

    /// <summary>Makes a projector without weights.</summary>
    /// <param name="visionWidth">Width of the vision encoder's states.</param>
    /// <param name="width">Width D of the language model's.</param>
    public LlavaProjector(long visionWidth, long width)
        : base(nameof(LlavaProjector))
    {
        this.visionWidth = visionWidth;
        enter = new Linear(visionWidth, width);
        leave = new Linear(width, width);
        RegisterComponents();
    }

    /// <param name="input">Picture features, [B, P, visionWidth].</param>
    /// <returns>[B, P, D]; the caller disposes it.</returns>
    public override Tensor forward(Tensor input)
    {
        TensorShape.Require(input, nameof(input), TensorShape.Any, TensorShape.Any, visionWidth);
        using var scope = NewDisposeScope();
        return leave.call(nn.functional.gelu(enter.call(input))).MoveToOuterDisposeScope();
    }
}

/// <summary>LLaVA 1.5: a language model that sees a picture as a row of words.</summary>
/// <remarks>Liu et al. 2023, arXiv:2310.03744; names as in transformers' <c>LlavaForConditionalGeneration</c>.</remarks>
public sealed class LlavaModel : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "vision_tower")]
    private readonly ClipVisionModel vision;
    [ComponentName(Name = "multi_modal_projector")]
    private readonly LlavaProjector projector;
    [ComponentName(Name = "language_model")]
    private readonly LlamaForCausalLm language;

    /// <summary>Makes a model without weights.</summary>
    public LlavaModel(LlavaConfig config)
        : base(nameof(LlavaModel))
    {
        Config = config;
        vision = new ClipVisionModel(config.Vision with { HasProjection = false });
        projector = new LlavaProjector(config.Vision.Width, config.Language.Width);
        language = new LlamaForCausalLm(config.Language);
        RegisterComponents();
    }

    /// <summary>Gets the sizes.</summary>
    public LlavaConfig Config { get; }

    /// <summary>Gets the language model, for <see cref="GreedyGenerator"/>.</summary>
    public LlamaForCausalLm Language => language;

    /// <summary>Gets how many tokens a picture takes.</summary>
    public long TokensPerImage => Config.Vision.PatchCount + (Config.KeepsClassToken ? 1 : 0);

    /// <param name="input">Picture as CLIP's preprocessing gives it, [B, 3, S, S].</param>
    /// <returns>The picture as embedded tokens, [B, TokensPerImage, D]; the caller disposes them.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var features = vision.HiddenState(input, Config.FeatureLayer);
        if (!Config.KeepsClassToken)
            features = features.narrow(1, 1, features.shape[1] - 1);
        return projector.call(features).MoveToOuterDisposeScope();
    }

    /// <summary>Embeds a prompt with its pictures.</summary>
    /// <param name="ids">Token ids, [B, N], with <see cref="TokensPerImage"/> times the image token for the picture of a row.</param>
    /// <param name="images">What <see cref="forward"/> gave, one picture a row, [B, TokensPerImage, D].</param>
    /// <returns>[B, N, D]; the caller disposes it.</returns>
    public Tensor Embed(Tensor ids, Tensor images)
    {
        using var scope = NewDisposeScope();
        return ImageTokens.Insert(language.Embed(ids), ids, Config.ImageTokenId, images).MoveToOuterDisposeScope();
    }
}

/// <summary>Puts pictures into the places that a prompt keeps for them.</summary>
public static class ImageTokens
{
    /// <summary>Replaces the embeddings of the image token, in order.</summary>
    /// <param name="embeddings">Embedded tokens, [B, N, D].</param>
    /// <param name="ids">Their ids, [B, N].</param>
    /// <param name="imageTokenId">The image token.</param>
    /// <param name="images">Projected features, one picture a row, [B, P, D].</param>
    /// <returns>[B, N, D]; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">A row does not have P image tokens.</exception>
    public static Tensor Insert(Tensor embeddings, Tensor ids, long imageTokenId, Tensor images)
    {
        TensorShape.Require(ids, nameof(ids), TensorShape.Any, TensorShape.Any);
        TensorShape.Require(embeddings, nameof(embeddings), ids.shape[0], ids.shape[1], TensorShape.Any);
        TensorShape.Require(images, nameof(images), ids.shape[0], TensorShape.Any, embeddings.shape[2]);
        using var scope = NewDisposeScope();
        var places = ids.eq(imageTokenId);                                      // [B, N]
        var counts = places.to(ScalarType.Int64).sum(1);
        if (!counts.eq(images.shape[1]).all().item<bool>())
            throw new ArgumentException($"A prompt has {counts.min().item<long>()} to {counts.max().item<long>()} image tokens (id {imageTokenId}); allowed are {images.shape[1]}, the tokens of a picture.", nameof(ids));
        return embeddings.masked_scatter(places.unsqueeze(-1).expand(embeddings.shape), images).MoveToOuterDisposeScope();
    }
}
