using static TorchSharp.torch;

namespace Darkroom.Models.Preprocessing;

/// <summary>Pictures as the published pipelines see them: 8-bit, [H, W, 3], resized as by Pillow.</summary>
public static class EightBitImage
{
    /// <summary>Most pixels of a resized picture.</summary>
    public const long MaxPixels = 1L << 28;

    /// <summary>Rounds a picture to 8 bits.</summary>
    /// <param name="image">[1, 3, H, W] in 0..1; what lies outside is clamped.</param>
    /// <returns>[H, W, 3] uint8 on the CPU; the caller disposes it.</returns>
    public static Tensor FromUnit(Tensor image)
    {
        using var scope = NewDisposeScope();
        if (image.shape is not [1, 3, > 0, > 0])
            throw new ArgumentException($"The picture is [{string.Join(", ", image.shape)}]; [1, 3, H, W] is needed.");
        return (image.to(ScalarType.Float32).clamp(0, 1) * 255).round().to(ScalarType.Byte).cpu()
            .squeeze(0).permute(1, 2, 0).contiguous().MoveToOuterDisposeScope();
    }

    /// <summary>The picture's values divided by 255.</summary>
    /// <param name="image">[H, W, 3] uint8.</param>
    /// <returns>[1, 3, H, W] float32 in 0..1; the caller disposes it.</returns>
    public static Tensor ToUnit(Tensor image)
    {
        using var scope = NewDisposeScope();
        Require(image);
        return (image.permute(2, 0, 1).unsqueeze(0).to(ScalarType.Float32) / 255).contiguous().MoveToOuterDisposeScope();
    }

    /// <summary>Changes a picture's size: first along the rows, rounded to 8 bits, then along the columns.</summary>
    /// <param name="image">[H, W, 3] uint8.</param>
    /// <param name="width">Width of the result (pixels).</param>
    /// <param name="height">Height of the result (pixels).</param>
    /// <param name="filter">The filter.</param>
    /// <returns>[height, width, 3] uint8 on the CPU; the caller disposes it.</returns>
    public static Tensor Resize(Tensor image, int width, int height, ResampleFilter filter)
    {
        using var scope = NewDisposeScope();
        Require(image);
        if (width < 1 || height < 1 || (long)width * height > MaxPixels)
            throw new ArgumentException($"{width} x {height} pixels are asked for; at least 1 x 1 and at most {MaxPixels} in all are allowed.");
        var (rows, columns) = ((int)image.shape[0], (int)image.shape[1]);
        var pixels = image.cpu().contiguous().data<byte>().ToArray();
        if (width != columns)
            (pixels, columns) = (AlongRows(pixels, rows, columns, new ResampleTable(columns, width, filter)), width);
        if (height != rows)
            (pixels, rows) = (AlongColumns(pixels, rows, columns, new ResampleTable(rows, height, filter)), height);
        return tensor(pixels).view(rows, columns, 3).MoveToOuterDisposeScope();
    }

    private static byte[] AlongRows(byte[] pixels, int rows, int columns, ResampleTable table)
    {
        var result = new byte[rows * table.Target * 3];
        for (int y = 0, to = 0; y < rows; y++)
        {
            for (var x = 0; x < table.Target; x++)
            {
                for (var c = 0; c < 3; c++)
                    result[to++] = table.Sample(pixels, (y * columns * 3) + c, 3, x);
            }
        }

        return result;
    }

    private static byte[] AlongColumns(byte[] pixels, int rows, int columns, ResampleTable table)
    {
        var result = new byte[table.Target * columns * 3];
        var stride = columns * 3;
        for (int y = 0, to = 0; y < table.Target; y++)
        {
            for (var x = 0; x < stride; x++)
                result[to++] = table.Sample(pixels, x, stride, y);
        }

        return result;
    }

    internal static void Require(Tensor image)
    {
        if (image.dtype != ScalarType.Byte || image.shape is not [> 0, > 0, 3])
            throw new ArgumentException($"The picture is {image.dtype} [{string.Join(", ", image.shape)}]; uint8 [H, W, 3] is needed.");
        if (image.shape[0] * image.shape[1] > MaxPixels)
            throw new ArgumentException($"The picture has {image.shape[0] * image.shape[1]} pixels; at most {MaxPixels} are allowed.");
    }
}
