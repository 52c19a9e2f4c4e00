using static TorchSharp.torch;

namespace Darkroom.Models.Schedulers;

/// <summary>Ancestral sampling over spaced timesteps. No history.</summary>
/// <remarks>Ho et al. 2020, arXiv:2006.11239, eq. (7) and algorithm 2; spacing as Nichol and Dhariwal 2021, arXiv:2102.09672.</remarks>
public sealed class DdpmScheduler : Scheduler
{
    private const double LeastVariance = 1e-20;

    internal DdpmScheduler(SchedulerConfig config, int steps, int firstStep)
        : base(config, steps, firstStep, () => TimestepSpacer.Whole(config, steps))
    {
    }

    /// <inheritdoc/>
    public override bool NeedsNoise(int step) => Timesteps[step] > 0;

    private protected override (Tensor Sample, IReadOnlyList<Tensor> History) Advance(SchedulerState state, Tensor prediction, Tensor? noise)
    {
        // predictedClean = x̂₀, alpha = ᾱ_t, alphaNext = ᾱ of the next (less noisy) timestep, beta = β between the two
        var timestep = Timesteps[state.Step];
        var alpha = AlphaAt(timestep, 1);
        var alphaNext = AlphaAt(timestep - (Config.TrainTimesteps / StepCount), 1);
        var beta = 1 - (alpha / alphaNext);

        var predictedClean = PredictClean(state.Sample, prediction, Math.Sqrt(alpha), Math.Sqrt(1 - alpha));
        var sample = (predictedClean * (Math.Sqrt(alphaNext) * beta / (1 - alpha)))                     // eq. (7)
            + (state.Sample * (Math.Sqrt(alpha / alphaNext) * (1 - alphaNext) / (1 - alpha)));
        if (!NeedsNoise(state.Step))
            return (sample, []);

        var variance = Config.Variance == DdpmVariance.FixedLarge ? beta : Math.Max((1 - alphaNext) / (1 - alpha) * beta, LeastVariance);
        return (sample + (noise! * Math.Sqrt(variance)), []);
    }
}
