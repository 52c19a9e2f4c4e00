using Darkroom.Models.Clip;
using Darkroom.Models.Llama;
using Darkroom.Models.StableDiffusion;
using static TorchSharp.torch;

namespace Darkroom.Models.Mgie;

/// <summary>The networks of MGIE: LLaVA with [IMG] tokens, the edit head, and InstructPix2Pix.</summary>
/// <remarks>Fu et al. 2023, arXiv:2309.17102, figure 2.</remarks>
/// <param name="Vision">CLIP's vision tower.</param>
/// <param name="Language">The language model, with the projector and the scores of the [IMG] tokens.</param>
/// <param name="Head">The edit head T.</param>
/// <param name="ImageTokens">What the edit head adds, <c>emb</c> of the checkpoint, [1, 8, D].</param>
/// <param name="UNet">The UNet with eight input channels.</param>
/// <param name="Vae">The VAE.</param>
/// <param name="Tokens">The numbers of the tokens that stand for pictures.</param>
public sealed record MgieNetworks(
    ClipVisionModel Vision, LlamaForCausalLm Language, EditHead Head, Tensor ImageTokens, UNet2DCondition UNet, AutoencoderKL Vae, MgieTokens Tokens) : IDisposable
{
    /// <summary>Gets the hidden state of the vision tower that the projector takes; negative counts from the end.</summary>
    public int FeatureLayer { get; init; } = -2;

    /// <summary>Sees a picture as tokens.</summary>
    /// <param name="pixels">As CLIP's preprocessing gives them, [B, 3, S, S].</param>
    /// <returns>[B, patches, D]; the caller disposes it.</returns>
    public Tensor See(Tensor pixels)
    {
        using var scope = NewDisposeScope();
        var features = Vision.HiddenState(pixels, FeatureLayer);
        return Language.ProjectImage(features.narrow(1, 1, features.shape[1] - 1)).MoveToOuterDisposeScope();   // without the class token
    }

    /// <summary>Writes the expressive instruction and makes of it what steers the UNet.</summary>
    /// <param name="pixels">As CLIP's preprocessing gives them, [1, 3, S, S].</param>
    /// <param name="prompt">The prompt's tokens, those of the picture included.</param>
    /// <param name="maxNewTokens">Most tokens that are written.</param>
    /// <param name="noRepeatNGramSize">No run of so many tokens comes twice.</param>
    /// <returns>What was written and the features; the caller disposes it.</returns>
    public ExpressiveInstruction Express(Tensor pixels, IReadOnlyList<long> prompt, int maxNewTokens, int noRepeatNGramSize)
    {
        using var scope = NewDisposeScope();
        var ids = tensor(prompt.ToArray(), [1, prompt.Count], device: pixels.device);
        var embedded = Llama.ImageTokens.Insert(Language.Embed(ids), ids, Tokens.Patch, See(pixels));
        using var text = GreedyGenerator.Generate(
            Language, ids, mask: null, new GreedyOptions(maxNewTokens, noRepeatNGramSize, [Language.Config.EndId]), embedded, keepHiddenStates: true);
        var position = Tokens.FirstPosition([.. prompt, .. text.Tokens[0]], text.HiddenStates!.shape[1]);
        var states = text.HiddenStates.narrow(1, position, MgieTokens.ImageTokenCount);             // [1, 8, D]
        return new ExpressiveInstruction(text.Tokens[0], position, states.MoveToOuterDisposeScope(), Head.call(states, ImageTokens).MoveToOuterDisposeScope());
    }

    /// <summary>What steers the UNet when there is no text.</summary>
    /// <returns>[1, queries, D']; the caller disposes it.</returns>
    public Tensor NullFeatures()
    {
        using var scope = NewDisposeScope();
        return Head.call(zeros_like(ImageTokens), ImageTokens).MoveToOuterDisposeScope();
    }

    /// <summary>Frees the parameters.</summary>
    public void Dispose()
    {
        Vision.Dispose();
        Language.Dispose();
        Head.Dispose();
        ImageTokens.Dispose();
        UNet.Dispose();
        Vae.Dispose();
    }
}

/// <summary>What the language model wrote about an edit.</summary>
/// <param name="Tokens">The tokens behind the prompt, those of the picture and the end included.</param>
/// <param name="Position">Where the states of the [IMG] tokens begin.</param>
/// <param name="States">The states that give the [IMG] tokens, [1, 8, D].</param>
/// <param name="Features">What steers the UNet, [1, queries, D'].</param>
public sealed record ExpressiveInstruction(IReadOnlyList<long> Tokens, long Position, Tensor States, Tensor Features) : IDisposable
{
    /// <summary>Frees the tensors.</summary>
    public void Dispose()
    {
        States.Dispose();
        Features.Dispose();
    }
}
