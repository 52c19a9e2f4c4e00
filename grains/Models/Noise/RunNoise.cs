using Darkroom.Models.Pipelines;
using static TorchSharp.torch;

namespace Darkroom.Models.Noise;

/// <summary>Normal noise that depends on the seed, the stage, the step and the tile of a run, and on nothing else.</summary>
/// <remarks>
/// It is made on the CPU whatever the device, so a run has the same noise on every device, in every batch and after every
/// interruption. Pairs of numbers by Box and Muller 1958: sqrt(-2 ln u) cos(2πv) and sqrt(-2 ln u) sin(2πv).
/// </remarks>
public static class RunNoise
{
    private const double Unit = 1.0 / 4294967296.0;   // 2^-32

    /// <summary>Makes a row's noise.</summary>
    /// <param name="context">The row: its seed, step and tile.</param>
    /// <param name="stage">What the noise is for.</param>
    /// <param name="shape">Shape of the result; the first dimension is 1, since every row has its own noise.</param>
    /// <param name="type">Element type; the numbers are made as float32.</param>
    /// <param name="device">Where the result goes, or null for the CPU.</param>
    /// <returns>Standard normal numbers; the caller disposes them.</returns>
    /// <exception cref="ArgumentException">The first dimension is not 1.</exception>
    public static Tensor Normal(StepContext context, NoiseStage stage, ReadOnlySpan<long> shape, ScalarType type = ScalarType.Float32, Device? device = null)
    {
        if (shape.IsEmpty || shape[0] != 1)
            throw new ArgumentException($"Noise is made for one row: the first dimension must be 1; the shape is [{string.Join(", ", shape.ToArray())}].", nameof(shape));
        var count = 1L;
        foreach (var size in shape)
            count = checked(count * size);
        var values = new float[count];
        FillNormal(values, context.Seed, stage, context.Step, context.Tile);
        using var scope = NewDisposeScope();
        return tensor(values, shape.ToArray()).to(type).to(device ?? CPU).MoveToOuterDisposeScope();
    }

    /// <summary>Fills a buffer with standard normal numbers.</summary>
    /// <param name="values">The buffer; a longer one begins with the numbers of a shorter one.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="stage">What the noise is for.</param>
    /// <param name="step">The step, at least 0.</param>
    /// <param name="tile">The tile, at least 0.</param>
    public static void FillNormal(Span<float> values, ulong seed, NoiseStage stage, int step, int tile)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentOutOfRangeException.ThrowIfNegative(tile);
        var key = ((uint)seed, (uint)(seed >> 32));
        Span<float> block = stackalloc float[4];
        for (var i = 0; i < values.Length; i += block.Length)
        {
            var words = Philox4x32.Generate(new PhiloxBlock((uint)(i / block.Length), (uint)tile, (uint)step, (uint)stage), key);
            (block[0], block[1]) = BoxMuller(words.X0, words.X1);
            (block[2], block[3]) = BoxMuller(words.X2, words.X3);
            block[..Math.Min(block.Length, values.Length - i)].CopyTo(values[i..]);
        }
    }

    /// <summary>Draws a whole number.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="stage">What the number is for.</param>
    /// <param name="bound">The number is less than this, at least 1.</param>
    /// <returns>0..<paramref name="bound"/> - 1, each as likely as the others to within 2^-32.</returns>
    public static int Whole(ulong seed, NoiseStage stage, int bound)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1);
        var word = Philox4x32.Generate(new PhiloxBlock(0, 0, 0, (uint)stage), ((uint)seed, (uint)(seed >> 32))).X0;
        return (int)(((ulong)word * (ulong)bound) >> 32);
    }

    private static (float Cosine, float Sine) BoxMuller(uint first, uint second)
    {
        // The middle of each of the 2^32 intervals: never 0, whose logarithm there is not. The largest number is 6.77.
        var radius = Math.Sqrt(-2 * Math.Log((first + 0.5) * Unit));
        var (sine, cosine) = Math.SinCos(2 * Math.PI * ((second + 0.5) * Unit));
        return ((float)(radius * cosine), (float)(radius * sine));
    }
}

/// <summary>What noise of a run is for; each has numbers of its own. The values are part of every result: never change one.</summary>
public enum NoiseStage
{
    /// <summary>The latent that the first step starts from.</summary>
    InitialLatent = 0,

    /// <summary>The sample from the encoder's distribution (a variational autoencoder's).</summary>
    Encoding = 1,

    /// <summary>What a step adds (DDPM, Euler ancestral, DDIM with η above 0).</summary>
    Step = 2,

    /// <summary>What stands for the picture in the branch without guidance (DarkDiff); the same at every step.</summary>
    Unconditional = 3,

    /// <summary>A timestep that is drawn once for a run (VLM-IMI's IPFM).</summary>
    Timestep = 4,
}
