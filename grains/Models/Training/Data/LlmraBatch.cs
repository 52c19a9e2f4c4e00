using Darkroom.Models.Describers;
using Darkroom.Models.Llmra;
using TorchSharp;
using static TorchSharp.torch;

namespace Darkroom.Models.Training.Data;

/// <summary>One batch for LLMRA: the first rows are <c>&lt;restore&gt;</c>, the rest <c>&lt;refine&gt;</c>.</summary>
/// <param name="Degraded">[B, 3, P, P] float32.</param>
/// <param name="Target">[B, 3, P, P] float32.</param>
/// <param name="Overview">[B, 3, S, S] float32.</param>
/// <param name="Text">Token ids, [B, N] int64.</param>
/// <param name="TrueText">Ids of what the texts of the restore rows say is wrong, in the describer's words, [R, N] int64.</param>
/// <param name="FalseText">Ids of descriptions that say the opposite, [R, N] int64.</param>
/// <param name="LogSigma">ln(1 + noise sigma in levels of 0..255), [B].</param>
/// <param name="IsRainy">1 where there is rain, [B].</param>
/// <param name="IsDark">1 where the picture is under-exposed, [B].</param>
/// <param name="Gain">Gain that gives the target's brightness, as for <see cref="ToneCurve.Apply"/>, [B, 3, 1, 1].</param>
/// <param name="Shoulder">Shoulder that goes with it, [B, 3, 1, 1].</param>
/// <param name="Brightening">Factor on the mean of the degraded values that gives the target's, [B, 1, 1, 1].</param>
public sealed record LlmraBatch(
    Tensor Degraded, Tensor Target, Tensor Overview, Tensor Text, Tensor TrueText, Tensor FalseText, Tensor LogSigma, Tensor IsRainy, Tensor IsDark, Tensor Gain, Tensor Shoulder, Tensor Brightening)
{
    /// <summary>Copies the batch to a device.</summary>
    public LlmraBatch To(Device device) => new(
        Degraded.to(device), Target.to(device), Overview.to(device), Text.to(device), TrueText.to(device), FalseText.to(device), LogSigma.to(device), IsRainy.to(device), IsDark.to(device),
        Gain.to(device), Shoulder.to(device), Brightening.to(device));
}

/// <summary>Draws batches: a clean patch, something wrong with it, and a text that tells what is to be done.</summary>
/// <remarks>
/// A text that does not name a degradation leaves it in the target. That is what makes the text steer: with a false
/// text the network has to leave the noise where it is (Jin et al. 2024, Table 4).
/// </remarks>
public sealed class LlmraBatchSource
{
    private const double MentionProbability = 0.8;
    private const double FalseDarkProbability = 0.06;
    private const double FalseDarkGain = 1.6;
    private const double SteeredProbability = 0.4;                              // of the restore rows
    private const double DescriberSpread = 0.15;                                // of ln(sigma)
    private const double OppositeSigma = 50;
    private const double MinLitMean = 0.3;                                      // sRGB; a well exposed picture has about 0.45
    private const int MaxSceneAttempts = 10;

    private readonly IReadOnlyList<TrainingTile> tiles;
    private readonly DegradationTokenizer tokenizer;
    private readonly int textLength;
    private readonly double gaussianShare;
    private readonly Random random;
    private readonly Generator generator;

    /// <summary>Makes a source.</summary>
    /// <param name="tiles">Clean pictures; not disposed.</param>
    /// <param name="tokenizer">Encodes the texts.</param>
    /// <param name="textLength">N.</param>
    /// <param name="gaussianShare">Share of the pictures with Gaussian noise and nothing else, 0..1.</param>
    /// <param name="random">Draws what goes wrong and what is said of it.</param>
    /// <param name="generator">Draws noise; not disposed.</param>
    public LlmraBatchSource(
        IReadOnlyList<TrainingTile> tiles, DegradationTokenizer tokenizer, int textLength, double gaussianShare, Random random, Generator generator)
    {
        this.tiles = tiles;
        this.tokenizer = tokenizer;
        this.textLength = textLength;
        this.gaussianShare = gaussianShare;
        this.random = random;
        this.generator = generator;
    }

    /// <summary>Draws a batch.</summary>
    /// <param name="batchSize">B.</param>
    /// <param name="restoreCount">R, rows that are <c>&lt;restore&gt;</c>.</param>
    /// <param name="dialogueCount">Rows whose text is a wish of a dialogue; the others are descriptions.</param>
    /// <param name="patchSize">P (pixels), a multiple of 16.</param>
    /// <param name="isPlain">Whether every text is accurate and asks for everything: the easy lesson that training begins with.</param>
    /// <returns>The batch, in the caller's dispose scope.</returns>
    public LlmraBatch Next(int batchSize, int restoreCount, int dialogueCount, int patchSize, bool isPlain)
    {
        using var scope = NewDisposeScope();
        var rows = Enumerable.Range(0, batchSize).Select(row =>
            isPlain ? AccurateRow(patchSize)
            : row < restoreCount ? RestoreRow(patchSize)
            : row < restoreCount + dialogueCount ? DialogueRow(patchSize)
            : DescribedRow(patchSize)).ToArray();
        var restoreRows = rows[..restoreCount];
        return new LlmraBatch(
            Stack(rows, row => row.Patch.Degraded), Stack(rows, row => row.Patch.Target), Stack(rows, row => row.Patch.Overview),
            Ids(rows, row => row.Text),
            Ids(restoreRows, row => InstructionWriter.Canonical(row.Claim.IsDark, row.Claim.IsRainy, row.Claim.Sigma)),
            Ids(restoreRows, row => InstructionWriter.Canonical(!row.Claim.IsDark, !row.Claim.IsRainy,
                row.Claim.Sigma < DegradationSentences.NoiseThreshold ? OppositeSigma : 0)),
            Values(rows, row => Math.Log(1 + row.Patch.NoiseSigma)),
            Values(rows, row => row.Degradation.IsRainy ? 1 : 0),
            Values(rows, row => row.Degradation.IsDark ? 1 : 0),
            Stack(rows, row => row.Patch.Gain), Stack(rows, row => row.Patch.Shoulder),
            Values(rows, row => row.Patch.Brightening, rows.Length, 1, 1, 1));

        static Tensor Stack(Row[] rows, Func<Row, Tensor> select) => stack(rows.Select(select).ToArray()).MoveToOuterDisposeScope();

        static Tensor Values(Row[] rows, Func<Row, double> select, params long[] shape) =>
            tensor(rows.Select(row => (float)select(row)).ToArray())
                .view(shape.Length == 0 ? [rows.Length] : shape).MoveToOuterDisposeScope();

        Tensor Ids(Row[] rows, Func<Row, string> select) =>
            tensor(rows.SelectMany(row => tokenizer.Encode(select(row), textLength)).ToArray()).view(rows.Length, textLength).MoveToOuterDisposeScope();
    }

    // Mostly what the describer says; now and then a text that leaves something out, or <restore> would not listen to it.
    private Row RestoreRow(int patchSize) =>
        random.NextDouble() < SteeredProbability ? DescribedRow(patchSize) : AccurateRow(patchSize);

    private Row AccurateRow(int patchSize)
    {
        var degradation = NextDegradation();
        var patch = Degrade(degradation, Wish.Everything, patchSize);
        var sigma = patch.NoiseSigma * Math.Exp(DescriberSpread * (2 * random.NextDouble() - 1));
        var claim = new Claim(degradation.IsDark, degradation.IsRainy, sigma);
        return new Row(degradation, patch, Describe(claim), claim);
    }

    private Row DescribedRow(int patchSize)
    {
        var degradation = NextDegradation();
        var dark = degradation.IsDark ? Mention() : random.NextDouble() < FalseDarkProbability;
        var rain = degradation.IsRainy ? Mention() : !Mention() && random.Next(2) == 0;
        var noise = !degradation.IsNoisy || Mention();
        var gain = dark && !degradation.IsDark ? FalseDarkGain : 1;
        var patch = Degrade(degradation, new Wish(dark, rain, noise ? 0 : 1, gain), patchSize);
        var claim = new Claim(dark, rain, noise ? patch.NoiseSigma : 0);
        return new Row(degradation, patch, Describe(claim), claim);

        bool Mention() => random.NextDouble() < MentionProbability;
    }

    private Row DialogueRow(int patchSize)
    {
        var degradation = NextDegradation();
        var (text, wish) = InstructionWriter.NextWish(random);
        return new Row(degradation, Degrade(degradation, wish, patchSize), text, Claim.Nothing);
    }

    private Degradation NextDegradation() => random.NextDouble() < gaussianShare
        ? DegradationSampler.NextGaussian(random)
        : DegradationSampler.Next(random);

    private DegradedPatch Degrade(Degradation degradation, Wish wish, int patchSize)
    {
        for (var attempt = 0; ; attempt++)
        {
            var tile = tiles[random.Next(tiles.Count)];
            var overview = tile.CropOverview(random);
            // A night scene made darker still would teach that dark pictures should stay dark.
            if (degradation.IsDark && attempt < MaxSceneAttempts && overview.mean().ToDouble() < MinLitMean)
                continue;
            return DegradationSynthesizer.Apply(tile.Crop(patchSize, random), overview, degradation, wish, random, generator);
        }
    }

    private string Describe(Claim claim) => InstructionWriter.Describe(claim.IsDark, claim.IsRainy, claim.Sigma, random);

    // What a description says is wrong, whether or not it is.
    private sealed record Claim(bool IsDark, bool IsRainy, double Sigma)
    {
        public static Claim Nothing { get; } = new(false, false, 0);
    }

    private sealed record Row(Degradation Degradation, DegradedPatch Patch, string Text, Claim Claim);
}
