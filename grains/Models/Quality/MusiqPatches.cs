using static TorchSharp.torch;

namespace Darkroom.Models.Quality;

/// <summary>A picture cut into patches in three sizes, as MUSIQ looks at it.</summary>
/// <remarks>Ke et al. 2021, arXiv:2108.05997, sections 3.1 and 3.2; the resampling is that of pyiqa, bicubic without smoothing.</remarks>
/// <param name="Pixels">[N, 3, 32, 32].</param>
/// <param name="Positions">Place of each patch in the grid of positions, [N] int64.</param>
/// <param name="Scales">Size that each patch is of, [N] int64.</param>
internal sealed record MusiqPatches(Tensor Pixels, Tensor Positions, Tensor Scales)
{
    /// <summary>In how many sizes a picture is looked at: two smaller ones and its own.</summary>
    public const int ScaleCount = 3;

    /// <summary>Side of a patch.</summary>
    public const int Side = 32;

    private static readonly int[] LongerSides = [224, 384];

    /// <summary>Cuts a picture.</summary>
    /// <param name="image">[1, 3, H, W] in [-1, 1].</param>
    /// <param name="gridSide">Side of the grid of positions.</param>
    /// <returns>The patches, in the dispose scope of the caller.</returns>
    public static MusiqPatches Cut(Tensor image, int gridSide)
    {
        var (pixels, positions, scales) = (new List<Tensor>(), new List<long>(), new List<long>());
        for (var scale = 0; scale < ScaleCount; scale++)
        {
            var sized = scale < LongerSides.Length ? Resize(image, LongerSides[scale]) : image;
            var (rows, columns) = (Count(sized.shape[2]), Count(sized.shape[3]));
            pixels.Add(Split(sized, rows, columns));
            for (var row = 0; row < rows; row++)
            {
                for (var column = 0; column < columns; column++)
                    positions.Add(Place(row, rows, gridSide) * gridSide + Place(column, columns, gridSide));
            }

            scales.AddRange(Enumerable.Repeat((long)scale, rows * columns));
        }

        return new MusiqPatches(cat(pixels, 0), tensor(positions, device: image.device), tensor(scales, device: image.device));
    }

    private static int Count(long length) => (int)((length + Side - 1) / Side);

    // The nearest of the grid's places, reckoned in float32 as the resampling of the grid does.
    private static int Place(int index, int count, int gridSide) => Math.Min((int)MathF.Floor(index * (gridSide / (float)count)), gridSide - 1);

    private static Tensor Resize(Tensor image, int longerSide)
    {
        var ratio = longerSide / (double)Math.Max(image.shape[2], image.shape[3]);
        long[] size = [.. image.shape[2..].Select(length => Math.Max(1, (long)Math.Round(length * ratio, MidpointRounding.ToEven)))];
        return nn.functional.interpolate(image, size, mode: InterpolationMode.Bicubic, align_corners: false);
    }

    // Zeros around the picture fill its last patches, as TensorFlow's SAME does: the odd one at the end.
    private static Tensor Split(Tensor image, int rows, int columns)
    {
        var (down, across) = ((rows * Side) - image.shape[2], (columns * Side) - image.shape[3]);
        var padded = nn.functional.pad(image, [across / 2, across - (across / 2), down / 2, down - (down / 2)]);
        return padded.view(3, rows, Side, columns, Side).permute(1, 3, 0, 2, 4).reshape(rows * columns, 3, Side, Side);
    }
}
