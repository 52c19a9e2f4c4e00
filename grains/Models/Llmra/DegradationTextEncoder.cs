using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Darkroom.Models.Llmra;

/// <summary>The compact network's own text encoder: token and position embeddings and two transformer blocks.</summary>
/// <remarks>Stands where LLMRA has CLIP's frozen text encoder (eq. 1); this one learns with the restorer.</remarks>
public sealed class DegradationTextEncoder : nn.Module<Tensor, Tensor>
{
    private const int BlockCount = 2;
    private const int MlpRatio = 2;

    [ComponentName(Name = "token_embedding")]
    private readonly Embedding tokens;
    [ComponentName(Name = "position_embedding")]
    private readonly Parameter positions;                                       // [N, D]
    [ComponentName(Name = "blocks")]
    private readonly ModuleList<ContextBlock> blocks;
    [ComponentName(Name = "norm")]
    private readonly LayerNorm norm;

    /// <summary>Makes an encoder with random weights.</summary>
    /// <param name="vocabularySize">Number of different token ids.</param>
    /// <param name="config">Gives width, length and heads of the text.</param>
    public DegradationTextEncoder(int vocabularySize, LlmraConfig config)
        : base(nameof(DegradationTextEncoder))
    {
        tokens = nn.Embedding(vocabularySize, config.TextDim);
        positions = nn.Parameter(randn(config.TextTokens, config.TextDim) * 0.02);
        blocks = new ModuleList<ContextBlock>(Enumerable.Range(0, BlockCount)
            .Select(_ => new ContextBlock(config.TextDim, config.TextDim, config.TextHeads, MlpRatio)).ToArray());
        norm = nn.LayerNorm(config.TextDim);
        RegisterComponents();
    }

    /// <param name="ids">Token ids, [B, N] int64.</param>
    /// <returns>Text features T_fea, [B, N, D]; the caller disposes them.</returns>
    public override Tensor forward(Tensor ids)
    {
        using var scope = NewDisposeScope();
        var features = tokens.call(ids) + positions;
        foreach (var block in blocks)
            features = block.Attend(features);
        return norm.call(features).MoveToOuterDisposeScope();
    }
}
