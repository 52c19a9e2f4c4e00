using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Darkroom.Models.Layers;

/// <summary>PyTorch's multi-head attention, with the maps to queries, keys and values in one weight; without initial weights.</summary>
/// <remarks>Vaswani et al. 2017, arXiv:1706.03762, section 3.2.2; names as in <c>torch.nn.MultiheadAttention</c>.</remarks>
public sealed class MultiheadAttention : nn.Module<Tensor, Tensor, Tensor>, IOwnInitialization
{
    private readonly long width;
    private readonly long heads;

    [ComponentName(Name = "in_proj_weight")]
    private readonly Parameter inputWeight;                                     // queries, keys, values: [3D, D]
    [ComponentName(Name = "in_proj_bias")]
    private readonly Parameter inputBias;                                       // [3D]
    [ComponentName(Name = "out_proj")]
    private readonly Linear toOutput;

    /// <summary>Makes the attention.</summary>
    /// <param name="width">D, a multiple of <paramref name="heads"/>.</param>
    /// <param name="heads">Number of heads.</param>
    public MultiheadAttention(long width, long heads)
        : base(nameof(MultiheadAttention))
    {
        if (heads < 1 || width % heads != 0)
            throw new ArgumentException($"Attention: a width of {width} does not make {heads} heads; the width must be a multiple of the heads.");
        this.width = width;
        this.heads = heads;
        inputWeight = Uninitialized.Parameter(3 * width, width);
        inputBias = Uninitialized.Parameter(3 * width);
        toOutput = new Linear(width, width);
        RegisterComponents();
    }

    /// <param name="input1">Queries, [B, N, D].</param>
    /// <param name="input2">Keys and values, [B, M, D].</param>
    /// <returns>[B, N, D]; the caller disposes it.</returns>
    public override Tensor forward(Tensor input1, Tensor input2)
    {
        using var scope = NewDisposeScope();
        var query = Split(nn.functional.linear(input1, inputWeight.narrow(0, 0, width), inputBias.narrow(0, 0, width)));
        var both = nn.functional.linear(input2, inputWeight.narrow(0, width, 2 * width), inputBias.narrow(0, width, 2 * width)).chunk(2, dim: -1);
        var attended = ScaledDotProduct.Attend(query, Split(both[0]), Split(both[1]), 1 / Math.Sqrt((double)width / heads));
        return toOutput.call(attended.transpose(1, 2).reshape(input1.shape[0], input1.shape[1], width)).MoveToOuterDisposeScope();

        Tensor Split(Tensor tokens) => tokens.reshape(tokens.shape[0], tokens.shape[1], heads, width / heads).transpose(1, 2);   // [B, heads, tokens, D/heads]
    }

    void IOwnInitialization.Initialize(Generator generator)
    {
        var bound = Math.Sqrt(6.0 / (4 * width));                               // Xavier, of a [3D, D] weight, as PyTorch
        inputWeight.uniform_(-bound, bound, generator);
        nn.init.constant_(inputBias, 0);
    }
}
