using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static IDisposable no_grad() => new GradMode(false);
    public static IDisposable enable_grad(bool enabled = true) => new GradMode(enabled);
    public static IDisposable set_grad_enabled(bool mode = true) => new GradMode(mode);
    public static bool is_grad_enabled() => Native.dk_grad_enabled() != 0;
    public static IDisposable inference_mode(bool mode = true) => new InferenceMode(mode);
    public static bool is_inference_mode_enabled() => Native.dk_inference_enabled() != 0;

    /// <summary>Switches the recording of gradients on this thread until it is disposed.</summary>
    private sealed class GradMode : IDisposable
    {
        private readonly bool previous = is_grad_enabled();

        internal GradMode(bool enabled) => Native.dk_set_grad_enabled(enabled ? 1 : 0);

        public void Dispose() => Native.dk_set_grad_enabled(previous ? 1 : 0);
    }

    private sealed class InferenceMode(bool enabled) : IDisposable
    {
        private IntPtr guard = Native.dk_inference_begin(enabled ? 1 : 0);

        public void Dispose()
        {
            var ended = Interlocked.Exchange(ref guard, IntPtr.Zero);
            if (ended != IntPtr.Zero)
                Native.dk_inference_end(ended);
        }
    }
}
