using Darkroom.Models.Layers;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Darkroom.Models.T5;

/// <summary>One layer of T5's encoder: self-attention and feed-forward, each behind a norm and added to its input.</summary>
/// <remarks>Raffel et al. 2019, arXiv:1910.10683, section 2.1; names as in transformers' <c>T5Block</c>.</remarks>
public sealed class T5Block : nn.Module<Tensor, Tensor, Tensor>
{
    [ComponentName(Name = "layer")]
    private readonly Parts parts;

    /// <summary>Makes the layer.</summary>
    /// <param name="config">The encoder's sizes.</param>
    /// <param name="isFirst">Whether it holds the biases of the distances.</param>
    public T5Block(T5EncoderConfig config, bool isFirst)
        : base(nameof(T5Block))
    {
        parts = new Parts(config, isFirst);
        RegisterComponents();
    }

    /// <param name="input1">Tokens, [B, N, D].</param>
    /// <param name="input2">Added to the scores, broadcastable to [B, heads, N, N].</param>
    /// <returns>[B, N, D]; the caller disposes it.</returns>
    public override Tensor forward(Tensor input1, Tensor input2)
    {
        using var scope = NewDisposeScope();
        using var attended = parts.Attention.call(input1, input2);
        return parts.FeedForward.call(attended).MoveToOuterDisposeScope();
    }

    /// <summary>The biases of the distances, which the first layer holds for all.</summary>
    /// <param name="count">Number of tokens N.</param>
    /// <returns>[1, heads, N, N]; the caller disposes it.</returns>
    public Tensor DistanceBias(long count) => parts.Attention.DistanceBias(count);

    /// <summary>The two parts under the reference's names <c>layer.0</c> and <c>layer.1</c>.</summary>
    private sealed class Parts : nn.Module
    {
        [ComponentName(Name = "0")]
        private readonly AttentionPart attention;
        [ComponentName(Name = "1")]
        private readonly FeedForwardPart feedForward;

        public Parts(T5EncoderConfig config, bool isFirst)
            : base(nameof(Parts))
        {
            attention = new AttentionPart(config, isFirst);
            feedForward = new FeedForwardPart(config);
            RegisterComponents();
        }

        public AttentionPart Attention => attention;

        public FeedForwardPart FeedForward => feedForward;
    }

    private sealed class AttentionPart : nn.Module<Tensor, Tensor, Tensor>
    {
        [ComponentName(Name = "SelfAttention")]
        private readonly T5Attention attention;
        [ComponentName(Name = "layer_norm")]
        private readonly RmsNorm norm;

        public AttentionPart(T5EncoderConfig config, bool hasDistanceBias)
            : base(nameof(AttentionPart))
        {
            attention = new T5Attention(config, hasDistanceBias);
            norm = new RmsNorm(config.Width, config.Epsilon);
            RegisterComponents();
        }

        public Tensor DistanceBias(long count) => attention.DistanceBias(count);

        public override Tensor forward(Tensor hidden, Tensor bias)
        {
            using var scope = NewDisposeScope();
            return (hidden + attention.call(norm.call(hidden), bias)).MoveToOuterDisposeScope();
        }
    }

    private sealed class FeedForwardPart : nn.Module<Tensor, Tensor>
    {
        [ComponentName(Name = "DenseReluDense")]
        private readonly T5FeedForward feedForward;
        [ComponentName(Name = "layer_norm")]
        private readonly RmsNorm norm;

        public FeedForwardPart(T5EncoderConfig config)
            : base(nameof(FeedForwardPart))
        {
            feedForward = new T5FeedForward(config.Width, config.FeedForwardWidth, config.FeedForward);
            norm = new RmsNorm(config.Width, config.Epsilon);
            RegisterComponents();
        }

        public override Tensor forward(Tensor hidden)
        {
            using var scope = NewDisposeScope();
            return (hidden + feedForward.call(norm.call(hidden))).MoveToOuterDisposeScope();
        }
    }
}
