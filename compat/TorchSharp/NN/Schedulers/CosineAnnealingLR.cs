namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            public static LRScheduler CosineAnnealingLR(Optimizer optimizer, double T_max, double eta_min = 0, int last_epoch = -1, bool verbose = false) =>
                new impl.CosineAnnealingLR(optimizer, T_max, eta_min, last_epoch, verbose);

            public static partial class impl
            {
                /// <summary>Half a cosine from the initial rate to eta_min in T_max epochs, then back.</summary>
                public class CosineAnnealingLR : LRScheduler
                {
                    private readonly double halfPeriod;
                    private readonly double lowest;

                    public CosineAnnealingLR(Optimizer optimizer, double T_max, double eta_min = 0, int last_epoch = -1, bool verbose = false)
                        : base(optimizer, last_epoch, verbose)
                    {
                        halfPeriod = T_max;
                        lowest = eta_min;
                        step();
                    }

                    protected override IEnumerable<double> get_lr() =>
                        LastEpoch == 0 ? Rates
                        : (LastEpoch - 1 - halfPeriod) % (2 * halfPeriod) == 0
                            ? Rates.Select((rate, index) => rate + ((BaseRates[index] - lowest) * (1 - Math.Cos(Math.PI / halfPeriod)) / 2))
                            : Rates.Select(rate => ((1 + Math.Cos(Math.PI * LastEpoch / halfPeriod)) / (1 + Math.Cos(Math.PI * (LastEpoch - 1) / halfPeriod)) * (rate - lowest)) + lowest);

                    protected override IEnumerable<double> get_closed_form_lr() =>
                        BaseRates.Select(rate => lowest + ((rate - lowest) * (1 + Math.Cos(Math.PI * LastEpoch / halfPeriod)) / 2));
                }
            }
        }
    }
}
