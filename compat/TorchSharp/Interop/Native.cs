using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

/// <summary>A tagged value as it crosses to and from Native/bridge.cpp (its `Value`).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeValue
{
    public long Payload;
    public int Tag;
    public int Count;
}

/// <summary>The functions of Native/bridge.cpp. Those with SuppressGCTransition only read a field.</summary>
internal static unsafe class Native
{
    private const string Library = "darkroom_torch";
    private const string FileName = "libdarkroom_torch.so";

    static Native() => NativeLibrary.SetDllImportResolver(typeof(Native).Assembly, Resolve);

    private static IntPtr Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath)
    {
        if (name != Library)
            return IntPtr.Zero;
        var path = Path.Combine(AppContext.BaseDirectory, FileName);
        if (!File.Exists(path))
            throw new DllNotFoundException($"The binding to libtorch is missing: {path}. Run ./cluster setup, then build again.");
        LetThreadsSleep();
        try
        {
            return NativeLibrary.Load(path);
        }
        catch (DllNotFoundException e)
        {
            throw new DllNotFoundException($"{path} or the libtorch that it was compiled for cannot be loaded. Run ./cluster setup, then build again. {e.Message}", e);
        }
    }

    // libgomp's threads wait for each other by spinning. Where another program wants the cores too (a second silo, a build),
    // each waits for one that is not running: a restoration of 768 x 512 took 15 s instead of 1.5 s. It must be said before
    // libgomp is loaded, and in C's environment, which .NET's is only a copy of. Who sets one of the variables is obeyed.
    private static void LetThreadsSleep()
    {
        if (Environment.GetEnvironmentVariable("GOMP_SPINCOUNT") is null)
            _ = setenv("OMP_WAIT_POLICY", "PASSIVE", 0);
    }

    [DllImport("libc", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)] private static extern int setenv(string name, string value, int overwrite);

    [DllImport(Library)] internal static extern byte* dk_last_error();
    [DllImport(Library)] internal static extern byte* dk_version();
    [DllImport(Library)] internal static extern IntPtr dk_find(byte* name, byte* overload);
    [DllImport(Library)] internal static extern int dk_call(IntPtr operation, NativeValue* values, int count, NativeValue* results, int capacity);
    [DllImport(Library)] internal static extern void dk_free(IntPtr memory);

    [DllImport(Library), SuppressGCTransition] internal static extern IntPtr dk_retain(IntPtr tensor);
    [DllImport(Library)] internal static extern void dk_release(IntPtr tensor);
    [DllImport(Library), SuppressGCTransition] internal static extern int dk_ndim(IntPtr tensor);
    [DllImport(Library), SuppressGCTransition] internal static extern long dk_numel(IntPtr tensor);
    [DllImport(Library), SuppressGCTransition] internal static extern int dk_dtype(IntPtr tensor);
    [DllImport(Library), SuppressGCTransition] internal static extern int dk_device_type(IntPtr tensor);
    [DllImport(Library), SuppressGCTransition] internal static extern int dk_device_index(IntPtr tensor);
    [DllImport(Library)] internal static extern int dk_is_contiguous(IntPtr tensor);
    [DllImport(Library)] internal static extern int dk_sizes(IntPtr tensor, long* sizes);
    [DllImport(Library)] internal static extern int dk_strides(IntPtr tensor, long* strides);
    [DllImport(Library)] internal static extern long dk_storage_offset(IntPtr tensor);
    [DllImport(Library)] internal static extern IntPtr dk_data_ptr(IntPtr tensor);
    [DllImport(Library)] internal static extern int dk_flags(IntPtr tensor);

    [DllImport(Library)] internal static extern int dk_set_requires_grad(IntPtr tensor, int value);
    [DllImport(Library)] internal static extern IntPtr dk_grad(IntPtr tensor);
    [DllImport(Library)] internal static extern int dk_set_grad(IntPtr tensor, IntPtr gradient);
    [DllImport(Library)] internal static extern int dk_retain_grad(IntPtr tensor);
    [DllImport(Library)] internal static extern int dk_backward(IntPtr* tensors, int count, IntPtr* gradients, int gradientCount, int retainGraph, int createGraph, IntPtr* inputs, int inputCount);
    [DllImport(Library)] internal static extern int dk_grad_of(IntPtr* outputs, int outputCount, IntPtr* inputs, int inputCount, IntPtr* gradients, int gradientCount, int retainGraph, int createGraph, int allowUnused, IntPtr* results);
    [DllImport(Library), SuppressGCTransition] internal static extern int dk_grad_enabled();
    [DllImport(Library), SuppressGCTransition] internal static extern void dk_set_grad_enabled(int value);
    [DllImport(Library), SuppressGCTransition] internal static extern int dk_inference_enabled();
    [DllImport(Library)] internal static extern IntPtr dk_inference_begin(int value);
    [DllImport(Library)] internal static extern void dk_inference_end(IntPtr guard);

    [DllImport(Library)] internal static extern int dk_manual_seed(long seed);
    [DllImport(Library)] internal static extern IntPtr dk_generator_default(int deviceType, int index);
    [DllImport(Library)] internal static extern IntPtr dk_generator_new(long seed, int deviceType, int index);
    [DllImport(Library)] internal static extern void dk_generator_release(IntPtr generator);
    [DllImport(Library)] internal static extern int dk_generator_manual_seed(IntPtr generator, long seed);
    [DllImport(Library)] internal static extern long dk_generator_seed(IntPtr generator);
    [DllImport(Library)] internal static extern long dk_generator_initial_seed(IntPtr generator);
    [DllImport(Library)] internal static extern IntPtr dk_generator_get_state(IntPtr generator);
    [DllImport(Library)] internal static extern int dk_generator_set_state(IntPtr generator, IntPtr state);

    [DllImport(Library)] internal static extern int dk_get_num_threads();
    [DllImport(Library)] internal static extern int dk_get_num_interop_threads();
    [DllImport(Library)] internal static extern int dk_set_num_threads(int count);
    [DllImport(Library)] internal static extern int dk_set_num_interop_threads(int count);
    [DllImport(Library)] internal static extern int dk_get_allow_tf32();
    [DllImport(Library)] internal static extern void dk_set_allow_tf32(int value);
    [DllImport(Library)] internal static extern int dk_cuda_device_count();
    [DllImport(Library)] internal static extern int dk_cudnn_available();
    [DllImport(Library)] internal static extern int dk_cuda_synchronize(int index);

    /// <summary>Throws what libtorch said, as TorchSharp does, when <paramref name="status"/> is negative.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Check(int status)
    {
        if (status < 0)
            Throw();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static IntPtr Check(IntPtr handle)
    {
        if (handle == IntPtr.Zero)
            Throw();
        return handle;
    }

    [System.Diagnostics.CodeAnalysis.DoesNotReturn]
    internal static void Throw() => throw new ExternalException(Marshal.PtrToStringUTF8((IntPtr)dk_last_error()));
}
