using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using static TorchSharp.torch;

namespace TorchSharp.Interop;

/// <summary>
/// An ATen operator, resolved by name at its first call. Keep one in a static readonly field. Arguments come in the order of the
/// operator's schema; trailing ones that are left out take the schema's defaults.
/// </summary>
internal sealed unsafe class Op(string name, string overload = "")
{
    private const int ScratchBytes = 512;
    private IntPtr handle;

    private readonly string name = name.Contains("::", StringComparison.Ordinal) ? name : "aten::" + name;

    /// <summary>Whether this libtorch has the operator.</summary>
    internal bool Exists => handle != IntPtr.Zero || (handle = Find()) != IntPtr.Zero;

    private IntPtr Find()
    {
        fixed (byte* n = Encoding.UTF8.GetBytes(name + '\0'), o = Encoding.UTF8.GetBytes(overload + '\0'))
            return Native.dk_find(n, o);
    }

    internal Tensor Call(params ReadOnlySpan<Arg> args)
    {
        NativeValue result;
        Invoke(args, &result, 1);
        return ToTensor(result);
    }

    /// <summary>Runs an operator that changes <paramref name="self"/> and returns that same object.</summary>
    internal Tensor CallInPlace(Tensor self, params ReadOnlySpan<Arg> rest)
    {
        var all = new ArgBuffer();
        Span<Arg> args = all;
        args[0] = self;
        rest.CopyTo(args[1..]);
        NativeValue ignored;
        Invoke(args[..(rest.Length + 1)], &ignored, 0);
        return self;
    }

    internal (Tensor, Tensor) Call2(params ReadOnlySpan<Arg> args)
    {
        var results = stackalloc NativeValue[2];
        Invoke(args, results, 2);
        return (ToTensor(results[0]), ToTensor(results[1]));
    }

    internal (Tensor, Tensor, Tensor) Call3(params ReadOnlySpan<Arg> args)
    {
        var results = stackalloc NativeValue[3];
        Invoke(args, results, 3);
        return (ToTensor(results[0]), ToTensor(results[1]), ToTensor(results[2]));
    }

    internal (Tensor, Tensor, Tensor, Tensor) Call4(params ReadOnlySpan<Arg> args)
    {
        var results = stackalloc NativeValue[4];
        Invoke(args, results, 4);
        return (ToTensor(results[0]), ToTensor(results[1]), ToTensor(results[2]), ToTensor(results[3]));
    }

    internal Tensor[] CallList(params ReadOnlySpan<Arg> args)
    {
        NativeValue result;
        Invoke(args, &result, 1);
        var handles = (IntPtr*)result.Payload;
        var tensors = new Tensor[result.Count];
        for (int i = 0; i < tensors.Length; i++)
            tensors[i] = new Tensor(handles[i]);
        Native.dk_free((nint)result.Payload);
        return tensors;
    }

    internal void CallVoid(params ReadOnlySpan<Arg> args)
    {
        NativeValue ignored;
        Invoke(args, &ignored, 0);
    }

    internal long CallLong(params ReadOnlySpan<Arg> args)
    {
        NativeValue result;
        Invoke(args, &result, 1);
        return result.Payload;
    }

    internal bool CallBool(params ReadOnlySpan<Arg> args) => CallLong(args) != 0;

    internal double CallDouble(params ReadOnlySpan<Arg> args)
    {
        NativeValue result;
        Invoke(args, &result, 1);
        return result.Tag == Arg.TagDouble ? BitConverter.Int64BitsToDouble(result.Payload) : result.Payload;
    }

    /// <summary>The result as a scalar of the kind that the operator returned.</summary>
    internal Scalar CallScalar(params ReadOnlySpan<Arg> args)
    {
        NativeValue result;
        Invoke(args, &result, 1);
        return Scalar.FromNative(result.Tag, result.Payload);
    }

    private static Tensor ToTensor(in NativeValue value) =>
        value.Tag == Arg.TagTensor && value.Payload != 0 ? new Tensor((nint)value.Payload) : null!;

    [SkipLocalsInit]
    private void Invoke(ReadOnlySpan<Arg> args, NativeValue* results, int capacity)
    {
        if (handle == IntPtr.Zero)
            handle = Native.Check(Find());
        var values = stackalloc NativeValue[args.Length];
        byte* scratch = stackalloc byte[ScratchBytes];
        int used = 0;
        List<IntPtr>? large = null;
        int status;
        try
        {
            for (int i = 0; i < args.Length; i++)
            {
                ref readonly var arg = ref args[i];
                values[i].Tag = arg.Tag;
                values[i].Count = arg.Count;
                values[i].Payload = arg.Tag switch
                {
                    Arg.TagTensor => Unsafe.As<Tensor>(arg.Reference!).Handle,
                    Arg.TagGenerator => Unsafe.As<Generator>(arg.Reference!).Handle,
                    _ when arg.Reference is null => arg.Payload,
                    _ => Copy(arg.Reference, &values[i], scratch, ref used, ref large),
                };
            }
            status = Native.dk_call(handle, values, args.Length, results, capacity);
        }
        finally
        {
            if (large is not null)
                foreach (var block in large)
                    NativeMemory.Free((void*)block);
        }
        // The tensors must outlive the call, and their last use in managed code may be their place in `args`.
        for (int i = 0; i < args.Length; i++)
            GC.KeepAlive(args[i].Reference);
        Native.Check(status);
    }

    /// <summary>Copies a list into native memory and sets the count.</summary>
    private static long Copy(object list, NativeValue* value, byte* scratch, ref int used, ref List<IntPtr>? large)
    {
        switch (list)
        {
            case long[] longs:
                return CopyBytes(MemoryMarshal.AsBytes(longs.AsSpan()), value, longs.Length, scratch, ref used, ref large);
            case double[] doubles:
                return CopyBytes(MemoryMarshal.AsBytes(doubles.AsSpan()), value, doubles.Length, scratch, ref used, ref large);
            case bool[] bools:
                return CopyBytes(MemoryMarshal.AsBytes(bools.AsSpan()), value, bools.Length, scratch, ref used, ref large);
            case string text:
                var utf8 = Encoding.UTF8.GetBytes(text);
                return CopyBytes(utf8, value, utf8.Length, scratch, ref used, ref large);
            case Tensor?[] tensors:
                var handles = (IntPtr*)Reserve(tensors.Length * sizeof(IntPtr), scratch, ref used, ref large);
                for (int i = 0; i < tensors.Length; i++)
                    handles[i] = tensors[i] is { } tensor ? tensor.Handle : IntPtr.Zero;
                value->Count = tensors.Length;
                return (long)handles;
            default:
                throw new NotSupportedException($"A {list.GetType()} cannot be an argument of an operator.");
        }
    }

    private static long CopyBytes(ReadOnlySpan<byte> bytes, NativeValue* value, int count, byte* scratch, ref int used, ref List<IntPtr>? large)
    {
        var target = Reserve(bytes.Length, scratch, ref used, ref large);
        bytes.CopyTo(new Span<byte>(target, bytes.Length));
        value->Count = count;
        return (long)target;
    }

    private static byte* Reserve(int bytes, byte* scratch, ref int used, ref List<IntPtr>? large)
    {
        int aligned = (bytes + 7) & ~7;
        if (used + aligned <= ScratchBytes)
        {
            used += aligned;
            return scratch + used - aligned;
        }
        var block = NativeMemory.Alloc((nuint)aligned);
        (large ??= []).Add((IntPtr)block);
        return (byte*)block;
    }

    [InlineArray(16)]
    private struct ArgBuffer
    {
        private Arg first;
    }
}
