using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            private static readonly Op AttentionOp = new("scaled_dot_product_attention");
            private static readonly Op OldAttentionOp = new("_scaled_dot_product_attention");
            private static readonly Op DropoutOp = new("dropout");
            private static readonly Op DropoutInPlaceOp = new("dropout_");
            private static readonly Op Dropout2dOp = new("feature_dropout");
            private static readonly Op Dropout2dInPlaceOp = new("feature_dropout_");
            private static readonly Op OneHotOp = new("one_hot");

            /// <summary>softmax(q kᵀ / √d + mask) v. A boolean mask is true where attention is allowed. libtorch before 2.0 has the operator under an underscored name.</summary>
            public static Tensor scaled_dot_product_attention(Tensor query, Tensor key, Tensor value, Tensor? attn_mask = null, double p = 0.0, bool is_casual = false)
            {
                if (AttentionOp.Exists)
                {
                    return AttentionOp.Call(query, key, value, attn_mask, p, is_casual);
                }

                var (output, weights) = OldAttentionOp.Call2(query, key, value, attn_mask, p, false, is_casual);
                weights?.Dispose();
                return output;
            }

            public static Tensor dropout(Tensor input, double p = 0.5, bool training = true, bool inplace = false) =>
                inplace ? DropoutInPlaceOp.CallInPlace(input, p, training).alias() : DropoutOp.Call(input, p, training);

            /// <summary>Drops whole channels of [B, C, H, W].</summary>
            public static Tensor dropout2d(Tensor input, double p = 0.5, bool training = true, bool inplace = false) =>
                inplace ? Dropout2dInPlaceOp.CallInPlace(input, p, training).alias() : Dropout2dOp.Call(input, p, training);

            public static Tensor one_hot(Tensor x, long num_classes = -1) => OneHotOp.Call(x, num_classes);
        }
    }
}
