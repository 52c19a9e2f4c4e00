using Darkroom.Models.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using Linear = Darkroom.Models.Layers.Linear;

namespace Darkroom.Models.StableDiffusion;

/// <summary>Attention of a transformer block to whatever steers it.</summary>
public abstract class ConditionAttention : nn.Module
{
    private protected ConditionAttention(string name)
        : base(name)
    {
    }

    /// <summary>Attends.</summary>
    /// <param name="tokens">The feature map as tokens, [B, H * W, D].</param>
    /// <param name="condition">What steers: tokens [B, M, D'], or a feature map.</param>
    /// <param name="height">H.</param>
    /// <param name="width">W.</param>
    /// <returns>[B, H * W, D]; the caller disposes it.</returns>
    internal abstract Tensor Attend(Tensor tokens, Tensor condition, long height, long width);
}

/// <summary>Attention of tokens to tokens: their own or the text's.</summary>
/// <remarks>Rombach et al. 2022, arXiv:2112.10752, section 3.3; names as in diffusers' <c>Attention</c>.</remarks>
public sealed class Attention : ConditionAttention
{
    private readonly long heads;
    private readonly bool hasWideScores;

    [ComponentName(Name = "to_q")]
    private readonly Linear toQuery;
    [ComponentName(Name = "to_k")]
    private readonly Linear toKey;
    [ComponentName(Name = "to_v")]
    private readonly Linear toValue;
    [ComponentName(Name = "to_out")]
    private readonly ModuleList<Linear> toOutput;

    /// <summary>Makes the attention.</summary>
    /// <param name="width">D, a multiple of <paramref name="heads"/>.</param>
    /// <param name="conditionWidth">Width of the tokens attended to.</param>
    /// <param name="heads">Number of heads.</param>
    /// <param name="hasWideScores">Whether scores are always computed in float32.</param>
    public Attention(long width, long conditionWidth, long heads, bool hasWideScores = false)
        : base(nameof(Attention))
    {
        if (width % heads != 0)
            throw new ArgumentException($"Attention: width {width} does not make {heads} heads; it must be a multiple of them.");
        this.heads = heads;
        this.hasWideScores = hasWideScores;
        toQuery = new Linear(width, width, bias: false);
        toKey = new Linear(conditionWidth, width, bias: false);
        toValue = new Linear(conditionWidth, width, bias: false);
        toOutput = new ModuleList<Linear>(new Linear(width, width));
        RegisterComponents();
    }

    /// <summary>Attends.</summary>
    /// <param name="tokens">[B, N, D].</param>
    /// <param name="condition">[B, M, conditionWidth].</param>
    /// <returns>[B, N, D]; the caller disposes it.</returns>
    public Tensor Attend(Tensor tokens, Tensor condition)
    {
        using var scope = NewDisposeScope();
        var (query, key, value) = (Heads(toQuery.call(tokens)), Heads(toKey.call(condition)), Heads(toValue.call(condition)));
        var attended = Weigh(query, key, value);                                // [B, heads, N, D/heads]
        return toOutput[0].call(attended.transpose(1, 2).flatten(2)).MoveToOuterDisposeScope();
    }

    internal override Tensor Attend(Tensor tokens, Tensor condition, long height, long width) => Attend(tokens, condition);

    private Tensor Weigh(Tensor query, Tensor key, Tensor value)
    {
        var scale = 1 / Math.Sqrt(query.shape[^1]);
        if (!hasWideScores || query.dtype == ScalarType.Float32)
            return ScaledDotProduct.Attend(query, key, value, scale);
        var wide = ScaledDotProduct.Attend(query.to(ScalarType.Float32), key.to(ScalarType.Float32), value.to(ScalarType.Float32), scale);
        return wide.to(query.dtype);
    }

    private Tensor Heads(Tensor tokens) => tokens.view(tokens.shape[0], tokens.shape[1], heads, -1).transpose(1, 2);
}
