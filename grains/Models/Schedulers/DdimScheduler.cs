using static TorchSharp.torch;

namespace Darkroom.Models.Schedulers;

/// <summary>Denoising diffusion implicit models: deterministic at η = 0. No history.</summary>
/// <remarks>Song et al. 2021, arXiv:2010.02502, eq. (12) and (16).</remarks>
public sealed class DdimScheduler : Scheduler
{
    private readonly double alphaAtEnd;

    internal DdimScheduler(SchedulerConfig config, int steps, int firstStep)
        : base(config, steps, firstStep, () => TimestepSpacer.Whole(config, steps))
    {
        if (config.Eta is not (>= 0 and <= 1))
            throw new ArgumentException($"eta is {config.Eta}; 0 to 1 is allowed.");
        alphaAtEnd = config.SetAlphaToOne ? 1 : Schedule.AlphasCumulative[0];
    }

    /// <inheritdoc/>
    public override bool NeedsNoise(int step) => Config.Eta > 0;

    private protected override (Tensor Sample, IReadOnlyList<Tensor> History) Advance(SchedulerState state, Tensor prediction, Tensor? noise)
    {
        // predictedClean = x̂₀, predictedNoise = ε_θ, alpha = ᾱ_t, alphaNext = ᾱ of the next (less noisy) timestep, deviation = σ_t
        var timestep = Timesteps[state.Step];
        var alpha = AlphaAt(timestep, alphaAtEnd);
        var alphaNext = AlphaAt(timestep - (Config.TrainTimesteps / StepCount), alphaAtEnd);
        double signal = Math.Sqrt(alpha), sigma = Math.Sqrt(1 - alpha);

        var predictedClean = PredictClean(state.Sample, prediction, signal, sigma);
        // From the prediction itself, not from the clipped clean sample, as the reference does by default.
        var predictedNoise = Config.PredictionType switch
        {
            PredictionType.Epsilon => prediction,
            PredictionType.Sample => (state.Sample - (prediction * signal)) / sigma,
            _ => (prediction * signal) + (state.Sample * sigma),
        };
        var variance = (1 - alphaNext) / (1 - alpha) * (1 - (alpha / alphaNext));
        var deviation = Config.Eta * Math.Sqrt(Math.Max(variance, 0));                              // eq. (16)
        var sample = (predictedClean * Math.Sqrt(alphaNext))                                        // eq. (12)
            + (predictedNoise * Math.Sqrt(Math.Max(1 - alphaNext - (deviation * deviation), 0)));
        return (Config.Eta > 0 ? sample + (noise! * deviation) : sample, []);
    }
}
