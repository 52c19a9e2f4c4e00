using Darkroom.Models.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using Embedding = Darkroom.Models.Layers.Embedding;

namespace Darkroom.Models.T5;

/// <summary>T5's encoder.</summary>
/// <remarks>Raffel et al. 2019, arXiv:1910.10683; names as in transformers' <c>T5EncoderModel</c>.</remarks>
public sealed class T5Encoder : nn.Module<Tensor, Tensor, Tensor>
{
    [ComponentName(Name = "shared")]
    private readonly Embedding shared;
    [ComponentName(Name = "encoder")]
    private readonly Stack stack;

    /// <summary>Makes an encoder without weights.</summary>
    public T5Encoder(T5EncoderConfig config)
        : base(nameof(T5Encoder))
    {
        Config = config;
        shared = new Embedding(config.VocabularySize, config.Width);
        stack = new Stack(config, shared);
        RegisterComponents();
    }

    /// <summary>Gets the names of the one embedding table; published files have either or both.</summary>
    public static IReadOnlyList<string> TiedNames { get; } = ["shared.weight", "encoder.embed_tokens.weight"];

    /// <summary>Gets the sizes.</summary>
    public T5EncoderConfig Config { get; }

    /// <summary>Encodes text.</summary>
    /// <param name="input1">Token ids, [B, N] integers.</param>
    /// <param name="input2">1 for tokens, 0 for padding, [B, N]: no token sees padding, yet padding has states too.</param>
    /// <returns>The last hidden state, [B, N, D]; the caller disposes it.</returns>
    public override Tensor forward(Tensor input1, Tensor input2)
    {
        TensorShape.RequireIds(input1, nameof(input1), Config.VocabularySize, maxTokens: long.MaxValue);
        TensorShape.Require(input2, nameof(input2), input1.shape);
        using var scope = NewDisposeScope();
        return stack.call(input1, input2).MoveToOuterDisposeScope();
    }

    private sealed class Stack : nn.Module<Tensor, Tensor, Tensor>
    {
        [ComponentName(Name = "embed_tokens")]
        private readonly Embedding embedding;
        [ComponentName(Name = "block")]
        private readonly ModuleList<T5Block> blocks;
        [ComponentName(Name = "final_layer_norm")]
        private readonly RmsNorm finalNorm;

        public Stack(T5EncoderConfig config, Embedding embedding)
            : base(nameof(Stack))
        {
            this.embedding = embedding;
            blocks = new ModuleList<T5Block>(Enumerable.Range(0, config.LayerCount).Select(i => new T5Block(config, isFirst: i == 0)).ToArray());
            finalNorm = new RmsNorm(config.Width, config.Epsilon);
            RegisterComponents();
        }

        public override Tensor forward(Tensor ids, Tensor mask)
        {
            using var scope = NewDisposeScope();
            var hidden = embedding.call(ids);
            var bias = blocks[0].DistanceBias(ids.shape[1]);                    // [1, heads, N, N]
            if (mask.eq(0).any().item<bool>())
            {
                var hidesPadding = zeros(mask.shape, dtype: hidden.dtype, device: hidden.device)
                    .masked_fill(mask.eq(0), finfo(hidden.dtype).min).view(mask.shape[0], 1, 1, mask.shape[1]);
                bias = bias + hidesPadding;                                     // [B, heads, N, N]
            }

            foreach (var block in blocks)
            {
                using var previous = hidden;
                hidden = block.call(previous, bias);
            }

            return finalNorm.call(hidden).MoveToOuterDisposeScope();
        }
    }
}
