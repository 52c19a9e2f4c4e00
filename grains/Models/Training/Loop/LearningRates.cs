namespace Darkroom.Models.Training.Loop;

/// <summary>The learning rate at each step.</summary>
public static class LearningRates
{
    /// <summary>A straight rise over the warm-up, and after it what the schedule says.</summary>
    /// <param name="options">The recipe.</param>
    /// <param name="step">Optimizer steps done, this one included: 1 at the first.</param>
    /// <param name="fraction">Share of the training done, 0..1.</param>
    public static double At(TrainingOptions options, int step, double fraction)
    {
        var warmup = options.WarmupSteps == 0 ? 1 : Math.Min(1, (double)step / options.WarmupSteps);
        var share = options.Schedule == RateSchedule.Constant
            ? 1
            : options.FinalRateShare + ((1 - options.FinalRateShare) * 0.5 * (1 + Math.Cos(Math.PI * fraction)));
        return options.LearningRate * warmup * share;
    }
}
