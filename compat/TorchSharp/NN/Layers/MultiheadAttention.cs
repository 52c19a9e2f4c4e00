using TorchSharp.Interop;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Attention of several heads over [length, batch, width], with the parameter names of PyTorch.</summary>
    /// <remarks>Vaswani et al., arXiv:1706.03762, section 3.2.2.</remarks>
    public sealed class MultiheadAttention : nn.Module<Tensor, Tensor, Tensor, Tensor?, bool, Tensor?, Tuple<Tensor, Tensor>>
    {
        private static readonly Op BmmOp = new("bmm");
        private static readonly Op MaskedFillOp = new("masked_fill", "Scalar");
        private static readonly Op MeanOp = new("mean", "dim");
        private static readonly Op TransposeOp = new("transpose", "int");
        private static readonly Op AddOp = new("add", "Tensor");
        private static readonly Op MulOp = new("mul", "Scalar");

        [ComponentName(Name = "in_proj_weight")]
        private readonly Parameter? packedWeight;

        [ComponentName(Name = "q_proj_weight")]
        private readonly Parameter? queryWeight;

        [ComponentName(Name = "k_proj_weight")]
        private readonly Parameter? keyWeight;

        [ComponentName(Name = "v_proj_weight")]
        private readonly Parameter? valueWeight;

        [ComponentName(Name = "in_proj_bias")]
        private readonly Parameter? inputBias;

        [ComponentName(Name = "out_proj")]
        private readonly Linear outputProjection;

        private readonly long width;
        private readonly long heads;
        private readonly double dropout;

        internal MultiheadAttention(long width, long heads, double dropout, bool hasBias, long keyWidth, long valueWidth)
            : base(nameof(MultiheadAttention))
        {
            if (heads <= 0 || width % heads != 0)
            {
                throw new ArgumentException($"embedded_dim must be divisible by num_heads, got {width} and {heads}.", nameof(heads));
            }

            (this.width, this.heads, this.dropout) = (width, heads, dropout);
            if (keyWidth == width && valueWidth == width)
            {
                packedWeight = Xavier(3 * width, width);
            }
            else
            {
                queryWeight = Xavier(width, width);
                keyWeight = Xavier(width, keyWidth);
                valueWeight = Xavier(width, valueWidth);
            }

            outputProjection = nn.Linear(width, width, hasBias);
            if (hasBias)
            {
                inputBias = (Parameter)new Parameter(zeros([3 * width])).DetachFromDisposeScope();
                nn.init.zeros_(outputProjection.bias!);
            }

            RegisterComponents();
        }

        public override Tuple<Tensor, Tensor> forward(Tensor query, Tensor key, Tensor value, Tensor? key_padding_mask, bool need_weights, Tensor? attn_mask)
        {
            using var scope = NewDisposeScope();
            var (targetLength, batch) = (query.shape[0], query.shape[1]);
            var sourceLength = key.shape[0];
            var q = Heads(Project(query, queryWeight, 0), targetLength, batch);                       // [B·heads, T, d]
            var k = Heads(Project(key, keyWeight, 1), sourceLength, batch);                           // [B·heads, S, d]
            var v = Heads(Project(value, valueWeight, 2), sourceLength, batch);

            var scores = MulOp.Call(BmmOp.Call(q, TransposeOp.Call(k, 1, 2)), (Scalar)(1 / Math.Sqrt((double)width / heads)));
            if (attn_mask is not null)
            {
                scores = Masked(scores, attn_mask);
            }

            if (key_padding_mask is not null)
            {
                var perHead = key_padding_mask.view(batch, 1, 1, sourceLength);
                scores = Masked(scores.view(batch, heads, targetLength, sourceLength), perHead).view(batch * heads, targetLength, sourceLength);
            }

            var weights = nn.functional.softmax(scores, -1);                                         // [B·heads, T, S]
            var mixed = BmmOp.Call(nn.functional.dropout(weights, dropout, training), v);            // [B·heads, T, d]
            var output = outputProjection.call(TransposeOp.Call(mixed, 0, 1).contiguous().view(targetLength, batch, width));
            var average = need_weights ? MeanOp.Call(weights.view(batch, heads, targetLength, sourceLength), new[] { 1L }) : null;
            return Tuple.Create(output.MoveToOuterDisposeScope(), average?.MoveToOuterDisposeScope()!);
        }

        public new Tuple<Tensor, Tensor> call(Tensor query, Tensor key, Tensor value, Tensor? key_padding_mask = null, bool need_weights = true, Tensor? attn_mask = null) =>
            base.call(query, key, value, key_padding_mask, need_weights, attn_mask);

        private static Parameter Xavier(long rows, long columns)
        {
            var weight = new Parameter(empty([rows, columns]));
            nn.init.xavier_uniform_(weight);
            return (Parameter)weight.DetachFromDisposeScope();
        }

        /// <summary>A boolean mask is true where attention is forbidden; any other is added to the scores.</summary>
        private static Tensor Masked(Tensor scores, Tensor mask) => mask.dtype == ScalarType.Bool
            ? MaskedFillOp.Call(scores, mask, (Scalar)double.NegativeInfinity)
            : AddOp.Call(scores, mask);

        private Tensor Project(Tensor input, Parameter? weight, int part) =>
            nn.functional.linear(input, weight ?? packedWeight!.narrow(0, part * width, width), inputBias?.narrow(0, part * width, width));

        private Tensor Heads(Tensor projected, long length, long batch) =>
            TransposeOp.Call(projected.contiguous().view(length, batch * heads, width / heads), 0, 1);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>Extra key and value biases and zero attention are not in this stand-in.</summary>
            public static MultiheadAttention MultiheadAttention(long embedded_dim, long num_heads, double dropout = 0.0, bool bias = true, bool add_bias_kv = false, bool add_zero_attn = false, long? kdim = null, long? vdim = null) =>
                add_bias_kv || add_zero_attn
                    ? throw new NotSupportedException("compat/TorchSharp has no add_bias_kv and no add_zero_attn.")
                    : new(embedded_dim, num_heads, dropout, bias, kdim ?? embedded_dim, vdim ?? embedded_dim);
        }
    }
}
