using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public class Generator : IDisposable
    {
        private static Generator? defaultGenerator;
        private IntPtr handle;

        private Generator(IntPtr handle, Device device)
        {
            this.handle = handle;
            this.device = device;
        }

        public Generator(ulong seed = 0, Device? device = null)
        {
            this.device = device ?? CPU;
            handle = Native.Check(Native.dk_generator_new((long)seed, (int)this.device.type, this.device.NativeIndex));
        }

        ~Generator() => Dispose(false);

        public static Generator Default => defaultGenerator ??= ForDevice(CPU);

        public IntPtr Handle => handle != IntPtr.Zero ? handle : throw new ObjectDisposedException(nameof(Generator));

        public Device device { get; }

        internal static Generator ForDevice(Device device) =>
            new(Native.Check(Native.dk_generator_default((int)device.type, device.NativeIndex)), device);

        public Generator manual_seed(long seed)
        {
            Native.Check(Native.dk_generator_manual_seed(Handle, seed));
            return this;
        }

        /// <summary>Takes a seed from the system's randomness and returns it.</summary>
        public long seed()
        {
            long seed = Native.dk_generator_seed(Handle);
            GC.KeepAlive(this);
            return seed;
        }

        public long initial_seed()
        {
            long seed = Native.dk_generator_initial_seed(Handle);
            GC.KeepAlive(this);
            return seed;
        }

        public Tensor get_state()
        {
            var state = new Tensor(Native.Check(Native.dk_generator_get_state(Handle)));
            GC.KeepAlive(this);
            return state;
        }

        public void set_state(Tensor value)
        {
            Native.Check(Native.dk_generator_set_state(Handle, value.Handle));
            GC.KeepAlive(value);
            GC.KeepAlive(this);
        }

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            var released = Interlocked.Exchange(ref handle, IntPtr.Zero);
            if (released != IntPtr.Zero)
                Native.dk_generator_release(released);
        }
    }

    public static Generator manual_seed(long seed)
    {
        Native.Check(Native.dk_manual_seed(seed));
        return Generator.Default;
    }

    public static long seed() => Generator.Default.seed();
    public static long initial_seed() => Generator.Default.initial_seed();
    public static Tensor get_rng_state() => Generator.Default.get_state();
    public static void set_rng_state(Tensor new_state) => Generator.Default.set_state(new_state);

    public static class random
    {
        public static Generator manual_seed(long seed) => torch.manual_seed(seed);
        public static long seed() => torch.seed();
        public static long initial_seed() => torch.initial_seed();
        public static Tensor get_rng_state() => torch.get_rng_state();
        public static void set_rng_state(Tensor new_state) => torch.set_rng_state(new_state);
    }
}
