using static TorchSharp.torch;

namespace Darkroom.Models.Schedulers;

/// <summary>Unified predictor and corrector: each new prediction first corrects the last step, then predicts the next.</summary>
/// <remarks>
/// Zhao et al. 2023, arXiv:2302.04867, algorithms 5 to 8, with B(h) = h (bh1) or exp(h) - 1 (bh2).
/// History: the sample before the last step, then the last converted predictions, newest first, at most the solver's order.
/// </remarks>
public sealed class UniPcScheduler : Scheduler
{
    private const double KarrasRho = 7;

    private readonly double[] sigmas;

    internal UniPcScheduler(SchedulerConfig config, int steps, int firstStep)
        : base(config, steps, firstStep, () => MakeTimesteps(config, steps))
    {
        if (config.SolverOrder is not (>= 1 and <= 3))
            throw new ArgumentException($"solver_order is {config.SolverOrder}; 1 to 3 is allowed.");
        if (!config.LowerOrderFinal && config.SolverOrder > 1 && config.FinalSigma == FinalSigma.Zero)
            throw new ArgumentException("lower_order_final is false and final_sigmas_type is 'zero': the last step would divide by 0. Set one of them.");
        if (!config.PredictClean && config.FinalSigma == FinalSigma.Zero)
            throw new ArgumentException("predict_x0 is false and final_sigmas_type is 'zero': the last step would divide by 0. Set one of them.");

        var levels = config.UseKarrasSigmas ? Karras(Schedule, steps) : [.. Timesteps.Select(Schedule.Sigma)];
        var last = config.FinalSigma == FinalSigma.Zero ? 0 : config.UseKarrasSigmas ? levels[^1] : Schedule.Sigma(0);
        sigmas = [.. levels, last];
    }

    /// <summary>Gets √((1 - ᾱ) / ᾱ) of each step, and that after the last.</summary>
    public IReadOnlyList<double> Sigmas => sigmas;

    /// <inheritdoc/>
    public override int HistorySlots => 1 + Config.SolverOrder;

    /// <inheritdoc/>
    public override int HistoryLength(int step) => step == FirstStep ? 0 : 1 + Math.Min(step - FirstStep, Config.SolverOrder);

    private protected override (double Signal, double Sigma) NoiseScales(int step)
    {
        var level = Level(step);
        return (level.Alpha, level.Sigma);
    }

    private protected override (Tensor Sample, IReadOnlyList<Tensor> History) Advance(SchedulerState state, Tensor prediction, Tensor? noise)
    {
        var step = state.Step;
        var current = Convert(state.Sample, prediction, Level(step));
        var outputs = state.History.Skip(1).ToList();
        var sample = step > FirstStep && !Config.DisableCorrector.Contains(step - 1)
            ? Solve(step - 1, Order(step - 1), state.History[0], outputs, current)
            : state.Sample;

        outputs.Insert(0, current);
        var next = Solve(step, Order(step), sample, outputs, null);
        return (next, [sample, .. outputs.Take(Config.SolverOrder)]);
    }

    // From the sample before a step to the one after it: the predictor, or the corrector when the prediction after it is known.
    private Tensor Solve(int step, int order, Tensor sample, List<Tensor> outputs, Tensor? after)
    {
        var (here, there) = (Level(step), Level(step + 1));
        var stride = there.Lambda - here.Lambda;                                                    // h
        if (stride == 0)
            return sample;                                                                          // Karras' last sigma may stand twice
        var ratios = Enumerable.Range(1, order - 1).Select(back => (Level(step - back).Lambda - here.Lambda) / stride).ToArray();   // r_k
        var coefficients = UniPcCoefficients.Make(stride, ratios, Config.PredictClean, Config.SolverBh1, after is not null);

        var newest = outputs[0];                                                                    // m_0
        var result = Config.PredictClean
            ? (sample * (there.Sigma / here.Sigma)) - (newest * (there.Alpha * coefficients.Phi1))
            : (sample * (there.Alpha / here.Alpha)) - (newest * (there.Sigma * coefficients.Phi1));
        var scale = -(Config.PredictClean ? there.Alpha : there.Sigma) * coefficients.B;
        for (var back = 1; back < order; back++)
            result += (outputs[back] - newest) * (scale * coefficients.Rho[back - 1] / ratios[back - 1]);
        if (after is not null)
            result += (after - newest) * (scale * coefficients.Rho[order - 1]);
        return result;
    }

    private int Order(int step)
    {
        var order = Config.LowerOrderFinal ? Math.Min(Config.SolverOrder, StepCount - step) : Config.SolverOrder;
        return Math.Min(order, step - FirstStep + 1);                                               // the start has no past
    }

    // What the solver works on: the clean sample, or the noise.
    private Tensor Convert(Tensor sample, Tensor prediction, NoiseLevel level)
    {
        if (Config.PredictClean)
            return PredictClean(sample, prediction, level.Alpha, level.Sigma);
        return Config.PredictionType switch
        {
            PredictionType.Epsilon => prediction,
            PredictionType.Sample => (sample - (prediction * level.Alpha)) / level.Sigma,
            _ => (prediction * level.Alpha) + (sample * level.Sigma),
        };
    }

    private NoiseLevel Level(int step)
    {
        var alpha = 1 / Math.Sqrt((sigmas[step] * sigmas[step]) + 1);
        return new NoiseLevel(alpha, sigmas[step] * alpha, -Math.Log(sigmas[step]));
    }

    private static double[] MakeTimesteps(SchedulerConfig config, int steps)
    {
        if (!config.UseKarrasSigmas)
            return TimestepSpacer.Multistep(config, steps);
        var schedule = new NoiseSchedule(config);
        var logs = Enumerable.Range(0, config.TrainTimesteps).Select(t => Math.Log(schedule.Sigma(t))).ToArray();
        return [.. Karras(schedule, steps).Select(sigma => Math.Round(TimestepOf(Math.Log(sigma), logs)))];
    }

    // Karras et al. 2022, arXiv:2206.00364, eq. (5).
    private static double[] Karras(NoiseSchedule schedule, int steps)
    {
        var high = Math.Pow(schedule.Sigma(schedule.AlphasCumulative.Count - 1), 1 / KarrasRho);
        var low = Math.Pow(schedule.Sigma(0), 1 / KarrasRho);
        return [.. Enumerable.Range(0, steps).Select(i => Math.Pow(high + ((steps == 1 ? 0 : i / (steps - 1.0)) * (low - high)), KarrasRho))];
    }

    private static double TimestepOf(double log, double[] logs)
    {
        if (logs.Length == 1)
            return 0;
        var low = Math.Clamp(Array.FindLastIndex(logs, value => value <= log), 0, logs.Length - 2);
        return low + Math.Clamp((log - logs[low]) / (logs[low + 1] - logs[low]), 0, 1);
    }

    /// <summary>α, σ and λ = log(α / σ) of a step.</summary>
    private readonly record struct NoiseLevel(double Alpha, double Sigma, double Lambda);
}
