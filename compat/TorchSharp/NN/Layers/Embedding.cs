using TorchSharp.Interop;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    public sealed class Embedding : nn.Module<Tensor, Tensor>
    {
        private static readonly Op EmbeddingOp = new("embedding");
        private static readonly Op RenormOp = new("embedding_renorm_");

        private readonly long paddingIndex;
        private readonly double? maxNorm;
        private readonly double normType;
        private readonly bool scaleGradientByFrequency;
        private readonly bool sparse;

        [ComponentName(Name = "weight")]
        private Parameter? storedWeight;

        internal Embedding(Parameter weight, long? paddingIndex, double? maxNorm, double normType, bool scaleGradientByFrequency, bool sparse)
            : base(nameof(Embedding))
        {
            var rows = weight.shape[0];
            if (paddingIndex is { } index && (index >= rows || index < -rows))
            {
                throw new ArgumentException($"padding_idx must be within num_embeddings ({rows}), got {index}.", nameof(paddingIndex));
            }

            this.paddingIndex = paddingIndex is { } given ? (given + rows) % rows : -1;
            this.maxNorm = maxNorm;
            this.normType = normType;
            this.scaleGradientByFrequency = scaleGradientByFrequency;
            this.sparse = sparse;
            this.weight = weight;
        }

        public Parameter? weight
        {
            get => storedWeight;
            set => Replace(ref storedWeight, value, nameof(weight));
        }

        public override Tensor forward(Tensor input)
        {
            if (maxNorm is { } limit)
            {
                using var noGradient = no_grad();
                using var indices = input.contiguous();
                RenormOp.CallInPlace(storedWeight!, indices, limit, normType);
            }

            return EmbeddingOp.Call(storedWeight!, input, paddingIndex, scaleGradientByFrequency, sparse);
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Embedding Embedding(long num_embeddings, long embedding_dims, long? padding_idx = null, double? max_norm = null, double norm_type = 2.0, bool scale_grad_by_freq = false, bool sparse = false, Device? device = null, ScalarType? dtype = null)
            {
                var weight = new Parameter(empty([num_embeddings, embedding_dims], dtype, device));
                init.normal_(weight);
                if (padding_idx is { } index && index >= -num_embeddings && index < num_embeddings)
                {
                    using var noGradient = no_grad();
                    using var row = weight.select(0, index < 0 ? index + num_embeddings : index);
                    row.zero_();
                }

                return new Embedding(weight, padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse);
            }

            public static Embedding Embedding_from_pretrained(Tensor embeddings, bool freeze = true, long? padding_idx = null, double? max_norm = null, double norm_type = 2.0, bool scale_grad_by_freq = false, bool sparse = false, Device? device = null, ScalarType? dtype = null)
            {
                var data = embeddings.detach().to(dtype ?? embeddings.dtype, device ?? embeddings.device);
                return new Embedding(new Parameter(data, !freeze), padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse);
            }
        }
    }
}
