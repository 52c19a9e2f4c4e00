using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Darkroom.Models.Llmra;

/// <summary>Multi-head attention of query tokens over context tokens, without a mask.</summary>
/// <remarks>Vaswani et al. 2017, arXiv:1706.03762, section 3.2.</remarks>
public sealed class CrossAttention : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly long heads;

    [ComponentName(Name = "to_q")]
    private readonly Linear toQuery;
    [ComponentName(Name = "to_k")]
    private readonly Linear toKey;
    [ComponentName(Name = "to_v")]
    private readonly Linear toValue;
    [ComponentName(Name = "to_out")]
    private readonly Linear toOutput;

    /// <summary>Makes the attention.</summary>
    /// <param name="dim">Width D of the queries, a multiple of <paramref name="heads"/>.</param>
    /// <param name="contextDim">Width of the context tokens.</param>
    /// <param name="heads">Number of heads.</param>
    public CrossAttention(long dim, long contextDim, long heads)
        : base(nameof(CrossAttention))
    {
        this.heads = heads;
        toQuery = nn.Linear(dim, dim);
        toKey = nn.Linear(contextDim, dim);
        toValue = nn.Linear(contextDim, dim);
        toOutput = nn.Linear(dim, dim);
        RegisterComponents();
    }

    /// <param name="queries">[B, N, D].</param>
    /// <param name="context">[B, M, contextDim].</param>
    /// <returns>[B, N, D]; the caller disposes it.</returns>
    public override Tensor forward(Tensor queries, Tensor context)
    {
        using var scope = NewDisposeScope();
        var (batch, count, dim) = (queries.shape[0], queries.shape[1], queries.shape[2]);
        var query = Split(toQuery.call(queries));                               // [B, heads, N, D/heads]
        var key = Split(toKey.call(context));                                   // [B, heads, M, D/heads]
        var value = Split(toValue.call(context));

        var scale = 1.0 / Math.Sqrt((double)dim / heads);
        var weights = (query.matmul(key.transpose(-2, -1)) * scale).softmax(-1);   // [B, heads, N, M]
        var attended = weights.matmul(value).transpose(1, 2).reshape(batch, count, dim);
        return toOutput.call(attended).MoveToOuterDisposeScope();

        Tensor Split(Tensor tokens) => tokens.view(batch, tokens.shape[1], heads, dim / heads).transpose(1, 2);
    }
}
