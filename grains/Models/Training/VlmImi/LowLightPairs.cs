using Darkroom.Models.Training.Data;
using Darkroom.Models.Training.Loop;
using Darkroom.Models.Training.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Darkroom.Models.Training.VlmImi;

/// <summary>Draws samples: photographs in good light, the same with too little, and a caption.</summary>
public sealed class LowLightPairs
{
    private const double NoiselessShare = 0.2;
    private const double ToneExponent = 2.2;

    private readonly IReadOnlyList<TrainingTile> tiles;
    private readonly List<TrainingTile> lit;
    private readonly VlmImiTrainingOptions options;

    /// <summary>Makes a source.</summary>
    /// <param name="tiles">Clean pictures; not disposed.</param>
    /// <param name="options">The recipe.</param>
    /// <exception cref="ArgumentException">No picture is bright enough.</exception>
    public LowLightPairs(IReadOnlyList<TrainingTile> tiles, VlmImiTrainingOptions options)
    {
        (this.tiles, this.options) = (tiles, options);
        // A night scene as an example of good light would teach that dark pictures should stay dark.
        using var scope = NewDisposeScope();
        lit = [.. tiles.Where(tile => tile.Overview.mean().ToDouble() >= options.MinLitMean)];
        if (lit.Count == 0)
            throw new ArgumentException(FormattableString.Invariant($"None of the {tiles.Count} pictures has a mean of at least {options.MinLitMean} (minLitMean): there is no example of good light."));
    }

    /// <summary>Draws photographs as they are.</summary>
    /// <param name="draw">What is random.</param>
    /// <param name="count">Their number B.</param>
    /// <returns>[B, 3, P, P] in [-1, 1]; the caller disposes it.</returns>
    public Tensor Pictures(TrainingDraw draw, int count)
    {
        using var scope = NewDisposeScope();
        return Signed(Enumerable.Range(0, count).Select(_ => Crop(tiles, draw.Random))).MoveToOuterDisposeScope();
    }

    /// <summary>Draws a batch.</summary>
    /// <param name="draw">What is random.</param>
    /// <param name="tokenize">Gives a caption's ids and 1 where they are not padding.</param>
    /// <param name="timesteps">Number of training timesteps T.</param>
    /// <param name="latentShape">Shape of the batch's latents.</param>
    /// <param name="device">Where the networks are.</param>
    /// <returns>The batch, in the caller's dispose scope.</returns>
    public VlmImiBatch Next(TrainingDraw draw, Func<string, (long[] Ids, long[] Mask)> tokenize, int timesteps, long[] latentShape, Device device)
    {
        using var scope = NewDisposeScope();
        var pairs = Enumerable.Range(0, options.BatchSize).Select(_ => Pair(draw)).ToArray();
        var texts = pairs.Select(pair => tokenize(pair.Caption)).ToArray();
        return new VlmImiBatch(
            Signed(pairs.Select(pair => pair.Clean)).to(device).MoveToOuterDisposeScope(),
            Signed(pairs.Select(pair => pair.Dark)).to(device).MoveToOuterDisposeScope(),
            stack(texts.Select(text => tensor(text.Ids)).ToArray()).to(device).MoveToOuterDisposeScope(),
            stack(texts.Select(text => tensor(text.Mask)).ToArray()).to(device).MoveToOuterDisposeScope(),
            draw.Timesteps(device, options.BatchSize, timesteps).MoveToOuterDisposeScope(),
            draw.Normal(device, latentShape).MoveToOuterDisposeScope(),
            draw.Normal(device, latentShape).MoveToOuterDisposeScope());
    }

    private static Tensor Signed(IEnumerable<Tensor> pictures) => (stack(pictures.ToArray()) * 2) - 1;

    // From a closer look to the whole photograph: the pictures that the network is used on differ in that, too.
    private Tensor Crop(IReadOnlyList<TrainingTile> from, Random random)
    {
        var tile = from[random.Next(from.Count)];
        return nn.functional.interpolate(
            tile.Crop(random.Next(options.PictureSize, tile.Side + 1), random).unsqueeze(0), size: [options.PictureSize, options.PictureSize], mode: InterpolationMode.Area).squeeze(0);
    }

    private (Tensor Clean, Tensor Dark, string Caption) Pair(TrainingDraw draw)
    {
        var (random, clean) = (draw.Random, Crop(lit, draw.Random));
        var stops = options.MinStops + ((options.MaxStops - options.MinStops) * random.NextDouble());
        var level = random.NextDouble() < NoiselessShare ? 0 : options.MaxNoise * random.NextDouble();
        var degradation = new Degradation(Math.Pow(2, -stops), 0, level > 0 ? NoiseKind.Camera : NoiseKind.None, level);
        var scene = (clean.pow(1 + ((options.MaxExponent - 1) * random.NextDouble())) * Cast(random)).clamp(0, 1);
        var patch = DegradationSynthesizer.Apply(scene, zeros(3, 1, 1), degradation, Wish.Everything, random, draw.Generator);
        // A file has 256 levels, of which the darkest pictures use a few.
        var dark = (patch.Degraded.clamp(0, 1) * 255).round() / 255;
        return (clean, dark, LightCaption.Draw(clean, patch.NoiseSigma, options.EmptyCaptionShare, random));
    }

    // Light is, with a power law as tone curve, a factor on the sRGB values.
    private Tensor Cast(Random random)
    {
        return tensor(new[] { Factor(), 1f, Factor() }).view(3, 1, 1);

        float Factor() => (float)Math.Pow(2, options.MaxCast * ((2 * random.NextDouble()) - 1) / ToneExponent);
    }
}
