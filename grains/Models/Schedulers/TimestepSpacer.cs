namespace Darkroom.Models.Schedulers;

/// <summary>Which training timesteps a run takes, noisiest first.</summary>
/// <remarks>Rounding is to even, as NumPy's.</remarks>
internal static class TimestepSpacer
{
    /// <summary>The timesteps of DDPM, DDIM and PNDM.</summary>
    public static double[] Whole(SchedulerConfig config, int steps) => config.TimestepSpacing switch
    {
        TimestepSpacing.Linspace => [.. Line(config.TrainTimesteps, steps).Select(value => Math.Round(value))],
        TimestepSpacing.Leading => Leading(steps, config.TrainTimesteps / steps, config.StepsOffset),
        _ => Trailing(config.TrainTimesteps, steps),
    };

    /// <summary>The timesteps of Euler ancestral: fractional where evenly spaced.</summary>
    public static double[] Fractional(SchedulerConfig config, int steps) => config.TimestepSpacing switch
    {
        TimestepSpacing.Linspace when config.Rules == DiffusersRules.Version017 => Line(config.TrainTimesteps, steps),
        TimestepSpacing.Linspace => [.. Line(config.TrainTimesteps, steps).Select(value => (double)(float)value)],
        TimestepSpacing.Leading => Leading(steps, config.TrainTimesteps / steps, config.StepsOffset),
        _ => Trailing(config.TrainTimesteps, steps),
    };

    /// <summary>The timesteps of UniPC: one more is spaced than is taken.</summary>
    public static double[] Multistep(SchedulerConfig config, int steps) => config.TimestepSpacing switch
    {
        TimestepSpacing.Linspace => [.. Line(config.TrainTimesteps, steps + 1).SkipLast(1).Select(value => Math.Round(value))],
        TimestepSpacing.Leading => [.. Leading(steps + 1, config.TrainTimesteps / (steps + 1), config.StepsOffset).SkipLast(1)],
        _ => Trailing(config.TrainTimesteps, steps),
    };

    private static double[] Line(int trainTimesteps, int count)
    {
        // NumPy: i * (stop / (count - 1)), with the last one exact.
        var stride = count == 1 ? 0 : (trainTimesteps - 1.0) / (count - 1);
        return [.. Enumerable.Range(0, count).Select(i => i == count - 1 && i > 0 ? trainTimesteps - 1.0 : i * stride).Reverse()];
    }

    private static double[] Leading(int count, int stride, int offset) =>
        [.. Enumerable.Range(0, count).Select(i => (double)((i * stride) + offset)).Reverse()];

    private static double[] Trailing(int trainTimesteps, int count)
    {
        var stride = trainTimesteps / (double)count;
        return [.. Enumerable.Range(0, count).Select(i => Math.Round(trainTimesteps - (i * stride)) - 1)];
    }
}
