using Darkroom.Models.Layers;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Darkroom.Models.T5;

/// <summary>T5's self-attention: no biases, scores not scaled, a learned bias for each head and distance.</summary>
/// <remarks>Raffel et al. 2019, arXiv:1910.10683, section 2.1; names as in transformers' <c>T5Attention</c>.</remarks>
public sealed class T5Attention : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly T5EncoderConfig config;

    [ComponentName(Name = "q")]
    private readonly Linear toQuery;
    [ComponentName(Name = "k")]
    private readonly Linear toKey;
    [ComponentName(Name = "v")]
    private readonly Linear toValue;
    [ComponentName(Name = "o")]
    private readonly Linear toOutput;
    [ComponentName(Name = "relative_attention_bias")]
    private readonly Embedding? distanceBias;

    /// <summary>Makes the attention.</summary>
    /// <param name="config">The encoder's sizes.</param>
    /// <param name="hasDistanceBias">Whether it holds the biases of the distances, as the first layer does for all.</param>
    public T5Attention(T5EncoderConfig config, bool hasDistanceBias)
        : base(nameof(T5Attention))
    {
        this.config = config;
        var inner = (long)config.HeadCount * config.HeadWidth;
        toQuery = new Linear(config.Width, inner, bias: false);
        toKey = new Linear(config.Width, inner, bias: false);
        toValue = new Linear(config.Width, inner, bias: false);
        toOutput = new Linear(inner, config.Width, bias: false);
        distanceBias = hasDistanceBias ? new Embedding(config.BucketCount, config.HeadCount) : null;
        RegisterComponents();
    }

    /// <param name="input1">Tokens, [B, N, D].</param>
    /// <param name="input2">Added to the scores, broadcastable to [B, heads, N, N].</param>
    /// <returns>[B, N, D]; the caller disposes it.</returns>
    public override Tensor forward(Tensor input1, Tensor input2)
    {
        using var scope = NewDisposeScope();
        var (batch, count) = (input1.shape[0], input1.shape[1]);
        var (query, key, value) = (Split(toQuery.call(input1)), Split(toKey.call(input1)), Split(toValue.call(input1)));
        var attended = ScaledDotProduct.Attend(query, key, value, 1, input2);
        return toOutput.call(attended.transpose(1, 2).reshape(batch, count, -1)).MoveToOuterDisposeScope();

        Tensor Split(Tensor tokens) => tokens.view(batch, count, config.HeadCount, config.HeadWidth).transpose(1, 2);   // [B, heads, N, D/heads]
    }

    /// <summary>The biases of all pairs of tokens.</summary>
    /// <param name="count">Number of tokens N.</param>
    /// <returns>[1, heads, N, N]; the caller disposes it.</returns>
    /// <exception cref="InvalidOperationException">This is not the first layer.</exception>
    public Tensor DistanceBias(long count)
    {
        if (distanceBias is null)
            throw new InvalidOperationException("Only T5's first layer has relative_attention_bias.");
        using var scope = NewDisposeScope();
        var buckets = tensor(T5RelativePosition.Buckets(count, config.BucketCount, config.MaxDistance), [count, count], device: distanceBias.Weight.device);
        return distanceBias.call(buckets).permute(2, 0, 1).unsqueeze(0).contiguous().MoveToOuterDisposeScope();
    }
}
