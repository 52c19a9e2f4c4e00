using Darkroom.Models.Layers;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Darkroom.Models.Clip;

/// <summary>CLIP's self-attention.</summary>
/// <remarks>Radford et al. 2021, arXiv:2103.00020, section 2.4; names as in transformers' <c>CLIPAttention</c>.</remarks>
public sealed class ClipAttention : nn.Module<Tensor, Tensor>
{
    private readonly long heads;

    [ComponentName(Name = "k_proj")]
    private readonly Linear toKey;
    [ComponentName(Name = "v_proj")]
    private readonly Linear toValue;
    [ComponentName(Name = "q_proj")]
    private readonly Linear toQuery;
    [ComponentName(Name = "out_proj")]
    private readonly Linear toOutput;

    /// <summary>Makes the attention.</summary>
    /// <param name="width">D, a multiple of <paramref name="heads"/>.</param>
    /// <param name="heads">Number of heads.</param>
    public ClipAttention(long width, long heads)
        : base(nameof(ClipAttention))
    {
        this.heads = heads;
        toKey = new Linear(width, width);
        toValue = new Linear(width, width);
        toQuery = new Linear(width, width);
        toOutput = new Linear(width, width);
        RegisterComponents();
    }

    /// <param name="input">Tokens that all see each other, [B, N, D].</param>
    /// <returns>[B, N, D]; the caller disposes it.</returns>
    public override Tensor forward(Tensor input) => Attend(input, bias: null);

    /// <summary>Attends under a mask.</summary>
    /// <param name="input">[B, N, D].</param>
    /// <param name="bias">Added to the scores, [1, 1, N, N]; null for none.</param>
    /// <returns>[B, N, D]; the caller disposes it.</returns>
    public Tensor Attend(Tensor input, Tensor? bias)
    {
        using var scope = NewDisposeScope();
        var (batch, count, width) = (input.shape[0], input.shape[1], input.shape[2]);
        var (query, key, value) = (Split(toQuery.call(input)), Split(toKey.call(input)), Split(toValue.call(input)));
        var attended = ScaledDotProduct.Attend(query, key, value, 1 / Math.Sqrt((double)width / heads), bias);
        return toOutput.call(attended.transpose(1, 2).reshape(batch, count, width)).MoveToOuterDisposeScope();

        Tensor Split(Tensor tokens) => tokens.view(batch, count, heads, width / heads).transpose(1, 2);   // [B, heads, N, D/heads]
    }
}
