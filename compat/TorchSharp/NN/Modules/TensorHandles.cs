namespace TorchSharp;

internal static class TensorHandles
{
    /// <summary>The identity of the underlying tensor, or zero when it has been disposed.</summary>
    internal static IntPtr HandleOrZero(this torch.Tensor tensor) => tensor.IsInvalid ? IntPtr.Zero : tensor.Handle;
}
