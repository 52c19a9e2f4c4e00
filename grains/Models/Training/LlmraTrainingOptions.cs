using System.Text.Json;
using System.Text.Json.Serialization;
using Darkroom.Models.Llmra;

namespace Darkroom.Models.Training;

/// <summary>Which part of the checkpoint learns; the rest stays as it is.</summary>
public enum LlmraTrainingPart
{
    /// <summary>Everything, from random weights or from a checkpoint.</summary>
    All,

    /// <summary>The DC-former. The contexts stay, and with them what the heads have learnt to read from them.</summary>
    DcFormer,

    /// <summary>The describer and the exposure head: a step costs a tenth of a whole one.</summary>
    Heads,

    /// <summary>The describer's rain head, anew: see <see cref="RainTrainer"/>.</summary>
    Rain,
}

/// <summary>How the compact LLMRA is trained. Read from the JSON file of <c>./cluster train llmra --config</c>.</summary>
public sealed record LlmraTrainingOptions
{
    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNameCaseInsensitive = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>Gets which part learns. Default: all.</summary>
    public LlmraTrainingPart Part { get; init; }

    /// <summary>Gets the widths and depths of the DC-former, or null for those of the checkpoint that is gone on from. Default: null.</summary>
    /// <remarks>Where the checkpoint's are others, the DC-former begins with random weights; all else is taken over.</remarks>
    public DcFormerShape? Shape { get; init; }

    /// <summary>Gets the share of the pictures with white Gaussian noise and nothing else. Default: 0.</summary>
    public double GaussianShare { get; init; }

    /// <summary>Gets the seed of weights and data. Default: 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Gets the number of optimizer steps after which training ends. Default: 20,000.</summary>
    public int Iterations { get; init; } = 20_000;

    /// <summary>Gets the time after which training ends if the iterations are not done (minutes). Default: 60.</summary>
    public double Minutes { get; init; } = 60;

    /// <summary>Gets the pictures in a batch. Default: 8.</summary>
    public int BatchSize { get; init; } = 8;

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

    /// <summary>Gets the highest learning rate. Default: 0.0015.</summary>
    public double LearningRate { get; init; } = 1.5e-3;

    /// <summary>Gets the steps over which the learning rate rises. Default: 300.</summary>
    public int WarmupIterations { get; init; } = 300;

    /// <summary>Gets the weight decay of AdamW. Default: 0.0001.</summary>
    public double WeightDecay { get; init; } = 1e-4;

    /// <summary>Gets the largest norm of the gradient. Default: 0.5.</summary>
    public double MaxGradientNorm { get; init; } = 0.5;

    /// <summary>Gets the weight of the triplet loss. Default: 0.00001 (the paper's loss is a sum over tokens and channels).</summary>
    public double TripletWeight { get; init; } = 1e-5;

    /// <summary>Gets the margin of the triplet loss. Default: 150.</summary>
    public double TripletMargin { get; init; } = 150;

    /// <summary>Gets the weight of the describer's losses; its network shares nothing with the restorer. Default: 0.1.</summary>
    public double DescriberWeight { get; init; } = 0.1;

    /// <summary>Gets the weight of the exposure head's loss, the error of the gain's logarithm. Default: 0.1.</summary>
    public double ExposureWeight { get; init; } = 0.1;

    /// <summary>Gets how much of the averaged weights is kept at each step. Default: 0.999.</summary>
    public double AveragingDecay { get; init; } = 0.999;

    /// <summary>Gets how many scenes the project draws beside the photographs. Default: 40.</summary>
    public int DrawnSceneCount { get; init; } = 40;

    /// <summary>Gets how many pictures the rain head learns from; a tenth of them is held back to judge it. Default: 3,000.</summary>
    public int RainPictures { get; init; } = 3000;

    /// <summary>Gets the minutes between two checkpoints. Default: 5.</summary>
    public double CheckpointMinutes { get; init; } = 5;

    /// <summary>Gets the side of a patch at a point of the training.</summary>
    /// <param name="fraction">Share of the training done, 0..1.</param>
    public int PatchSizeAt(double fraction) => PatchSizes[PhaseEnds.Count(end => fraction >= end)];

    /// <summary>Reads options from a file.</summary>
    /// <param name="path">Path of a JSON file with any of the properties.</param>
    /// <exception cref="ArgumentException">The file is not JSON, names an unknown property, or a value is out of range.</exception>
    public static LlmraTrainingOptions Read(string path)
    {
        try
        {
            var options = JsonSerializer.Deserialize<LlmraTrainingOptions>(File.ReadAllText(path), Format)
                ?? throw new ArgumentException($"{path} is empty.");
            options.Validate();
            return options;
        }
        catch (JsonException error)
        {
            throw new ArgumentException($"{path} is not a training configuration: {error.Message}", error);
        }
    }

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        Shape?.ApplyTo(LlmraConfig.Compact).Validate();
        Require(Iterations > 0, nameof(Iterations), Iterations, "1 or more");
        Require(Minutes > 0, nameof(Minutes), Minutes, "above 0");
        Require(BatchSize is > 0 and <= 1024, nameof(BatchSize), BatchSize, "1 to 1024");
        Require(RestoreRows >= 1 && DialogueRows >= 0 && RestoreRows + DialogueRows <= BatchSize, nameof(RestoreRows), RestoreRows,
            $"1 or more, with DialogueRows {DialogueRows} at most BatchSize {BatchSize}");
        Require(PatchSizes.Count > 0 && PatchSizes.All(size => size is >= 32 and <= 512 && size % 16 == 0), nameof(PatchSizes),
            string.Join(", ", PatchSizes), "multiples of 16 from 32 to 512");
        Require(PhaseEnds.Count == PatchSizes.Count - 1, nameof(PhaseEnds), PhaseEnds.Count, $"one less than PatchSizes, {PatchSizes.Count - 1}");
        Require(LearningRate > 0, nameof(LearningRate), LearningRate, "above 0");
        Require(AveragingDecay is >= 0 and < 1, nameof(AveragingDecay), AveragingDecay, "0 to below 1");
        Require(MaxGradientNorm > 0, nameof(MaxGradientNorm), MaxGradientNorm, "above 0");
        Require(RainPictures is >= 20 and <= 1_000_000, nameof(RainPictures), RainPictures, "20 to 1,000,000");
        Require(DrawnSceneCount >= 0, nameof(DrawnSceneCount), DrawnSceneCount, "0 or more");

        static void Require(bool holds, string name, object actual, string allowed)
        {
            if (!holds)
                throw new ArgumentException($"Training: {name} is {actual}, allowed is {allowed}.");
        }
    }
}
