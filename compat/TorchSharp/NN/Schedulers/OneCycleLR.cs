namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            public static partial class impl
            {
                /// <summary>Up from max_lr / div_factor to max_lr, then down to almost nothing, with the momentum the other way round.</summary>
                /// <remarks>Smith and Topin, arXiv:1708.07120.</remarks>
                public class OneCycleLR : LRScheduler
                {
                    private readonly double[] maxRates;
                    private readonly double[] initialRates;
                    private readonly double[] minRates;
                    private readonly double[] baseMomenta;
                    private readonly double[] maxMomenta;
                    private readonly Phase[] phases;
                    private readonly AnnealStrategy strategy;
                    private readonly bool cyclesMomentum;
                    private readonly int totalSteps;

                    public OneCycleLR(Optimizer optimizer, double max_lr, int total_steps = -1, int epochs = -1, int steps_per_epoch = -1, double pct_start = 0.3, AnnealStrategy anneal_strategy = AnnealStrategy.Cos, bool cycle_momentum = true, double base_momentum = 0.85, double max_momentum = 0.95, double div_factor = 25, double final_div_factor = 1e4, bool three_phase = false, int last_epoch = -1, bool verbose = false)
                        : this(optimizer, PerGroup(optimizer, max_lr), total_steps, epochs, steps_per_epoch, pct_start, anneal_strategy, cycle_momentum, PerGroup(optimizer, base_momentum), PerGroup(optimizer, max_momentum), div_factor, final_div_factor, three_phase, last_epoch, verbose)
                    {
                    }

                    public OneCycleLR(Optimizer optimizer, IEnumerable<double> max_lr, int total_steps = -1, int epochs = -1, int steps_per_epoch = -1, double pct_start = 0.3, AnnealStrategy anneal_strategy = AnnealStrategy.Cos, bool cycle_momentum = true, IEnumerable<double>? base_momentum = null, IEnumerable<double>? max_momentum = null, double div_factor = 25, double final_div_factor = 1e4, bool three_phase = false, int last_epoch = -1, bool verbose = false)
                        : base(optimizer, last_epoch, verbose)
                    {
                        totalSteps = total_steps != -1 ? total_steps : epochs * steps_per_epoch;
                        if (totalSteps <= 0 || (total_steps == -1 && (epochs <= 0 || steps_per_epoch <= 0)))
                        {
                            throw new ArgumentException(
                                $"Give either a positive total_steps or positive epochs and steps_per_epoch, got {total_steps}, {epochs} and {steps_per_epoch}.", nameof(total_steps));
                        }

                        if (pct_start is < 0 or > 1)
                        {
                            throw new ArgumentException($"Expected pct_start between 0 and 1, but got {pct_start}.", nameof(pct_start));
                        }

                        strategy = anneal_strategy;
                        cyclesMomentum = cycle_momentum;
                        maxRates = [.. max_lr];
                        initialRates = [.. maxRates.Select(rate => rate / div_factor)];
                        minRates = [.. initialRates.Select(rate => rate / final_div_factor)];
                        baseMomenta = [.. base_momentum ?? PerGroup(optimizer, 0.85)];
                        maxMomenta = [.. max_momentum ?? PerGroup(optimizer, 0.95)];
                        var peak = (pct_start * totalSteps) - 1;
                        phases = three_phase
                            ? [new(peak, initialRates, maxRates, maxMomenta, baseMomenta), new((2 * pct_start * totalSteps) - 2, maxRates, initialRates, baseMomenta, maxMomenta), new(totalSteps - 1, initialRates, minRates, maxMomenta, maxMomenta)]
                            : [new(peak, initialRates, maxRates, maxMomenta, baseMomenta), new(totalSteps - 1, maxRates, minRates, baseMomenta, maxMomenta)];
                        if (cycle_momentum && optimizer.ParamGroups.Any(group => group is not (IBetas or IMomentum)))
                        {
                            throw new ArgumentException("optimizer must support momentum with `cycle_momentum` option enabled", nameof(optimizer));
                        }

                        step();
                    }

                    public enum AnnealStrategy
                    {
                        Cos,
                        Linear,
                    }

                    protected override IEnumerable<double> get_lr()
                    {
                        if (LastEpoch > totalSteps)
                        {
                            throw new InvalidOperationException($"Tried to step {LastEpoch + 1} times. The specified number of total steps is {totalSteps}");
                        }

                        var begin = 0.0;
                        var phase = phases[0];
                        for (var index = 0; LastEpoch > phase.End && index + 1 < phases.Length; index++)
                        {
                            begin = phase.End;
                            phase = phases[index + 1];
                        }

                        var fraction = (LastEpoch - begin) / (phase.End - begin);
                        var rates = new List<double>();
                        foreach (var group in Target.ParamGroups)
                        {
                            var position = rates.Count;
                            rates.Add(Anneal(phase.FromRate[position], phase.ToRate[position], fraction));
                            if (cyclesMomentum)
                            {
                                SetMomentum(group, Anneal(phase.FromMomentum[position], phase.ToMomentum[position], fraction));
                            }
                        }

                        return rates;
                    }

                    private double Anneal(double from, double to, double fraction) => strategy == AnnealStrategy.Cos
                        ? to + ((from - to) / 2.0 * (Math.Cos(Math.PI * fraction) + 1))
                        : ((to - from) * fraction) + from;

                    private static void SetMomentum(ILearningRateController group, double momentum)
                    {
                        if (group is IBetas betas)
                        {
                            betas.Betas = (momentum, betas.Betas.Item2);
                        }
                        else
                        {
                            ((IMomentum)group).Momentum = momentum;
                        }
                    }

                    private static double[] PerGroup(Optimizer optimizer, double value) => [.. optimizer.ParamGroups.Select(_ => value)];

                    private sealed record Phase(double End, double[] FromRate, double[] ToRate, double[] FromMomentum, double[] ToMomentum);
                }
            }
        }
    }
}
