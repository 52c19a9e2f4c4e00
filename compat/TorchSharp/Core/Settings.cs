using System.Runtime.InteropServices;
using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>The version of the libtorch in use.</summary>
    public static unsafe string __version__ => Marshal.PtrToStringUTF8((IntPtr)Native.dk_version())!;

    public static int get_num_threads() => Native.dk_get_num_threads();
    public static void set_num_threads(int num) => Native.Check(Native.dk_set_num_threads(num));
    public static int get_num_interop_threads() => Native.dk_get_num_interop_threads();
    public static void set_num_interop_threads(int num) => Native.Check(Native.dk_set_num_interop_threads(num));

    public enum RoundingMode
    {
        None = 0,
        trunc = 1,
        floor = 2,
    }

    public static class backends
    {
        public static class cuda
        {
            public static class matmul
            {
                /// <summary>Whether float32 products on CUDA may round their operands to 10 bits of mantissa.</summary>
                public static bool allow_tf32
                {
                    get => Native.dk_get_allow_tf32() != 0;
                    set => Native.dk_set_allow_tf32(value ? 1 : 0);
                }
            }
        }
    }
}
