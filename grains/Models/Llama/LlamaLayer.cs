using Darkroom.Models.Layers;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Darkroom.Models.Llama;

/// <summary>What all layers of one pass share.</summary>
/// <param name="Cosine">Of the places' angles, [B, 1, N, headWidth].</param>
/// <param name="Sine">Of the places' angles, [B, 1, N, headWidth].</param>
/// <param name="Bias">Added to the scores, broadcastable to [B, heads, N, all tokens]; null if every token may be seen.</param>
/// <param name="Cache">Keys and values of the tokens before, or null.</param>
internal sealed record LlamaPass(Tensor Cosine, Tensor Sine, Tensor? Bias, LlamaCache? Cache);

/// <summary>LLaMA's self-attention.</summary>
internal sealed class LlamaAttention : nn.Module
{
    private readonly int layer;
    private readonly long heads;

    [ComponentName(Name = "q_proj")]
    private readonly Linear toQuery;
    [ComponentName(Name = "k_proj")]
    private readonly Linear toKey;
    [ComponentName(Name = "v_proj")]
    private readonly Linear toValue;
    [ComponentName(Name = "o_proj")]
    private readonly Linear toOutput;

    public LlamaAttention(LlamaConfig config, int layer)
        : base(nameof(LlamaAttention))
    {
        this.layer = layer;
        heads = config.HeadCount;
        toQuery = new Linear(config.Width, config.Width, bias: false);
        toKey = new Linear(config.Width, config.Width, bias: false);
        toValue = new Linear(config.Width, config.Width, bias: false);
        toOutput = new Linear(config.Width, config.Width, bias: false);
        RegisterComponents();
    }

    public Tensor Run(Tensor input, LlamaPass pass)
    {
        using var scope = NewDisposeScope();
        var (batch, count, width) = (input.shape[0], input.shape[1], input.shape[2]);
        var query = RotaryEmbedding.Apply(Split(toQuery.call(input)), pass.Cosine, pass.Sine);   // [B, heads, N, D/heads]
        var key = RotaryEmbedding.Apply(Split(toKey.call(input)), pass.Cosine, pass.Sine);
        var value = Split(toValue.call(input));
        if (pass.Cache is not null)
            (key, value) = pass.Cache.Append(layer, key, value);                // [B, heads, all tokens, D/heads]
        var attended = ScaledDotProduct.Attend(query, key, value, 1 / Math.Sqrt((double)width / heads), pass.Bias);
        return toOutput.call(attended.transpose(1, 2).reshape(batch, count, width)).MoveToOuterDisposeScope();

        Tensor Split(Tensor tokens) => tokens.view(batch, count, heads, width / heads).transpose(1, 2);
    }
}

/// <summary>LLaMA's feed-forward layer: SwiGLU.</summary>
/// <remarks>Shazeer 2020, arXiv:2002.05202, eq. (6).</remarks>
internal sealed class LlamaFeedForward : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "gate_proj")]
    private readonly Linear gate;
    [ComponentName(Name = "up_proj")]
    private readonly Linear up;
    [ComponentName(Name = "down_proj")]
    private readonly Linear down;

    public LlamaFeedForward(long width, long hidden)
        : base(nameof(LlamaFeedForward))
    {
        gate = new Linear(width, hidden, bias: false);
        up = new Linear(width, hidden, bias: false);
        down = new Linear(hidden, width, bias: false);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return down.call(nn.functional.silu(gate.call(input)) * up.call(input)).MoveToOuterDisposeScope();
    }
}

/// <summary>One layer of LLaMA: self-attention and feed-forward, each behind a norm and added to its input.</summary>
/// <remarks>Touvron et al. 2023, arXiv:2302.13971, section 2.2; names as in transformers' <c>LlamaDecoderLayer</c>.</remarks>
internal sealed class LlamaLayer : nn.Module
{
    [ComponentName(Name = "self_attn")]
    private readonly LlamaAttention attention;
    [ComponentName(Name = "mlp")]
    private readonly LlamaFeedForward feedForward;
    [ComponentName(Name = "input_layernorm")]
    private readonly RmsNorm attentionNorm;
    [ComponentName(Name = "post_attention_layernorm")]
    private readonly RmsNorm feedForwardNorm;

    public LlamaLayer(LlamaConfig config, int layer)
        : base(nameof(LlamaLayer))
    {
        attention = new LlamaAttention(config, layer);
        feedForward = new LlamaFeedForward(config.Width, config.FeedForwardWidth);
        attentionNorm = new RmsNorm(config.Width, config.Epsilon);
        feedForwardNorm = new RmsNorm(config.Width, config.Epsilon);
        RegisterComponents();
    }

    public Tensor Run(Tensor input, LlamaPass pass)
    {
        using var scope = NewDisposeScope();
        var attended = input + attention.Run(attentionNorm.call(input), pass);
        return (attended + feedForward.call(feedForwardNorm.call(attended))).MoveToOuterDisposeScope();
    }
}
