namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            /// <summary>Sets the learning rate of every group of an optimizer, once a step.</summary>
            public abstract class LRScheduler
            {
                protected int _step_count;

                internal readonly Optimizer Target;
                internal int LastEpoch;
                internal double[] BaseRates;

                protected LRScheduler()
                {
                    Target = null!;
                    BaseRates = [];
                    LastRates = [];
                }

                protected LRScheduler(Optimizer optimizer, int last_epoch = -1, bool verbose = false)
                {
                    ArgumentNullException.ThrowIfNull(optimizer);
                    Target = optimizer;
                    LastEpoch = last_epoch;
                    BaseRates = [.. optimizer.ParamGroups.Select(group => group.InitialLearningRate)];
                    LastRates = Rates.ToArray();
                    Verbose = verbose;
                }

                internal double[] LastRates { get; set; }

                private protected bool Verbose { get; }

                private protected IEnumerable<double> Rates => Target.ParamGroups.Select(group => group.LearningRate);

                public virtual void step() => step(null);

                /// <summary>Goes to an epoch by the closed formula, or with null to the next one.</summary>
                public virtual void step(int? epoch)
                {
                    _step_count++;
                    LastEpoch = epoch ?? LastEpoch + 1;
                    var rates = (epoch is null ? get_lr() : get_closed_form_lr()).ToArray();
                    foreach (var (group, rate) in Target.ParamGroups.Zip(rates))
                    {
                        group.LearningRate = rate;
                    }

                    if (Verbose && !rates.SequenceEqual(LastRates))
                    {
                        Console.Out.WriteLine($"Adjusting learning rate to {string.Join(", ", rates)}");
                    }

                    LastRates = rates;
                }

                public virtual void step(double current, int? epoch = null) => step(epoch);

                public IEnumerable<double> get_last_lr() => LastRates;

                protected virtual IEnumerable<double> get_lr() => Rates;

                protected virtual IEnumerable<double> get_closed_form_lr() => get_lr();

                private protected IEnumerable<double> Scaled(double factor) => Rates.Select(rate => rate * factor);
            }
        }
    }
}
