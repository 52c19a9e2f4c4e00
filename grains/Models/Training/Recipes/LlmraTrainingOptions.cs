using Darkroom.Models.Llmra;
using Darkroom.Models.Training.Loop;

namespace Darkroom.Models.Training.Recipes;

/// <summary>Which part of the checkpoint learns; the rest stays as it is.</summary>
public enum LlmraTrainingPart
{
    /// <summary>Everything, from random weights or from a checkpoint.</summary>
    All,

    /// <summary>The DC-former. The contexts stay, and with them what the heads have learnt to read from them.</summary>
    DcFormer,

    /// <summary>The describer and the exposure head: a step costs a tenth of a whole one.</summary>
    Heads,

    /// <summary>The describer's rain head, anew: see <see cref="RainRecipe"/>.</summary>
    Rain,

    /// <summary>The describer's tone estimator: see <see cref="ToneRecipe"/>.</summary>
    Tone,
}

/// <summary>How the compact LLMRA is trained.</summary>
/// <remarks>
/// The paper's two recipes are the two ends of <see cref="RestoreRows"/>: 0 is <c>&lt;refine&gt;</c>, where the text is taken at its word and L1 is the loss,
/// and a whole batch is <c>&lt;restore&gt;</c>, where CEM sees the picture and the triplet loss on Z joins in.
/// </remarks>
public sealed record LlmraTrainingOptions : TrainingOptions
{
    /// <summary>Makes the defaults, which are those of a small network from random weights.</summary>
    public LlmraTrainingOptions() => (Steps, BatchSize, LearningRate, WarmupSteps, WeightDecay, MaxGradientNorm) = (20_000, 8, 1.5e-3, 300, 1e-4, 0.5);

    /// <summary>Gets which part learns. Default: all.</summary>
    public LlmraTrainingPart Part { get; init; }

    /// <summary>Gets the widths and depths of the DC-former, or null for those of the checkpoint that is begun with. Default: null.</summary>
    /// <remarks>Where the checkpoint's are others, the DC-former begins with random weights; all else is taken over.</remarks>
    public DcFormerShape? Shape { get; init; }

    /// <summary>Gets the share of the pictures with white Gaussian noise and nothing else. Default: 0.</summary>
    public double GaussianShare { get; init; }

    /// <summary>Gets how many rows of a batch are <c>&lt;restore&gt;</c>. Default: 3.</summary>
    public int RestoreRows { get; init; } = 3;

    /// <summary>Gets how many rows of a batch are wishes of a dialogue. Default: 2.</summary>
    public int DialogueRows { get; init; } = 2;

    /// <summary>Gets the sides of the patches (pixels), multiples of 16, one a phase of the training. Default: 64, 96, 128.</summary>
    /// <remarks>Small patches first, as Restormer does: early on many steps count, later the statistics of large pictures.</remarks>
    public IReadOnlyList<int> PatchSizes { get; init; } = [64, 96, 128];

    /// <summary>Gets where each phase but the last ends, as shares of the training. Default: 0.6, 0.88.</summary>
    public IReadOnlyList<double> PhaseEnds { get; init; } = [0.6, 0.88];

    /// <summary>Gets the share of the training at its start in which every text is accurate and asks for everything. Default: 0.08.</summary>
    /// <remarks>Without it the network first has to learn to read before it can learn to restore: after 800 steps it restored nothing yet.</remarks>
    public double PlainShare { get; init; } = 0.08;

    /// <summary>Gets the weight of the triplet loss. Default: 0.00001 (the paper's loss is a sum over tokens and channels).</summary>
    public double TripletWeight { get; init; } = 1e-5;

    /// <summary>Gets the margin of the triplet loss. Default: 150.</summary>
    public double TripletMargin { get; init; } = 150;

    /// <summary>Gets the weight of the describer's losses; its network shares nothing with the restorer. Default: 0.1.</summary>
    public double DescriberWeight { get; init; } = 0.1;

    /// <summary>Gets the weight of the exposure head's loss, the error of the gain's logarithm. Default: 0.1.</summary>
    public double ExposureWeight { get; init; } = 0.1;

    /// <summary>Gets how many pictures the rain head learns from; a tenth of them is held back to judge it. Default: 3,000.</summary>
    public int RainPictures { get; init; } = 3000;

    /// <inheritdoc/>
    public override int SmallestPicture => PatchSizes.Max();

    /// <summary>Gets the side of a patch at a point of the training.</summary>
    /// <param name="fraction">Share of the training done, 0..1.</param>
    public int PatchSizeAt(double fraction) => PatchSizes[PhaseEnds.Count(end => fraction >= end)];

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Shape?.ApplyTo(LlmraConfig.Compact).Validate();
        Require(RestoreRows >= 0 && DialogueRows >= 0 && RestoreRows + DialogueRows <= BatchSize, nameof(RestoreRows), RestoreRows,
            $"0 or more, with dialogueRows {DialogueRows} at most batchSize {BatchSize}");
        Require(PatchSizes.Count > 0 && PatchSizes.All(size => size is >= 32 and <= 512 && size % 16 == 0), nameof(PatchSizes),
            string.Join(", ", PatchSizes), "multiples of 16 from 32 to 512");
        Require(PhaseEnds.Count == PatchSizes.Count - 1, nameof(PhaseEnds), PhaseEnds.Count, $"one less than patchSizes, {PatchSizes.Count - 1}");
        Require(GaussianShare is >= 0 and <= 1, nameof(GaussianShare), GaussianShare, "0 to 1");
        Require(PlainShare is >= 0 and <= 1, nameof(PlainShare), PlainShare, "0 to 1");
        Require(TripletMargin >= 0, nameof(TripletMargin), TripletMargin, "0 or more");
        Require(RainPictures is >= 20 and <= 1_000_000, nameof(RainPictures), RainPictures, "20 to 1,000,000");
    }
}
