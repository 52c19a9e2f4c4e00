using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using Linear = Darkroom.Models.Layers.Linear;

namespace Darkroom.Models.T5;

/// <summary>T5's feed-forward layer, of version 1.0 (ReLU) or 1.1 (gated GELU).</summary>
/// <remarks>
/// Raffel et al. 2019, arXiv:1910.10683, section 2.1; Shazeer 2020, arXiv:2002.05202, eq. (6). Names as in transformers'
/// <c>T5DenseActDense</c> and <c>T5DenseGatedActDense</c>.
/// </remarks>
public sealed class T5FeedForward : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "wi")]
    private readonly Linear? enter;
    [ComponentName(Name = "wi_0")]
    private readonly Linear? enterGate;
    [ComponentName(Name = "wi_1")]
    private readonly Linear? enterValue;
    [ComponentName(Name = "wo")]
    private readonly Linear leave;

    /// <summary>Makes the layer.</summary>
    /// <param name="width">D.</param>
    /// <param name="hidden">Width between the maps.</param>
    /// <param name="kind">Which of the two.</param>
    public T5FeedForward(long width, long hidden, T5FeedForwardKind kind)
        : base(nameof(T5FeedForward))
    {
        if (kind == T5FeedForwardKind.Relu)
            enter = new Linear(width, hidden, bias: false);
        else
            (enterGate, enterValue) = (new Linear(width, hidden, bias: false), new Linear(width, hidden, bias: false));
        leave = new Linear(hidden, width, bias: false);
        RegisterComponents();
    }

    /// <param name="input">[B, N, D].</param>
    /// <returns>[B, N, D]; the caller disposes it.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var hidden = enter is not null
            ? nn.functional.relu(enter.call(input))
            : nn.functional.gelu(enterGate!.call(input), GELU.Approximate.tanh) * enterValue!.call(input);
        return leave.call(hidden).MoveToOuterDisposeScope();
    }
}
