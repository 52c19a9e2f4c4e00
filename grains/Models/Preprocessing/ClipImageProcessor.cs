using static TorchSharp.torch;

namespace Darkroom.Models.Preprocessing;

/// <summary>Makes the input of CLIP's vision tower: shortest side to size (bicubic), centre crop, normalise.</summary>
/// <remarks>As <c>CLIPImageProcessor</c> of transformers with the published <c>preprocessor_config.json</c>.</remarks>
public static class ClipImageProcessor
{
    private static readonly float[] Mean = [0.48145466f, 0.4578275f, 0.40821073f];
    private static readonly float[] Deviation = [0.26862954f, 0.26130258f, 0.27577711f];

    /// <summary>Processes one picture.</summary>
    /// <param name="image">[H, W, 3] uint8.</param>
    /// <param name="size">Side of the result (pixels), 224 for the published towers.</param>
    /// <returns>[1, 3, size, size] float32; the caller disposes it.</returns>
    public static Tensor Process(Tensor image, int size = 224)
    {
        using var scope = NewDisposeScope();
        EightBitImage.Require(image);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        var (height, width) = (image.shape[0], image.shape[1]);
        var shortest = Math.Min(height, width);
        // The longer side is rounded down.
        var (newHeight, newWidth) = ((int)(size * height / shortest), (int)(size * width / shortest));
        var resized = EightBitImage.Resize(image, newWidth, newHeight, ResampleFilter.Bicubic);
        var cropped = resized.narrow(0, (newHeight - size) / 2, size).narrow(1, (newWidth - size) / 2, size);
        return Normalise(EightBitImage.ToUnit(cropped)).MoveToOuterDisposeScope();
    }

    /// <summary>What Diff-Plugin's training feeds: plain bilinear scaling of both sides, without smoothing and without normalising.</summary>
    /// <param name="image">[H, W, 3] uint8.</param>
    /// <param name="size">Side of the result (pixels).</param>
    /// <returns>[1, 3, size, size] float32 in 0..1; the caller disposes it.</returns>
    public static Tensor ProcessForDiffPluginTraining(Tensor image, int size = 224)
    {
        using var scope = NewDisposeScope();
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        var unit = EightBitImage.ToUnit(image);
        return nn.functional.interpolate(unit, [size, size], mode: InterpolationMode.Bilinear, align_corners: false).MoveToOuterDisposeScope();
    }

    /// <summary>Subtracts CLIP's mean and divides by its standard deviation.</summary>
    /// <param name="image">[B, 3, H, W] in 0..1.</param>
    /// <returns>As <paramref name="image"/>; the caller disposes it.</returns>
    public static Tensor Normalise(Tensor image)
    {
        using var scope = NewDisposeScope();
        var mean = tensor(Mean).view(1, 3, 1, 1).to(image.device);
        var deviation = tensor(Deviation).view(1, 3, 1, 1).to(image.device);
        return ((image - mean) / deviation).MoveToOuterDisposeScope();
    }
}
