using System.Runtime.InteropServices;
using Darkroom.Imaging;
using static TorchSharp.torch;

namespace Darkroom.Workbench.Evaluation.Metrics;

/// <summary>Tensors of pictures.</summary>
internal static class Pixels
{
    /// <summary>Makes the tensor of a picture, [1, 3, H, W]; grey fills all three planes alike.</summary>
    public static Tensor Of(PlanarImage picture, Device device) =>
        From(picture.ReadTile(0, 0, picture.Width, picture.Height), [1, 3, picture.Height, picture.Width], device);

    /// <summary>Copies values into a tensor.</summary>
    /// <param name="values">As many values as the shape says.</param>
    /// <param name="shape">The shape.</param>
    /// <param name="device">Where to.</param>
    public static Tensor From(float[] values, long[] shape, Device device)
    {
        var result = empty(shape, dtype: ScalarType.Float32);
        MemoryMarshal.AsBytes(values.AsSpan()).CopyTo(result.bytes);
        return result.to(device);
    }
}
