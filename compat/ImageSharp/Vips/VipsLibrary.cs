using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SixLabors.ImageSharp.Vips;

/// <summary>Starts libvips once and turns its error buffer into exceptions.</summary>
internal static unsafe class VipsLibrary
{
    private static readonly Lazy<bool> Started = new(Start);

    internal static void EnsureStarted() => _ = Started.Value;

    /// <summary>Takes and clears the error text; the first line is the cause, the others are its callers.</summary>
    internal static string TakeError()
    {
        var pointer = NativeMethods.vips_error_buffer_copy();
        var text = Marshal.PtrToStringUTF8(pointer) ?? "";
        NativeMethods.g_free((void*)pointer);
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        var line = (end < 0 ? text : text[..end]).Trim();
        return line.Length == 0 ? "libvips gave no reason" : line;
    }

    private static bool Start()
    {
        // libvips brings libgomp into the process, whose waiting threads spin; compat/TorchSharp says why they must not,
        // and may come too late to say it.
        if (Environment.GetEnvironmentVariable("GOMP_SPINCOUNT") is null)
            _ = NativeMethods.setenv("OMP_WAIT_POLICY", "PASSIVE", 0);

        int result;
        try
        {
            result = NativeMethods.vips_init("imagesharp");
        }
        catch (DllNotFoundException e)
        {
            throw new PlatformNotSupportedException(
                "libvips.so.42 was not found. Install it with 'apt-get install libvips42', or run './cluster setup'.", e);
        }

        if (result != 0)
            throw new InvalidOperationException($"libvips did not start: {TakeError()}");

        // An image that cannot be read is an exception; libvips' warnings on stderr, one a strip, would only repeat it.
        const int logLevelWarning = 1 << 4;
        NativeMethods.g_log_set_handler("VIPS", logLevelWarning, &IgnoreWarning, IntPtr.Zero);

        // Every call reads other bytes, so a cache only holds memory; the caller's threads are the parallelism.
        NativeMethods.vips_cache_set_max(0);
        NativeMethods.vips_concurrency_set(1);
        return true;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void IgnoreWarning(IntPtr domain, int level, IntPtr message, IntPtr data)
    {
    }
}
