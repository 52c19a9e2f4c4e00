using Darkroom.Models.StableDiffusion;
using static TorchSharp.torch;

namespace Darkroom.Models.DarkDiff;

/// <summary>The denoising UNet of DarkDiff: Stable Diffusion's, whose down blocks attend to the condition's regions in place of the text.</summary>
/// <remarks>
/// DarkDiff 2025, arXiv:2505.23743, section 4.2 and appendix: the down blocks' cross-attention is replaced; the middle and the
/// half that goes up keep theirs, to the empty prompt. Names stay Stable Diffusion's; the replaced layers' to_k and to_v take the
/// level's channels.
/// </remarks>
public static class RegionConditioning
{
    /// <summary>Makes the network without weights.</summary>
    /// <param name="config">Sizes of the UNet.</param>
    /// <param name="regionSizes">Side of a region (cells) in each down block that attends.</param>
    /// <exception cref="ArgumentException">There are fewer or more regions than blocks that attend.</exception>
    public static UNet2DCondition CreateUNet(UNetConfig config, IReadOnlyList<int> regionSizes)
    {
        var encoder = config.Encoder;
        var attending = Enumerable.Range(0, encoder.BlocksAttend.Count).Where(block => encoder.BlocksAttend[block]).ToList();
        if (attending.Count != regionSizes.Count)
            throw new ArgumentException($"There are {regionSizes.Count} region sizes; allowed are {attending.Count}, one for each down block that attends.", nameof(regionSizes));
        return new UNet2DCondition(config, block =>
            new RegionCrossAttention(encoder.BlockChannels[block], encoder.HeadCounts[block], regionSizes[attending.IndexOf(block)]));
    }

    /// <summary>What the sides of the latent must be multiples of, so that each level is cut into whole regions.</summary>
    /// <param name="config">Sizes of the UNet.</param>
    /// <param name="regionSizes">Side of a region (cells) in each down block that attends.</param>
    public static long LatentMultiple(UNetConfig config, IReadOnlyList<int> regionSizes)
    {
        var attending = Enumerable.Range(0, config.Encoder.BlocksAttend.Count).Where(block => config.Encoder.BlocksAttend[block]);
        return attending.Zip(regionSizes).Select(pair => (long)pair.Second << pair.First).Aggregate(1L, LeastCommonMultiple);
    }

    /// <summary>Predicts with the features of the condition.</summary>
    /// <param name="network">What <see cref="CreateUNet"/> made.</param>
    /// <param name="sample">Noisy latent, [B, InputChannels, h, w].</param>
    /// <param name="timestep">Training index t, [], [1] or [B].</param>
    /// <param name="text">Tokens of the empty prompt, [B, N, TextWidth].</param>
    /// <param name="features">What <see cref="ContextProcessor"/> gave.</param>
    /// <returns>[B, OutputChannels, h, w]; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">An input has the wrong shape.</exception>
    public static Tensor Predict(
        UNet2DCondition network, Tensor sample, Tensor timestep, Tensor text, IReadOnlyList<IReadOnlyList<Tensor>> features) =>
        network.Predict(sample, timestep, text, (block, layer) => features[block][layer], residuals: null);

    private static long LeastCommonMultiple(long a, long b)
    {
        var (larger, smaller) = (a, b);
        while (smaller != 0)
            (larger, smaller) = (smaller, larger % smaller);
        return a / larger * b;
    }
}
