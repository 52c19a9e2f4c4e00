namespace Darkroom.Models.Training.Loop;

/// <summary>How the learning rate goes after the warm-up.</summary>
public enum RateSchedule
{
    /// <summary>It falls along half a cosine to <see cref="TrainingOptions.FinalRateShare"/>.</summary>
    Cosine,

    /// <summary>It stays.</summary>
    Constant,
}

/// <summary>What every training's configuration has; a pipeline's own adds to it. Read by <see cref="TrainingOptionsFile"/>.</summary>
public abstract record TrainingOptions
{
    /// <summary>Gets the seed of whatever is drawn. Default: 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Gets the number of optimizer steps. Default: 1,000.</summary>
    public int Steps { get; init; } = 1000;

    /// <summary>Gets the time after which training ends if the steps are not done (minutes); 0 for no limit. Default: 0.</summary>
    /// <remarks>With a limit the learning rate follows the clock where that is ahead of the steps, and no two trainings are equal.</remarks>
    public double Minutes { get; init; }

    /// <summary>Gets the samples of one forward pass. Default: 4.</summary>
    public int BatchSize { get; init; } = 4;

    /// <summary>Gets the forward passes whose gradients are averaged for one optimizer step. Default: 1.</summary>
    public int Accumulation { get; init; } = 1;

    /// <summary>Gets the highest learning rate. Default: 0.0001.</summary>
    public double LearningRate { get; init; } = 1e-4;

    /// <summary>Gets how the learning rate goes after the warm-up. Default: cosine.</summary>
    public RateSchedule Schedule { get; init; } = RateSchedule.Cosine;

    /// <summary>Gets the steps over which the learning rate rises. Default: 0.</summary>
    public int WarmupSteps { get; init; }

    /// <summary>Gets the share of the learning rate that a cosine schedule ends with. Default: 0.01.</summary>
    public double FinalRateShare { get; init; } = 0.01;

    /// <summary>Gets the weight decay of AdamW. Default: 0.01.</summary>
    public double WeightDecay { get; init; } = 1e-2;

    /// <summary>Gets the decay of AdamW's mean of gradients. Default: 0.9.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Gets the decay of AdamW's mean of squared gradients. Default: 0.999.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Gets the largest norm of the gradient; longer ones are shortened to it. Default: 1.</summary>
    public double MaxGradientNorm { get; init; } = 1;

    /// <summary>Gets how much of the averaged weights is kept at each step; 0 for no averaging. Default: 0.999.</summary>
    public double AveragingDecay { get; init; } = 0.999;

    /// <summary>Gets the steps between two checkpoints. Default: 500.</summary>
    public int CheckpointSteps { get; init; } = 500;

    /// <summary>Gets the steps that one row of the loss curve averages. Default: 10.</summary>
    public int ReportSteps { get; init; } = 10;

    /// <summary>Gets how many pictures the project draws beside the photographs. Default: 40.</summary>
    public int DrawnPictures { get; init; } = 40;

    /// <summary>Gets a value indicating whether every step sees the pictures, noise and timesteps of the first. Default: false.</summary>
    /// <remarks>To see whether a recipe can learn at all: the loss must fall far below where it began.</remarks>
    public bool Overfit { get; init; }

    /// <summary>Gets the smallest side of a picture that can be used (pixels).</summary>
    public abstract int SmallestPicture { get; }

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names it and what is allowed.</exception>
    public virtual void Validate()
    {
        Require(Steps is >= 1 and <= 100_000_000, nameof(Steps), Steps, "1 to 100,000,000");
        Require(Minutes is >= 0 and <= 1e6, nameof(Minutes), Minutes, "0 (no limit) to 1,000,000");
        Require(BatchSize is >= 1 and <= 1024, nameof(BatchSize), BatchSize, "1 to 1024");
        Require(Accumulation is >= 1 and <= 4096, nameof(Accumulation), Accumulation, "1 to 4096");
        Require(LearningRate is > 0 and <= 1, nameof(LearningRate), LearningRate, "above 0, at most 1");
        Require(WarmupSteps >= 0 && WarmupSteps <= Steps, nameof(WarmupSteps), WarmupSteps, FormattableString.Invariant($"0 to steps, {Steps}"));
        Require(FinalRateShare is >= 0 and <= 1, nameof(FinalRateShare), FinalRateShare, "0 to 1");
        Require(WeightDecay is >= 0 and <= 1, nameof(WeightDecay), WeightDecay, "0 to 1");
        Require(Beta1 is >= 0 and < 1, nameof(Beta1), Beta1, "0 to below 1");
        Require(Beta2 is >= 0 and < 1, nameof(Beta2), Beta2, "0 to below 1");
        Require(MaxGradientNorm > 0, nameof(MaxGradientNorm), MaxGradientNorm, "above 0");
        Require(AveragingDecay is >= 0 and < 1, nameof(AveragingDecay), AveragingDecay, "0 to below 1");
        Require(CheckpointSteps >= 1, nameof(CheckpointSteps), CheckpointSteps, "1 or more");
        Require(ReportSteps >= 1, nameof(ReportSteps), ReportSteps, "1 or more");
        Require(DrawnPictures is >= 0 and <= 10_000, nameof(DrawnPictures), DrawnPictures, "0 to 10,000");
    }

    /// <summary>Refuses a value that is out of range.</summary>
    /// <param name="holds">Whether it is allowed.</param>
    /// <param name="name">Name of the property.</param>
    /// <param name="actual">Its value.</param>
    /// <param name="allowed">What is allowed, in words.</param>
    /// <exception cref="ArgumentException">It is not allowed.</exception>
    protected static void Require(bool holds, string name, object actual, string allowed)
    {
        if (!holds)
            throw new ArgumentException(FormattableString.Invariant($"Training: {TrainingOptionsFile.KeyOf(name)} is {actual}, allowed is {allowed}."));
    }

    /// <summary>Refuses a side of a picture that the networks cannot take.</summary>
    /// <param name="name">Name of the property.</param>
    /// <param name="size">The side (pixels).</param>
    protected static void RequirePictureSize(string name, int size) => Require(size is >= 32 and <= 2048 && size % 32 == 0, name, size, "a multiple of 32 from 32 to 2048");
}
