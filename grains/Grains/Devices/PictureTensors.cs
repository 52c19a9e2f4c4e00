using System.Runtime.InteropServices;
using Darkroom.Imaging;
using Darkroom.Imaging.Resampling;
using static TorchSharp.torch;

namespace Darkroom.Grains.Devices;

/// <summary>Makes tensors of pixels and pixels of tensors; called on the device's thread, inside its dispose scope.</summary>
internal static class PictureTensors
{
    /// <summary>The largest number of patches that a describer is shown.</summary>
    public const int MaxPatches = 16;

    /// <summary>Copies values into a tensor.</summary>
    /// <param name="values">As many values as the shape says.</param>
    /// <param name="shape">The shape.</param>
    /// <param name="device">Where to.</param>
    public static Tensor ToTensor(ReadOnlySpan<float> values, long[] shape, Device device)
    {
        var tensor = empty(shape, dtype: ScalarType.Float32);
        MemoryMarshal.AsBytes(values).CopyTo(tensor.bytes);
        return device.type == TorchSharp.DeviceType.CPU ? tensor : tensor.to(device);
    }

    /// <summary>Copies a tensor's values, in row-major order, into an array of as many.</summary>
    /// <returns>How many they are.</returns>
    public static int Copy(Tensor tensor, float[] target)
    {
        var values = MemoryMarshal.Cast<byte, float>(tensor.to(ScalarType.Float32).cpu().contiguous().bytes);
        if (values.Length != target.Length)
            throw new InvalidOperationException($"The pipeline made a tile of {values.Length} values; it has {target.Length}.");
        values.CopyTo(target);
        return values.Length;
    }

    /// <summary>Makes the tensor of a picture, [1, 3, H, W]; grey fills all three planes alike.</summary>
    public static Tensor ToTensor(PlanarImage picture, Device device) =>
        ToTensor(picture.ReadTile(0, 0, picture.Width, picture.Height), [1, 3, picture.Height, picture.Width], device);

    /// <summary>Makes the tensor of patches, [N, 3, size, size].</summary>
    public static Tensor ToTensor(PatchSet patches, Device device) =>
        ToTensor(patches.Pixels, [patches.Count, 3, patches.Size, patches.Size], device);
}
