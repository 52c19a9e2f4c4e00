using TorchSharp.Interop;
using static TorchSharp.torch;

namespace TorchSharp;

internal static class Shim
{
    private static readonly Op FillOp = new("fill_", "Scalar"), ZeroOp = new("zero_"), CopyOp = new("copy_"), ContOp = new("contiguous"), SelOp = new("select", "int"), DetOp = new("detach"),
        CloneOp = new("clone"), UnsqOp = new("unsqueeze"), SqOp = new("squeeze", "dim"), FlatOp = new("flatten", "using_ints"), ReshapeOp = new("reshape"), NarrowOp = new("narrow"), ViewOp = new("view"),
        ToOp = new("to", "device"), ItemOp = new("item");

    internal static Tensor fill_(this Tensor t, Scalar v) => FillOp.CallInPlace(t, v);
    internal static Tensor zero_(this Tensor t) => ZeroOp.CallInPlace(t);
    internal static Tensor copy_(this Tensor t, Tensor s) => CopyOp.CallInPlace(t, s);
    internal static Tensor contiguous(this Tensor t) => ContOp.Call(t);
    internal static Tensor select(this Tensor t, long d, long i) => SelOp.Call(t, d, i);
    internal static Tensor detach(this Tensor t) => DetOp.Call(t);
    internal static Tensor clone(this Tensor t) => CloneOp.Call(t);
    internal static Tensor unsqueeze(this Tensor t, long d) => UnsqOp.Call(t, d);
    internal static Tensor squeeze(this Tensor t, long d) => SqOp.Call(t, d);
    internal static Tensor flatten(this Tensor t, long a, long b) => FlatOp.Call(t, a, b);
    internal static Tensor reshape(this Tensor t, params long[] s) => ReshapeOp.Call(t, s);
    internal static Tensor view(this Tensor t, params long[] s) => ViewOp.Call(t, s);
    internal static Tensor narrow(this Tensor t, long d, long o, long c) => NarrowOp.Call(t, d, o, c);
    internal static Tensor to(this Tensor t, ScalarType type, Device device, bool copy = false) => ToOp.Call(t, device, type, false, copy);
    internal static Tensor to(this Tensor t, Device device, bool copy = false) => ToOp.Call(t, device, t.dtype, false, copy);
    internal static Tensor to(this Tensor t, ScalarType type) => ToOp.Call(t, t.device, type);
    internal static double ToDouble(this Tensor t) => ItemOp.CallDouble(t);
}
