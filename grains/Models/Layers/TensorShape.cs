using static TorchSharp.torch;

namespace Darkroom.Models.Layers;

/// <summary>Checks what a network is given before libtorch fails somewhere inside it.</summary>
internal static class TensorShape
{
    /// <summary>Any size.</summary>
    public const long Any = -1;

    /// <summary>Throws unless a tensor has the expected sizes.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="name">Its name, for the message.</param>
    /// <param name="expected">The sizes; <see cref="Any"/> for those that are free.</param>
    /// <exception cref="ArgumentException">It has others.</exception>
    public static void Require(Tensor tensor, string name, params ReadOnlySpan<long> expected)
    {
        var actual = tensor.shape;
        var fits = actual.Length == expected.Length;
        for (var i = 0; fits && i < actual.Length; i++)
            fits = expected[i] == Any ? actual[i] > 0 : actual[i] == expected[i];
        if (!fits)
            throw new ArgumentException($"{name} is [{string.Join(", ", actual)}]; allowed is {Describe(expected)}.", name);
    }

    /// <summary>Throws unless a tensor holds token ids, [B, N] integers of a vocabulary.</summary>
    /// <exception cref="ArgumentException">It does not.</exception>
    public static void RequireIds(Tensor ids, string name, long vocabularySize, long maxTokens)
    {
        Require(ids, name, Any, Any);
        if (ids.dtype is not (ScalarType.Int64 or ScalarType.Int32))
            throw new ArgumentException($"{name} is {ids.dtype}; allowed is Int64 or Int32.", name);
        if (ids.shape[1] > maxTokens)
            throw new ArgumentException($"{name} has {ids.shape[1]} tokens; allowed are at most {maxTokens}.", name);
        using var scope = NewDisposeScope();
        var (least, most) = (ids.min().to(ScalarType.Int64).item<long>(), ids.max().to(ScalarType.Int64).item<long>());
        if (least < 0 || most >= vocabularySize)
            throw new ArgumentException($"{name} has ids from {least} to {most}; allowed are 0 to {vocabularySize - 1}.", name);
    }

    private static string Describe(ReadOnlySpan<long> expected) =>
        $"[{string.Join(", ", expected.ToArray().Select(size => size == Any ? "any" : size.ToString(System.Globalization.CultureInfo.InvariantCulture)))}]";
}
