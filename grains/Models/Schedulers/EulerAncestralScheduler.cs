using static TorchSharp.torch;

namespace Darkroom.Models.Schedulers;

/// <summary>Euler steps on sigmas, each a little too far, with noise to make up for it. No history.</summary>
/// <remarks>
/// Karras et al. 2022, arXiv:2206.00364, in the ancestral form of k-diffusion and diffusers. The sample keeps the clean picture's
/// scale, x = x₀ + σ ε, so the network's input is scaled. Every step wants noise, also the last, where its weight is 0.
/// </remarks>
public sealed class EulerAncestralScheduler : Scheduler
{
    private readonly double[] sigmas;

    internal EulerAncestralScheduler(SchedulerConfig config, int steps, int firstStep)
        : base(config, steps, firstStep, () => TimestepSpacer.Fractional(config, steps)) =>
        sigmas = [.. Timesteps.Select(Schedule.Sigma), 0];

    /// <summary>Gets σ of each step and 0 for the end; the clean part has its own scale.</summary>
    public IReadOnlyList<double> Sigmas => sigmas;

    /// <inheritdoc/>
    public override double InitialNoiseSigma => Config switch
    {
        // The largest of training, which is not that of the first step when there is but one.
        { Rules: DiffusersRules.Version017 } => Schedule.Sigma(Config.TrainTimesteps - 1),
        { TimestepSpacing: TimestepSpacing.Leading } => Math.Sqrt((sigmas[0] * sigmas[0]) + 1),
        _ => sigmas[0],
    };

    /// <inheritdoc/>
    public override bool NeedsNoise(int step) => true;

    private protected override double InputScale(int step) => 1 / Math.Sqrt((sigmas[step] * sigmas[step]) + 1);

    private protected override (double Signal, double Sigma) NoiseScales(int step) => (1, sigmas[step]);

    private protected override (Tensor Sample, IReadOnlyList<Tensor> History) Advance(SchedulerState state, Tensor prediction, Tensor? noise)
    {
        double from = sigmas[state.Step], to = sigmas[state.Step + 1];
        var predictedClean = Config.PredictionType switch
        {
            PredictionType.Epsilon => state.Sample - (prediction * from),
            PredictionType.Velocity => (prediction * (-from / Math.Sqrt((from * from) + 1))) + (state.Sample / ((from * from) + 1)),
            _ => throw new ArgumentException("prediction_type 'sample' is not offered for Euler ancestral."),
        };
        var up = Math.Sqrt(to * to * ((from * from) - (to * to)) / (from * from));
        var down = Math.Sqrt((to * to) - (up * up));
        var slope = (state.Sample - predictedClean) / from;
        return (state.Sample + (slope * (down - from)) + (noise! * up), []);
    }
}
