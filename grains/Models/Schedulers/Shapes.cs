using static TorchSharp.torch;

namespace Darkroom.Models.Schedulers;

/// <summary>Checks of shapes.</summary>
internal static class Shapes
{
    public static void Require(Tensor tensor, long[] allowed, string name)
    {
        if (!tensor.shape.SequenceEqual(allowed))
            throw new ArgumentException($"{name} is [{string.Join(", ", tensor.shape)}]; it must be [{string.Join(", ", allowed)}].");
    }
}
