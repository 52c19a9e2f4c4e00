using static TorchSharp.torch;

namespace Darkroom.Models.Pipelines;

/// <summary>Overlapping windows over a latent of any size: each is computed alone, and they are blended where they overlap.</summary>
/// <remarks>
/// Bar-Tal et al. 2023, MultiDiffusion, arXiv:2302.08113, eq. (5): all windows denoise one latent and agree on it at every step, so that
/// there are no seams, and memory is bounded by the window. A latent that fits into one window is computed whole.
/// </remarks>
/// <param name="size">Side of a window (latent cells).</param>
/// <param name="overlap">Cells that neighbours share at least, less than <paramref name="size"/>.</param>
public sealed class LatentWindows(int size, int overlap)
{
    /// <summary>Gets the windows that Stable Diffusion was trained for: 512 pixels, an eighth shared.</summary>
    public static LatentWindows StableDiffusion { get; } = new(64, 8);

    /// <summary>Computes a result cell by cell.</summary>
    /// <param name="height">Height of the latent (cells).</param>
    /// <param name="width">Width of the latent (cells).</param>
    /// <param name="scale">How many result pixels a cell has along a side; 1 for a result that is a latent.</param>
    /// <param name="compute">Computes a window, given its place; [B, C, scale x h, scale x w].</param>
    /// <returns>[B, C, scale x height, scale x width]; the caller disposes it.</returns>
    public Tensor Blend(long height, long width, int scale, Func<LatentWindow, Tensor> compute)
    {
        if (size < 1 || overlap < 0 || overlap >= size)
            throw new ArgumentException($"Windows of {size} cells with an overlap of {overlap} were asked for; the overlap must be at least 0 and less than the window.");
        var (rows, columns) = (Starts(height), Starts(width));
        var (windowHeight, windowWidth) = (Math.Min(size, height), Math.Min(size, width));
        if (rows.Length == 1 && columns.Length == 1)
            return compute(new LatentWindow(0, 0, height, width));

        using var scope = NewDisposeScope();
        Tensor? sum = null;
        Tensor? weights = null;
        foreach (var top in rows)
        {
            foreach (var left in columns)
            {
                using var inner = NewDisposeScope();
                var result = compute(new LatentWindow(top, left, windowHeight, windowWidth));
                var weight = Weight(windowHeight * scale, scale).unsqueeze(1) * Weight(windowWidth * scale, scale).unsqueeze(0);   // [h, w]
                weight = weight.to(result.device);
                sum ??= zeros([result.shape[0], result.shape[1], height * scale, width * scale], device: result.device).MoveToOuterDisposeScope();
                weights ??= zeros([height * scale, width * scale], device: result.device).MoveToOuterDisposeScope();
                Place(sum, 2, top, left, scale, windowHeight, windowWidth).add_(result.to(ScalarType.Float32) * weight);
                Place(weights, 0, top, left, scale, windowHeight, windowWidth).add_(weight);
            }
        }

        return (sum! / weights!).MoveToOuterDisposeScope();
    }

    private static Tensor Place(Tensor whole, int dimension, long top, long left, int scale, long height, long width) =>
        whole.narrow(dimension, top * scale, height * scale).narrow(dimension + 1, left * scale, width * scale);

    // Where the windows begin: as few as cover the side, evenly spread.
    private long[] Starts(long length)
    {
        if (length <= size)
            return [0];
        var count = ((length - overlap) + (size - overlap) - 1) / (size - overlap);
        return [.. Enumerable.Range(0, (int)count).Select(i => (long)Math.Round(i * (length - size) / (double)(count - 1)))];
    }

    // A ramp over the overlap at both ends; never 0, so that the latent's border, which one window alone covers, can be divided by it.
    private Tensor Weight(long length, int scale)
    {
        var ramp = Math.Max(1, overlap * scale);
        return tensor(Enumerable.Range(0, (int)length).Select(i => (float)Math.Min(1, Math.Min(i + 0.5, length - i - 0.5) / ramp)).ToArray());
    }
}

/// <summary>A window of a latent.</summary>
/// <param name="Top">First row (cells).</param>
/// <param name="Left">First column (cells).</param>
/// <param name="Height">Height (cells).</param>
/// <param name="Width">Width (cells).</param>
public readonly record struct LatentWindow(long Top, long Left, long Height, long Width)
{
    /// <summary>Cuts the window out of a tensor.</summary>
    /// <param name="whole">[B, C, scale x height, scale x width].</param>
    /// <param name="scale">How many of the tensor's pixels a cell has along a side.</param>
    /// <returns>[B, C, scale x h, scale x w], which shares memory; the caller disposes it.</returns>
    public Tensor Cut(Tensor whole, int scale = 1)
    {
        using var rows = whole.narrow(2, Top * scale, Height * scale);
        return rows.narrow(3, Left * scale, Width * scale);
    }
}
