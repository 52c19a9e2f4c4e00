using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Darkroom.Models.Llmra;

/// <summary>
/// The vanilla transformer block that LLMRA uses three times: text over image (CEM), text over itself (CT) and image
/// over text (DMM).
/// </summary>
/// <remarks>
/// Jin et al. 2024, arXiv:2401.11401, sections 3.2 and 3.3; the paper gives no details, ours are in papers' notes: pre-norm on
/// the queries only, exact GELU, biases everywhere, no norm at the end.
/// </remarks>
public sealed class ContextBlock : nn.Module<Tensor, Tensor, Tensor>
{
    [ComponentName(Name = "norm1")]
    private readonly LayerNorm queryNorm;
    [ComponentName(Name = "attn")]
    private readonly CrossAttention attention;
    [ComponentName(Name = "norm2")]
    private readonly LayerNorm mlpNorm;
    [ComponentName(Name = "mlp")]
    private readonly Sequential mlp;

    /// <summary>Makes the block.</summary>
    /// <param name="dim">Width D of the queries, a multiple of <paramref name="heads"/>.</param>
    /// <param name="contextDim">Width of the context tokens.</param>
    /// <param name="heads">Attention heads.</param>
    /// <param name="mlpRatio">Hidden width of the MLP over D.</param>
    public ContextBlock(long dim, long contextDim, long heads, long mlpRatio)
        : base(nameof(ContextBlock))
    {
        queryNorm = nn.LayerNorm(dim);
        attention = new CrossAttention(dim, contextDim, heads);
        mlpNorm = nn.LayerNorm(dim);
        mlp = nn.Sequential(nn.Linear(dim, dim * mlpRatio), nn.GELU(), nn.Linear(dim * mlpRatio, dim));
        RegisterComponents();
    }

    /// <summary>Lets tokens look at themselves.</summary>
    /// <param name="tokens">[B, N, D].</param>
    /// <returns>[B, N, D]; the caller disposes it.</returns>
    public Tensor Attend(Tensor tokens)
    {
        using var scope = NewDisposeScope();
        var normed = queryNorm.call(tokens);
        return Finish(tokens, attention.call(normed, normed)).MoveToOuterDisposeScope();
    }

    /// <param name="tokens">Queries, [B, N, D].</param>
    /// <param name="context">Context tokens, [B, M, contextDim]; not normalised.</param>
    /// <returns>[B, N, D]; the caller disposes it.</returns>
    public override Tensor forward(Tensor tokens, Tensor context)
    {
        using var scope = NewDisposeScope();
        return Finish(tokens, attention.call(queryNorm.call(tokens), context)).MoveToOuterDisposeScope();
    }

    private Tensor Finish(Tensor tokens, Tensor attended)
    {
        var sum = tokens + attended;
        return sum + mlp.call(mlpNorm.call(sum));
    }
}
