using Darkroom.Models.Layers;
using static TorchSharp.torch;

namespace Darkroom.Models.StableDiffusion;

/// <summary>What a side network adds to a UNet.</summary>
/// <param name="Skips">
/// Added to the first skip connections, in the order in which the UNet makes them: behind the first convolution, then in each
/// block behind each layer and behind the downsampling. ControlNet gives all of them, Diff-Plugin's SCB the first three. They
/// reach the half that goes up only, not what flows down.
/// </param>
/// <param name="Middle">Added behind the middle block; null for nothing.</param>
public sealed record UNetResiduals(IReadOnlyList<Tensor> Skips, Tensor? Middle = null) : IDisposable
{
    /// <summary>Frees the tensors.</summary>
    public void Dispose()
    {
        foreach (var skip in Skips)
            skip.Dispose();
        Middle?.Dispose();
    }

    /// <summary>Adds to the skips.</summary>
    /// <exception cref="ArgumentException">There are more residuals than skips, or one has another shape.</exception>
    internal IReadOnlyList<Tensor> AddTo(IReadOnlyList<Tensor> skips)
    {
        if (Skips.Count > skips.Count)
            throw new ArgumentException($"There are {Skips.Count} residuals; the UNet has {skips.Count} skip connections.");
        return [.. skips.Select((skip, index) => index < Skips.Count ? Add(skip, Skips[index], $"residual {index}") : skip)];
    }

    /// <summary>Adds to what the middle block gave.</summary>
    /// <exception cref="ArgumentException">The residual has another shape.</exception>
    internal Tensor AddToMiddle(Tensor middle) => Middle is null ? middle : Add(middle, Middle, "the middle residual");

    private static Tensor Add(Tensor target, Tensor residual, string name)
    {
        TensorShape.Require(residual, name, target.shape);
        return target + residual;
    }
}
