using TorchSharp.Interop;
using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class utils
        {
            private static readonly Op ClampOp = new("clamp_");
            private static readonly Op VectorNormOp = new("linalg_vector_norm");
            private static readonly Op StackOp = new("stack");
            private static readonly Op CatOp = new("cat");

            /// <summary>Scales all gradients so that the norm of them together is at most max_norm.</summary>
            /// <returns>The norm before clipping.</returns>
            public static double clip_grad_norm_(IEnumerable<Parameter> tensors, double max_norm, double norm_type = 2.0)
            {
                using var noGradient = no_grad();
                using var scope = NewDisposeScope();
                var gradients = Gradients(tensors);
                if (gradients.Length == 0)
                {
                    return 0;
                }

                using var norms = StackOp.Call(Array.ConvertAll(gradients, gradient => VectorNormOp.Call(gradient, (Scalar)norm_type)));
                var total = VectorNormOp.Call(norms, (Scalar)norm_type).to(ScalarType.Float64).ToDouble();
                var factor = max_norm / (total + 1e-6);
                if (factor < 1)
                {
                    ForeachOps.Mul(gradients, factor);
                }

                return total;
            }

            public static void clip_grad_value_(IEnumerable<Parameter> tensors, double clip_value)
            {
                using var noGradient = no_grad();
                using var scope = NewDisposeScope();
                foreach (var gradient in Gradients(tensors))
                {
                    ClampOp.CallInPlace(gradient, (Scalar)(-clip_value), (Scalar)clip_value);
                }
            }

            public static Tensor parameters_to_vector(IEnumerable<Parameter> tensors) =>
                CatOp.Call(tensors.Select(tensor => tensor.reshape(-1)).ToArray());

            public static void vector_to_parameters(Tensor vec, IEnumerable<Parameter> tensors)
            {
                using var noGradient = no_grad();
                using var scope = NewDisposeScope();
                var offset = 0L;
                foreach (var tensor in tensors)
                {
                    var count = tensor.shape.Aggregate(1L, (product, size) => product * size);
                    tensor.copy_(vec.narrow(0, offset, count).view(tensor.shape));
                    offset += count;
                }
            }

            private static Tensor[] Gradients(IEnumerable<Parameter> tensors) =>
                tensors.Select(tensor => tensor.grad).Where(gradient => gradient is not null).ToArray()!;
        }
    }
}
