using Darkroom.Models.Mgie;
using Darkroom.Models.Schedulers;
using static TorchSharp.torch;

namespace Darkroom.Models.Training.Objectives;

/// <summary>What MGIE learns: to write the expressive instruction, and to make the edit of it.</summary>
/// <remarks>
/// Fu et al. 2023, arXiv:2309.17102, eq. (4) to (8), as in the official code: the edit head's embeddings are the language model's
/// live rows of the [IMG] tokens, which are its last; the picture's latent is the mode, not scaled; text, picture or both are left
/// out, each for one sample of twenty.
/// </remarks>
/// <param name="networks">The networks; the VAE is not to learn.</param>
/// <param name="schedule">The noise schedule.</param>
public sealed class MgieObjective(MgieNetworks networks, NoiseSchedule schedule)
{
    /// <summary>Weight of the edit's loss.</summary>
    public const double EditWeight = 0.5;

    /// <summary>Share of the samples for each of the three ways to leave something out.</summary>
    public const double DropShare = 0.05;

    /// <summary>The label of what is not learnt.</summary>
    public const long IgnoredLabel = -100;

    /// <summary>Which samples lose what, by a number drawn for each: [0, p) the text, [p, 2p) both, [2p, 3p) the picture.</summary>
    /// <param name="draws">Uniform numbers, [B].</param>
    /// <param name="share">p.</param>
    /// <returns>Whether the text is left out, [B] bool, and 1 where the picture is kept, [B]; in the caller's dispose scope.</returns>
    public static (Tensor IsTextDropped, Tensor KeepsPicture) Drop(Tensor draws, double share = DropShare) =>
        (draws.lt(2 * share), 1 - draws.ge(share).logical_and(draws.lt(3 * share)).to(draws.dtype));

    /// <summary>The language model's loss: each token's cross-entropy by what came before it.</summary>
    /// <param name="logits">[B, N, vocabulary].</param>
    /// <param name="labels">The tokens, [B, N] int64; <see cref="IgnoredLabel"/> where nothing is learnt.</param>
    /// <returns>[]; the caller disposes it.</returns>
    public static Tensor Writing(Tensor logits, Tensor labels)
    {
        using var scope = NewDisposeScope();
        var count = labels.shape[1] - 1;
        return nn.functional.cross_entropy(
            logits.narrow(1, 0, count).flatten(0, 1), labels.narrow(1, 1, count).flatten(), ignore_index: IgnoredLabel).MoveToOuterDisposeScope();
    }

    /// <summary>Takes the features of no text where the text is left out.</summary>
    /// <returns>[B, Q, D]; the caller disposes it.</returns>
    public static Tensor DropText(Tensor features, Tensor nullFeatures, Tensor isTextDropped) =>
        where(isTextDropped.view(-1, 1, 1), nullFeatures, features);

    /// <summary>Takes zeros where the picture is left out.</summary>
    /// <returns>[B, C, h, w]; the caller disposes it.</returns>
    public static Tensor DropPicture(Tensor latent, Tensor keepsPicture) => latent * keepsPicture.view(-1, 1, 1, 1);

    /// <summary>The whole loss.</summary>
    /// <returns>[]; the caller disposes it.</returns>
    public static Tensor Total(Tensor writing, Tensor edit) => writing + (edit * EditWeight);

    /// <summary>Computes the losses of a batch.</summary>
    /// <param name="batch">Pictures and words.</param>
    /// <param name="random">What is drawn for it.</param>
    /// <returns>The losses and what they were computed of; in the caller's dispose scope.</returns>
    public MgieLosses Compute(MgieBatch batch, MgieDraws random)
    {
        var embedded = Llama.ImageTokens.Insert(networks.Language.Embed(batch.Ids), batch.Ids, networks.Tokens.Patch, networks.See(batch.ClipPixels));
        var hidden = networks.Language.Run(embedded, batch.Mask);
        var logits = networks.Language.Logits(hidden);
        var writing = Writing(logits, batch.Labels);                                                // eq. (4)

        var imageTokens = networks.Language.ImageTokenRows(MgieTokens.ImageTokenCount);              // live, not the checkpoint's emb
        var states = cat([.. FirstPositions(batch.Labels).Select((position, row) =>
            hidden.narrow(0, row, 1).narrow(1, position, MgieTokens.ImageTokenCount))], 0);          // [B, 8, D]
        var features = networks.Head.call(states, imageTokens);
        var none = networks.Head.call(zeros_like(states), imageTokens);

        Tensor noisy, image;
        using (no_grad())
        {
            using var goal = networks.Vae.Encode(batch.Goal);
            noisy = schedule.AddNoise(goal.Sample(random.Encoding) * networks.Vae.Config.ScalingFactor, random.Noise, random.Timesteps);
            using var picture = networks.Vae.Encode(batch.Picture);
            image = picture.Mean().clone();
        }

        var (isTextDropped, keepsPicture) = Drop(random.Drops);
        var steering = DropText(features, none, isTextDropped);
        var input = cat([noisy, DropPicture(image, keepsPicture)], 1);
        var prediction = networks.UNet.call(input, random.Timesteps, steering);
        var edit = DenoisingObjective.Loss(prediction, random.Noise);                                // eq. (6)
        return new MgieLosses(logits, steering, input, prediction, writing, edit, Total(writing, edit));   // eq. (8)
    }

    private IEnumerable<long> FirstPositions(Tensor labels)
    {
        var width = (int)labels.shape[1];
        foreach (var (row, index) in labels.cpu().contiguous().data<long>().ToArray().Chunk(width).Select((row, index) => (row, index)))
        {
            var first = Array.IndexOf(row, networks.Tokens.FirstImage);
            yield return first >= 1 && first - 1 + MgieTokens.ImageTokenCount <= width
                ? first - 1
                : throw new ArgumentException($"Sample {index} has no [IMG] tokens (the first is {networks.Tokens.FirstImage}) with room before and behind.", nameof(labels));
        }
    }
}

/// <summary>A batch of MGIE's training.</summary>
/// <param name="Ids">Prompt and expressive instruction with its [IMG] tokens, [B, N] int64.</param>
/// <param name="Labels">The same, <see cref="MgieObjective.IgnoredLabel"/> where nothing is learnt.</param>
/// <param name="Mask">1 for tokens, 0 for the padding behind them, [B, N].</param>
/// <param name="ClipPixels">The picture as CLIP's preprocessing gives it, [B, 3, S, S].</param>
/// <param name="Picture">The picture, [B, 3, H, W] in [-1, 1].</param>
/// <param name="Goal">The edited picture, as <paramref name="Picture"/>.</param>
public sealed record MgieBatch(Tensor Ids, Tensor Labels, Tensor Mask, Tensor ClipPixels, Tensor Picture, Tensor Goal);

/// <summary>What is drawn for a batch.</summary>
/// <param name="Encoding">For the goal's latent, [B, C, h, w].</param>
/// <param name="Noise">ε, [B, C, h, w].</param>
/// <param name="Timesteps">t, [B] int64.</param>
/// <param name="Drops">Uniform numbers for <see cref="MgieObjective.Drop"/>, [B].</param>
public sealed record MgieDraws(Tensor Encoding, Tensor Noise, Tensor Timesteps, Tensor Drops);

/// <summary>The losses of a batch, and what they were computed of.</summary>
/// <param name="Logits">Scores of the next tokens.</param>
/// <param name="Steering">What steers the UNet, after leaving out.</param>
/// <param name="Input">What the UNet sees.</param>
/// <param name="Prediction">ε_θ.</param>
/// <param name="Writing">Cross-entropy.</param>
/// <param name="Edit">Mean squared error of the noise.</param>
/// <param name="Total">What is minimised.</param>
public sealed record MgieLosses(Tensor Logits, Tensor Steering, Tensor Input, Tensor Prediction, Tensor Writing, Tensor Edit, Tensor Total);
