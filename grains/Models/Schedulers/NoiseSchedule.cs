using static TorchSharp.torch;

namespace Darkroom.Models.Schedulers;

/// <summary>How much noise a sample has at each training timestep: x_t = √ᾱ_t x₀ + √(1 - ᾱ_t) ε.</summary>
/// <remarks>Ho et al. 2020, arXiv:2006.11239, eq. (4). The tables are rounded to float32 as the reference's; what is computed of them is in double precision.</remarks>
public sealed class NoiseSchedule
{
    private const double MaxCosineBeta = 0.999;

    private readonly double[] betas;
    private readonly double[] alphasCumulative;

    /// <summary>Makes the tables.</summary>
    /// <param name="config">The scheduler's configuration.</param>
    /// <exception cref="ArgumentException">A beta is not in [0, 1), or the trained betas are not one a timestep.</exception>
    public NoiseSchedule(SchedulerConfig config)
    {
        var values = MakeBetas(config);
        if (config.RescaleBetasToZeroSnr)
            values = RescaleToZeroSnr(values);
        betas = Array.ConvertAll(values, beta => (double)beta);
        alphasCumulative = Array.ConvertAll(Cumulative(values), alpha => (double)alpha);
        // Not quite 0 where sigmas are used, so that the first one is finite; the value is the reference's.
        if (config.RescaleBetasToZeroSnr && config.Kind is SchedulerKind.UniPc or SchedulerKind.EulerAncestral)
            alphasCumulative[^1] = Math.Max(alphasCumulative[^1], Math.Pow(2, -24));
    }

    /// <summary>Gets β of each timestep.</summary>
    public IReadOnlyList<double> Betas => betas;

    /// <summary>Gets ᾱ of each timestep: the clean sample's share of the variance.</summary>
    public IReadOnlyList<double> AlphasCumulative => alphasCumulative;

    /// <summary>Gets σ of a timestep when the clean sample keeps its scale: √((1 - ᾱ) / ᾱ); fractional timesteps are interpolated.</summary>
    /// <param name="timestep">0..T - 1.</param>
    public double Sigma(double timestep)
    {
        var low = Math.Clamp((int)Math.Floor(timestep), 0, alphasCumulative.Length - 1);
        var high = Math.Min(low + 1, alphasCumulative.Length - 1);
        var (from, to) = (SigmaAt(low), SigmaAt(high));
        return from + ((to - from) * (timestep - low));
    }

    /// <summary>Gives each row the noise of its own timestep.</summary>
    /// <param name="clean">x₀, [B, ...].</param>
    /// <param name="noise">ε, as <paramref name="clean"/>.</param>
    /// <param name="timesteps">[B] int64, 0..T - 1.</param>
    /// <returns>x_t as float32; the caller disposes it.</returns>
    public Tensor AddNoise(Tensor clean, Tensor noise, Tensor timesteps)
    {
        using var scope = NewDisposeScope();
        var (signal, spread) = Scales(clean, noise, timesteps);
        return ((signal * clean.to(ScalarType.Float32)) + (spread * noise.to(ScalarType.Float32))).MoveToOuterDisposeScope();
    }

    /// <summary>What a network that predicts velocities is to answer: v = √ᾱ ε - √(1 - ᾱ) x₀.</summary>
    /// <remarks>Salimans and Ho 2022, arXiv:2202.00512, appendix D.</remarks>
    /// <param name="clean">x₀, [B, ...].</param>
    /// <param name="noise">ε, as <paramref name="clean"/>.</param>
    /// <param name="timesteps">[B] int64, 0..T - 1.</param>
    /// <returns>v as float32; the caller disposes it.</returns>
    public Tensor Velocity(Tensor clean, Tensor noise, Tensor timesteps)
    {
        using var scope = NewDisposeScope();
        var (signal, spread) = Scales(clean, noise, timesteps);
        return ((signal * noise.to(ScalarType.Float32)) - (spread * clean.to(ScalarType.Float32))).MoveToOuterDisposeScope();
    }

    private double SigmaAt(int timestep) => Math.Sqrt((1 - alphasCumulative[timestep]) / alphasCumulative[timestep]);

    // √ᾱ and √(1 - ᾱ) of each row, [B, 1, ...].
    private (Tensor Signal, Tensor Spread) Scales(Tensor clean, Tensor noise, Tensor timesteps)
    {
        if (!clean.shape.SequenceEqual(noise.shape) || timesteps.shape.Length != 1 || timesteps.shape[0] != clean.shape[0])
        {
            throw new ArgumentException(
                $"The noise is [{string.Join(", ", noise.shape)}] and the timesteps [{string.Join(", ", timesteps.shape)}]; a clean sample of [{string.Join(", ", clean.shape)}] needs noise of that shape and a timestep a row.");
        }

        var rows = timesteps.to(ScalarType.Int64).cpu().data<long>().ToArray();
        foreach (var row in rows)
        {
            if (row < 0 || row >= alphasCumulative.Length)
                throw new ArgumentException($"Timestep {row} is not in 0..{alphasCumulative.Length - 1}.");
        }

        var shape = clean.shape.Select((size, axis) => axis == 0 ? size : 1).ToArray();
        var signal = tensor(rows.Select(row => (float)Math.Sqrt(alphasCumulative[row])).ToArray()).view(shape).to(clean.device);
        var spread = tensor(rows.Select(row => (float)Math.Sqrt(1 - alphasCumulative[row])).ToArray()).view(shape).to(clean.device);
        return (signal, spread);
    }

    // In float32, as the reference: at timestep 0 its rounding is seen in 1 - ᾱ.
    private static float[] MakeBetas(SchedulerConfig config)
    {
        var count = config.TrainTimesteps;
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        float[] values = config switch
        {
            { TrainedBetas: { } trained } when trained.Count != count =>
                throw new ArgumentException($"There are {trained.Count} trained betas for {count} timesteps."),
            { TrainedBetas: { } trained } => [.. trained.Select(beta => (float)beta)],
            { BetaSchedule: BetaSchedule.Linear } => Line(config.BetaStart, config.BetaEnd, count),
            { BetaSchedule: BetaSchedule.ScaledLinear } =>
                [.. Line(Math.Sqrt(config.BetaStart), Math.Sqrt(config.BetaEnd), count).Select(root => root * root)],
            _ => [.. Enumerable.Range(0, count).Select(t => (float)Math.Min(MaxCosineBeta, 1 - (Cosine((t + 1.0) / count) / Cosine((double)t / count))))],
        };
        foreach (var beta in values)
        {
            if (beta is not (>= 0 and < 1))
                throw new ArgumentException($"A beta is {beta}; 0 to less than 1 is allowed (beta_start, beta_end, trained_betas).");
        }

        return values;
    }

    private static double Cosine(double time) => Math.Pow(Math.Cos((time + 0.008) / 1.008 * Math.PI / 2), 2);

    private static float[] Line(double from, double to, int count)
    {
        using var line = linspace(from, to, count, dtype: ScalarType.Float32);
        return line.data<float>().ToArray();
    }

    private static float[] Cumulative(float[] betas)
    {
        var result = new float[betas.Length];
        var product = 1.0;
        for (var t = 0; t < betas.Length; t++)
            result[t] = (float)(product *= 1 - betas[t]);
        return result;
    }

    // Lin et al. 2023, arXiv:2305.08891, algorithm 1.
    private static float[] RescaleToZeroSnr(float[] betas)
    {
        var roots = Cumulative(betas).Select(MathF.Sqrt).ToArray();
        var (first, last) = (roots[0], roots[^1]);
        var scale = first / (first - last);
        var cumulative = roots.Select(root => (root - last) * scale).Select(root => root * root).ToArray();
        return [.. cumulative.Select((value, t) => 1 - (t == 0 ? value : value / cumulative[t - 1]))];
    }
}
