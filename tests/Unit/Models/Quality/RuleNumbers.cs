using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Models.Quality;

/// <summary>Numbers by a rule that reference.py follows too, so that networks of full size can be compared without their weights.</summary>
internal static class RuleNumbers
{
    /// <summary>SplitMix64 of key * 2^32 + i, upper 53 bits, in 0..1.</summary>
    public static double Uniform(int key, long index)
    {
        unchecked
        {
            var z = (((ulong)key << 32) + (ulong)index + 1) * 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return ((z ^ (z >> 31)) >> 11) * (1.0 / (1UL << 53));
        }
    }

    /// <summary>Fills every tensor of a network, in ordinal order of their names.</summary>
    public static T Fill<T>(T network)
        where T : nn.Module
    {
        using var guard = no_grad();
        foreach (var (key, (name, tensor)) in network.state_dict().OrderBy(pair => pair.Key, StringComparer.Ordinal).Select((pair, key) => (key, (pair.Key, pair.Value))))
        {
            var bound = tensor.dim() > 1 ? Math.Sqrt(6 / (tensor.numel() / (double)tensor.shape[0])) : 0;
            var isScale = name.EndsWith("weight", StringComparison.Ordinal) || name.EndsWith("running_var", StringComparison.Ordinal);
            var values = MemoryMarshal.Cast<byte, float>(tensor.bytes);
            for (var i = 0; i < values.Length; i++)
            {
                var u = Uniform(key, i);
                values[i] = (float)(bound > 0 ? ((2 * u) - 1) * bound : isScale ? 0.5 + u : 0.1 * ((2 * u) - 1));
            }
        }

        network.eval();
        return network;
    }

    /// <summary>A picture of noise in 0..1, [1, 3, height, width].</summary>
    public static Tensor Picture(int key, int height, int width) =>
        tensor([.. Enumerable.Range(0, 3 * height * width).Select(i => (float)Uniform(key, i))]).view(1, 3, height, width);

    /// <summary>Features, [rows, columns] float64.</summary>
    public static Tensor Features(int key, int rows, int columns) =>
        tensor([.. Enumerable.Range(0, rows * columns).Select(i => Uniform(key, i))]).view(rows, columns);
}
