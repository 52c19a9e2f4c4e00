using System.Runtime.InteropServices;

namespace Darkroom.Grains.Devices;

/// <summary>The device's queue is full. Stays within the silo: callers hear of it as a result.</summary>
internal sealed class DeviceBusyException(string message) : Exception(message);

/// <summary>The device is stopping. Stays within the silo: callers hear of it as a result.</summary>
internal sealed class DeviceStoppingException(string message) : Exception(message);

/// <summary>Tells running out of memory from other failures.</summary>
internal static class MemoryExhaustion
{
    // libtorch's words for it; its exceptions come as ExternalException whatever they mean. The first is CUDA's, the others are the CPU's.
    private static readonly string[] Words = ["out of memory", "can't allocate memory", "not enough memory", "CUBLAS_STATUS_ALLOC_FAILED"];

    /// <summary>Tells whether an error, or what caused it, is that memory ran out.</summary>
    public static bool Is(Exception error) =>
        error is OutOfMemoryException
        || (error is ExternalException && Words.Any(word => error.Message.Contains(word, StringComparison.OrdinalIgnoreCase)))
        || (error.InnerException is { } inner && Is(inner));
}
