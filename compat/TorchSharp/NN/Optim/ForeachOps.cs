using TorchSharp.Interop;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>One native call for a whole list of tensors: on a GPU one kernel, on a CPU one crossing into native code.</summary>
internal static class ForeachOps
{
    private static readonly Op MulScalarOp = new("_foreach_mul_", "Scalar");
    private static readonly Op DivScalarOp = new("_foreach_div_", "Scalar");
    private static readonly Op AddScalarOp = new("_foreach_add_", "Scalar");
    private static readonly Op AddListOp = new("_foreach_add_", "List");
    private static readonly Op AddNewListOp = new("_foreach_add", "List");
    private static readonly Op AddcmulOp = new("_foreach_addcmul_", "Scalar");
    private static readonly Op AddcdivOp = new("_foreach_addcdiv_", "Scalar");
    private static readonly Op SqrtOp = new("_foreach_sqrt");
    private static readonly Op NegOp = new("_foreach_neg");
    private static readonly Op NormOp = new("_foreach_norm", "Scalar");

    internal static void Mul(Tensor[] self, double factor) => MulScalarOp.CallVoid(self, (Scalar)factor);

    internal static void Div(Tensor[] self, double divisor) => DivScalarOp.CallVoid(self, (Scalar)divisor);

    internal static void Add(Tensor[] self, double value) => AddScalarOp.CallVoid(self, (Scalar)value);

    internal static void Add(Tensor[] self, Tensor[] other, double alpha) => AddListOp.CallVoid(self, other, (Scalar)alpha);

    internal static Tensor[] Added(Tensor[] self, Tensor[] other, double alpha) => AddNewListOp.CallList(self, other, (Scalar)alpha);

    internal static void Addcmul(Tensor[] self, Tensor[] left, Tensor[] right, double value) => AddcmulOp.CallVoid(self, left, right, (Scalar)value);

    internal static void Addcdiv(Tensor[] self, Tensor[] left, Tensor[] right, double value) => AddcdivOp.CallVoid(self, left, right, (Scalar)value);

    internal static Tensor[] Sqrt(Tensor[] self) => SqrtOp.CallList([self]);

    internal static Tensor[] Neg(Tensor[] self) => NegOp.CallList([self]);

    internal static Tensor[] Norm(Tensor[] self, double order) => NormOp.CallList(self, (Scalar)order);
}
