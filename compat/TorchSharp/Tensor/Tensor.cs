using System.Runtime.CompilerServices;
using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>An owned reference to a libtorch tensor. It belongs to the dispose scope in which it was made, if there was one.</summary>
    public partial class Tensor : IDisposable
    {
        private static long totalCount;
        private static long peakCount;

        private IntPtr handle;

        internal DisposeScope? OwningDisposeScope { get; set; }

        /// <summary>Where the owning scope keeps this tensor.</summary>
        internal int ScopeSlot;

        internal Tensor(IntPtr handle)
        {
            this.handle = handle;
            long count = Interlocked.Increment(ref totalCount);
            if (count > Volatile.Read(ref peakCount))
                Volatile.Write(ref peakCount, count);
            DisposeScopeManager.ThreadSingleton.Register(this);
        }

        ~Tensor() => Dispose(false);

        /// <summary>The number of tensors alive, and the largest number that there was.</summary>
        public static long TotalCount => Interlocked.Read(ref totalCount);
        public static long PeakCount => Interlocked.Read(ref peakCount);

        public static Tensor UnsafeCreateTensor(IntPtr handle) => new(handle);

        public bool IsInvalid => handle == IntPtr.Zero;

        public IntPtr Handle
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            get
            {
                if (handle == IntPtr.Zero)
                    ThrowInvalid();
                return handle;
            }
        }

        [System.Diagnostics.CodeAnalysis.DoesNotReturn]
        private static void ThrowInvalid() => throw new InvalidOperationException("Tensor invalid -- empty handle.");

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            if (disposing)
                DisposeScopeManager.OnDisposed(this);
            ReleaseHandle();
        }

        /// <summary>The scope has already struck this tensor off its list.</summary>
        internal void DisposeFromScope()
        {
            OwningDisposeScope = null;
            ReleaseHandle();
            GC.SuppressFinalize(this);
        }

        private void ReleaseHandle()
        {
            var released = Interlocked.Exchange(ref handle, IntPtr.Zero);
            if (released == IntPtr.Zero)
                return;
            Native.dk_release(released);
            Interlocked.Decrement(ref totalCount);
        }

        /// <summary>Gives the native tensor away: this object is empty afterwards and the caller owns the handle.</summary>
        public IntPtr DecoupleFromNativeHandle()
        {
            GC.SuppressFinalize(this);
            if (handle == IntPtr.Zero)
                ThrowInvalid();
            DisposeScopeManager.OnDisposed(this);
            Interlocked.Decrement(ref totalCount);
            return Interlocked.Exchange(ref handle, IntPtr.Zero);
        }

        /// <summary>A second managed tensor over the same native one.</summary>
        public Tensor alias()
        {
            var copy = new Tensor(Native.Check(Native.dk_retain(Handle)));
            GC.KeepAlive(this);
            return copy;
        }

        public Tensor MoveToOuterDisposeScope()
        {
            OwningDisposeScope?.MoveToOuter(this);
            return this;
        }

        public Tensor MoveToOtherDisposeScope(Tensor other) => MoveToOtherDisposeScope(other.OwningDisposeScope!);

        public Tensor MoveToOtherDisposeScope(DisposeScope? other)
        {
            if (OwningDisposeScope is { } owner)
                owner.MoveToOther(other!, this);
            else
                other?.Attach(this);
            return this;
        }

        public Tensor DetachFromDisposeScope()
        {
            OwningDisposeScope?.Detach(this);
            return this;
        }

        /// <summary>The older, misspelt name.</summary>
        public Tensor DetatchFromDisposeScope() => DetachFromDisposeScope();
    }
}
