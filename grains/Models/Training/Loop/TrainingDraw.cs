using static TorchSharp.torch;

namespace Darkroom.Models.Training.Loop;

/// <summary>Everything random of one forward pass of a training.</summary>
/// <remarks>
/// It depends on the seed, the step and the pass alone, not on what was drawn before: the number of steps done is all that a training has to
/// remember of its data and its noise, and it goes on after an interruption as if there had been none.
/// </remarks>
public sealed class TrainingDraw : IDisposable
{
    private readonly int seed;
    private readonly long pass;

    /// <summary>Makes the draw of a pass.</summary>
    /// <param name="seed">The training's seed.</param>
    /// <param name="step">Optimizer steps done before.</param>
    /// <param name="pass">Index of the pass within the step.</param>
    /// <param name="accumulation">Passes of a step.</param>
    /// <param name="fraction">Share of the training done, 0..1.</param>
    public TrainingDraw(int seed, int step, int pass = 0, int accumulation = 1, double fraction = 0)
    {
        this.seed = seed;
        this.pass = ((long)step * accumulation) + pass;
        Fraction = fraction;
        var mixed = Mix(Mix((ulong)seed) + (ulong)this.pass);
        Random = new Random((int)(mixed & int.MaxValue));
        Generator = new Generator(mixed >> 32);
    }

    /// <summary>Gets the share of the training done, 0..1.</summary>
    public double Fraction { get; }

    /// <summary>Gets the numbers for choices.</summary>
    public Random Random { get; }

    /// <summary>Gets the numbers for tensors, on the CPU whatever the device, so that every device has the same.</summary>
    public Generator Generator { get; }

    /// <summary>Standard normal numbers.</summary>
    /// <param name="device">Where to.</param>
    /// <param name="shape">How many.</param>
    /// <returns>float32; the caller disposes it.</returns>
    public Tensor Normal(Device device, params long[] shape) => randn(shape, generator: Generator).to(device);

    /// <summary>One timestep for each sample, any as likely.</summary>
    /// <param name="device">Where to.</param>
    /// <param name="count">Samples.</param>
    /// <param name="total">Timesteps that there are.</param>
    /// <returns>[count] int64; the caller disposes it.</returns>
    public Tensor Timesteps(Device device, int count, int total) =>
        tensor(Enumerable.Range(0, count).Select(_ => (long)Random.Next(total)).ToArray(), device: device);

    /// <summary>Whose turn it is: each item once in every round, each round in an order of its own.</summary>
    /// <param name="count">Items wanted, the samples of this pass.</param>
    /// <param name="total">Items that there are.</param>
    /// <returns>Their indices.</returns>
    public int[] Turns(int count, int total)
    {
        var first = pass * count;
        var turns = new int[count];
        var (round, order) = (-1L, Array.Empty<int>());
        for (var i = 0; i < count; i++)
        {
            if ((first + i) / total != round)
            {
                round = (first + i) / total;
                order = [.. Enumerable.Range(0, total)];
                new Random((int)(Mix(Mix((ulong)seed ^ RoundSalt) + (ulong)round) & int.MaxValue)).Shuffle(order);
            }

            turns[i] = order[(first + i) % total];
        }

        return turns;
    }

    /// <inheritdoc/>
    public void Dispose() => Generator.Dispose();

    private const ulong RoundSalt = 0xD1B54A32D192ED03;

    // SplitMix64 (Steele, Lea, Flood 2014): neighbouring numbers become unrelated ones.
    private static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
