using System.Security.Cryptography;
using static TorchSharp.torch;

namespace Darkroom.Models.Training.Data;

/// <summary>A clean picture to train on, and how it looks from afar.</summary>
public sealed class TrainingTile : IDisposable
{
    private const double ReducedProbability = 0.6;
    private const double MaxReduction = 2.5;

    private readonly Tensor pixels;                                             // [3, H, W] uint8: a quarter of float's memory

    /// <summary>Makes a tile.</summary>
    /// <param name="channels">sRGB bytes, channel by channel, 3 * height * width.</param>
    /// <param name="height">Height (pixels).</param>
    /// <param name="width">Width (pixels).</param>
    /// <param name="overviewSize">Side of the overview (pixels).</param>
    public TrainingTile(byte[] channels, int height, int width, int overviewSize)
    {
        using var scope = NewDisposeScope();
        var bytes = tensor(channels, dtype: ScalarType.Byte).view(3, height, width);
        var overview = nn.functional.interpolate(
            (bytes.to(ScalarType.Float32) / 255).unsqueeze(0), size: [overviewSize, overviewSize], mode: InterpolationMode.Area).squeeze(0);
        pixels = bytes.DetachFromDisposeScope();
        Overview = overview.DetachFromDisposeScope();
        Hash = SHA256.HashData([.. BitConverter.GetBytes(height), .. SHA256.HashData(channels)]);
    }

    /// <summary>Gets what identifies the picture.</summary>
    public ReadOnlyMemory<byte> Hash { get; }

    /// <summary>Gets the whole tile scaled down, [3, S, S] float32 in 0..1; owned by the tile.</summary>
    public Tensor Overview { get; }

    /// <summary>Cuts a piece and scales it down: what an overview of a closer photograph would look like.</summary>
    /// <param name="random">Chooses place and size, from a quarter of the tile's side to all of it.</param>
    /// <returns>[3, S, S] float32 in 0..1; the caller disposes it.</returns>
    public Tensor CropOverview(Random random)
    {
        using var scope = NewDisposeScope();
        var size = random.Next(Side / 4, Side + 1);
        var overviewSize = Overview.shape[1];
        return nn.functional.interpolate(Crop(size, random).unsqueeze(0), size: [overviewSize, overviewSize], mode: InterpolationMode.Area)
            .squeeze(0).MoveToOuterDisposeScope();
    }

    /// <summary>Gets the shorter side (pixels).</summary>
    public int Side => (int)Math.Min(pixels.shape[1], pixels.shape[2]);

    /// <summary>Cuts a patch, seen from nearer or farther, flipped and turned at random.</summary>
    /// <remarks>
    /// A photograph scaled down has sharper detail for its pixels, and less of the noise that even good ones have: what is learnt from
    /// those alone calls weak noise a part of the scene.
    /// </remarks>
    /// <param name="size">Side of the patch (pixels).</param>
    /// <param name="random">Chooses place, scale and turn.</param>
    /// <returns>sRGB in 0..1, [3, size, size] float32; the caller disposes it.</returns>
    public Tensor Crop(int size, Random random)
    {
        using var scope = NewDisposeScope();
        var largest = Math.Min(MaxReduction, Side / (double)size);
        var source = random.NextDouble() < ReducedProbability ? (int)(size * Math.Exp(random.NextDouble() * Math.Log(largest))) : size;
        var patch = CropUpright(source, random);
        if (source != size)
            patch = nn.functional.interpolate(patch.unsqueeze(0), size: [size, size], mode: InterpolationMode.Area).squeeze(0);
        if (random.Next(2) == 1)
            patch = patch.flip(2);
        if (random.Next(2) == 1)
            patch = patch.flip(1);
        if (random.Next(2) == 1)
            patch = patch.transpose(1, 2);
        return patch.contiguous().MoveToOuterDisposeScope();
    }

    /// <summary>Cuts a patch as it is: rain falls down.</summary>
    /// <param name="size">Side of the patch (pixels).</param>
    /// <param name="random">Chooses the place.</param>
    /// <returns>sRGB in 0..1, [3, size, size] float32; the caller disposes it.</returns>
    public Tensor CropUpright(int size, Random random)
    {
        using var scope = NewDisposeScope();
        var top = random.Next((int)pixels.shape[1] - size + 1);
        var left = random.Next((int)pixels.shape[2] - size + 1);
        return (pixels.narrow(1, top, size).narrow(2, left, size).to(ScalarType.Float32) / 255).contiguous().MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        pixels.Dispose();
        Overview.Dispose();
    }
}
