using static TorchSharp.torch;

namespace Darkroom.Models.Preprocessing;

/// <summary>Between pictures and the VAE's range -1..1, as <c>VaeImageProcessor</c> of diffusers.</summary>
public static class VaeImageProcessor
{
    /// <summary>Scales a picture to a size (Lanczos) and to -1..1.</summary>
    /// <param name="image">[H, W, 3] uint8.</param>
    /// <param name="width">Width of the result (pixels), a multiple of the VAE's factor.</param>
    /// <param name="height">Height of the result (pixels), a multiple of the VAE's factor.</param>
    /// <returns>[1, 3, height, width] float32; the caller disposes it.</returns>
    public static Tensor Preprocess(Tensor image, int width, int height)
    {
        using var scope = NewDisposeScope();
        var resized = EightBitImage.Resize(image, width, height, ResampleFilter.Lanczos);
        return ((EightBitImage.ToUnit(resized) * 2) - 1).MoveToOuterDisposeScope();
    }

    /// <summary>Turns the VAE's output into a picture.</summary>
    /// <param name="decoded">[1, 3, H, W], about -1..1; what lies outside is clamped.</param>
    /// <returns>[H, W, 3] uint8 on the CPU; the caller disposes it.</returns>
    public static Tensor Postprocess(Tensor decoded)
    {
        using var scope = NewDisposeScope();
        return EightBitImage.FromUnit((decoded.to(ScalarType.Float32) / 2) + 0.5).MoveToOuterDisposeScope();
    }
}
