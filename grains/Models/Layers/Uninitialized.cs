using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Darkroom.Models.Layers;

/// <summary>Makes parameters whose memory is not written until weights are loaded.</summary>
/// <remarks>
/// The operating system backs memory when it is first written: a network of any size is built at once and costs nothing,
/// so that names and shapes of a checkpoint are compared with the architecture's before a byte of it is loaded.
/// </remarks>
internal static class Uninitialized
{
    /// <summary>Makes a parameter that belongs to the module and to no dispose scope.</summary>
    public static Parameter Parameter(params long[] shape)
    {
        var parameter = nn.Parameter(empty(shape));
        parameter.DetachFromDisposeScope();
        return parameter;
    }
}
