using static TorchSharp.torch;

namespace Darkroom.Models.Training.Data;

/// <summary>What JPEG does to a picture: the rounding of 8x8 DCT coefficients, without the file.</summary>
/// <remarks>ITU-T T.81, annex K tables, scaled by quality as libjpeg does; colour at full resolution.</remarks>
public static class JpegArtifacts
{
    private const int Block = 8;

    private static readonly float[] LumaTable =
    [
        16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
        18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
    ];

    private static readonly float[] ChromaTable =
    [
        17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99, 99, 99, 99,
        99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
    ];

    private static readonly float[] ToYcc =
        [0.299f, 0.587f, 0.114f, -0.168736f, -0.331264f, 0.5f, 0.5f, -0.418688f, -0.081312f];

    private static readonly float[] ToRgb = [1, 0, 1.402f, 1, -0.344136f, -0.714136f, 1, 1.772f, 0];

    /// <summary>Compresses and decompresses.</summary>
    /// <param name="image">sRGB in 0..1, [3, H, W]; sides are multiples of 8.</param>
    /// <param name="quality">1..100, as libjpeg's.</param>
    /// <returns>[3, H, W], not clamped; the caller disposes it.</returns>
    public static Tensor Apply(Tensor image, int quality)
    {
        using var scope = NewDisposeScope();
        var (height, width) = (image.shape[1], image.shape[2]);
        var colours = tensor(ToYcc).view(3, 3).matmul((image.clamp(0, 1) * 255).flatten(1));   // [3, HW]
        var blocks = colours.view(3, height / Block, Block, width / Block, Block).permute(0, 1, 3, 2, 4);   // [3, by, bx, 8, 8]
        var dct = CosineBasis();
        var table = stack([Scale(LumaTable, quality), Scale(ChromaTable, quality), Scale(ChromaTable, quality)]).view(3, 1, 1, Block, Block);
        var coefficients = dct.matmul(blocks - 128 * Flag(3)).matmul(dct.t());
        var rounded = (coefficients / table).round() * table;
        var decoded = dct.t().matmul(rounded).matmul(dct) + 128 * Flag(3);
        var pixels = decoded.permute(0, 1, 3, 2, 4).reshape(3, height * width);
        return (tensor(ToRgb).view(3, 3).matmul(pixels) / 255).view(3, height, width).MoveToOuterDisposeScope();

        // Only luma is shifted by 128: the colour differences are already centred on 0.
        static Tensor Flag(int channels) => tensor(new float[] { 1, 0, 0 }).view(channels, 1, 1, 1, 1);
    }

    private static Tensor Scale(float[] table, int quality)
    {
        var scale = quality < 50 ? 5000.0 / quality : 200 - 2 * quality;
        return tensor(table.Select(entry => (float)Math.Clamp(Math.Floor((entry * scale + 50) / 100), 1, 255)).ToArray());
    }

    private static Tensor CosineBasis()
    {
        var basis = new float[Block * Block];
        for (var frequency = 0; frequency < Block; frequency++)
        {
            var norm = Math.Sqrt((frequency == 0 ? 1.0 : 2.0) / Block);
            for (var position = 0; position < Block; position++)
                basis[frequency * Block + position] = (float)(norm * Math.Cos((2 * position + 1) * frequency * Math.PI / (2 * Block)));
        }

        return tensor(basis).view(Block, Block);
    }
}
