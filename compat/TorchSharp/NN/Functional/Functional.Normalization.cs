using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            private static readonly Op LayerNormOp = new("layer_norm");
            private static readonly Op GroupNormOp = new("group_norm");
            private static readonly Op BatchNormOp = new("batch_norm");
            private static readonly Op InstanceNormOp = new("instance_norm");
            private static readonly Op NormOp = new("norm", "ScalarOpt_dim");
            private static readonly Op ClampMinOp = new("clamp_min");
            private static readonly Op CosineSimilarityOp = new("cosine_similarity");

            public static Tensor layer_norm(Tensor input, long[] normalized_shape, Tensor? weight = null, Tensor? bias = null, double eps = 1e-5) =>
                LayerNormOp.Call(input, normalized_shape, weight, bias, eps);

            public static Tensor group_norm(Tensor input, long num_groups, Tensor? weight = null, Tensor? bias = null, double eps = 1e-5) =>
                GroupNormOp.Call(input, num_groups, weight, bias, eps);

            public static Tensor batch_norm(Tensor input, Tensor? running_mean, Tensor? running_var, Tensor? weight = null, Tensor? bias = null, bool training = false, double momentum = 0.1, double eps = 1e-5) =>
                BatchNormOp.Call(input, weight, bias, running_mean, running_var, training, momentum, eps, CudnnEnabled);

            public static Tensor instance_norm(Tensor input, Tensor? running_mean = null, Tensor? running_var = null, Tensor? weight = null, Tensor? bias = null, bool use_input_stats = true, double momentum = 0.1, double eps = 1e-5) =>
                InstanceNormOp.Call(input, weight, bias, running_mean, running_var, use_input_stats, momentum, eps, CudnnEnabled);

            /// <summary>Divides by the p-norm along a dimension, never by less than eps.</summary>
            public static Tensor normalize(Tensor input, double p = 2.0, long dim = 1L, double eps = 1e-12)
            {
                using var norm = NormOp.Call(input, (Scalar)p, new[] { dim }, true);
                using var divisor = ClampMinOp.Call(norm, (Scalar)eps);
                return input.div(divisor);
            }

            public static Tensor cosine_similarity(Tensor x1, Tensor x2, long dim = 1, double eps = 1e-8) => CosineSimilarityOp.Call(x1, x2, dim, eps);

            private const bool CudnnEnabled = true;
        }
    }
}
