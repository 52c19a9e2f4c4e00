using static TorchSharp.torch;

namespace Darkroom.Models.Schedulers;

/// <summary>Pseudo linear multistep without Runge-Kutta steps: the second timestep is taken twice, for a start of second order.</summary>
/// <remarks>
/// Liu et al. 2022, arXiv:2202.09778, eq. (11) and (12); as in diffusers with <c>skip_prk_steps</c>, so there is one step more than was asked for.
/// History: after the first step [prediction, sample before it]; later the last predictions, oldest first, at most three.
/// </remarks>
public sealed class PndmScheduler : Scheduler
{
    private readonly int stride;
    private readonly double alphaAtEnd;

    internal PndmScheduler(SchedulerConfig config, int steps, int firstStep)
        : base(config, steps, firstStep, () => Twice(TimestepSpacer.Whole(config, steps)))
    {
        if (config.RescaleBetasToZeroSnr)
            throw new ArgumentException("rescale_betas_zero_snr is not offered for PNDM.");
        stride = config.TrainTimesteps / steps;
        alphaAtEnd = config.SetAlphaToOne ? 1 : Schedule.AlphasCumulative[0];
    }

    /// <inheritdoc/>
    public override int HistorySlots => 3;

    /// <inheritdoc/>
    public override int HistoryLength(int step) => (step - FirstStep) switch { 0 => 0, 1 => 2, var taken => Math.Min(taken - 1, 3) };

    private protected override (Tensor Sample, IReadOnlyList<Tensor> History) Advance(SchedulerState state, Tensor prediction, Tensor? noise)
    {
        double from = Timesteps[state.Step], to = from - stride;
        var old = state.History;
        switch (state.Step - FirstStep)
        {
            case 0:
                return (Transfer(state.Sample, prediction, from, to), [prediction, state.Sample]);
            case 1:
                // The same step again, from where it started, with the mean slope.
                return (Transfer(old[1], (prediction + old[0]) / 2, from + stride, from), [old[0]]);
        }

        var slope = old.Count switch
        {
            1 => ((prediction * 3) - old[0]) / 2,
            2 => ((prediction * 23) - (old[1] * 16) + (old[0] * 5)) / 12,
            _ => ((prediction * 55) - (old[2] * 59) + (old[1] * 37) - (old[0] * 9)) / 24,               // eq. (12)
        };
        return (Transfer(state.Sample, slope, from, to), [.. old.Append(prediction).TakeLast(3)]);
    }

    // eq. (11); alpha = ᾱ_t, alphaNext = ᾱ_{t-δ}
    private Tensor Transfer(Tensor sample, Tensor slope, double from, double to)
    {
        double alpha = AlphaAt(from, alphaAtEnd), alphaNext = AlphaAt(to, alphaAtEnd);
        var predictedNoise = Config.PredictionType switch
        {
            PredictionType.Epsilon => slope,
            PredictionType.Velocity => (slope * Math.Sqrt(alpha)) + (sample * Math.Sqrt(1 - alpha)),
            _ => throw new ArgumentException("prediction_type 'sample' is not offered for PNDM."),
        };
        var denominator = (alpha * Math.Sqrt(1 - alphaNext)) + Math.Sqrt(alpha * (1 - alpha) * alphaNext);
        return (sample * Math.Sqrt(alphaNext / alpha)) - (predictedNoise * ((alphaNext - alpha) / denominator));
    }

    private static double[] Twice(double[] timesteps) => timesteps.Length < 2 ? timesteps : [timesteps[0], timesteps[1], .. timesteps[1..]];
}
