using static TorchSharp.torch;

namespace Darkroom.Tests.Compat.Torch;

internal static class Values
{
    /// <summary>The elements in row-major order as doubles.</summary>
    internal static double[] Of(Tensor tensor)
    {
        using var wide = tensor.detach().to(ScalarType.Float64);
        return wide.data<double>().ToArray();
    }
}
