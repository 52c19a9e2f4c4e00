using Darkroom.Models.Layers;
using Darkroom.Models.StableDiffusion;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using Linear = Darkroom.Models.Layers.Linear;

namespace Darkroom.Models.DarkDiff;

/// <summary>Attention of each region of a feature map to the same region of the condition's.</summary>
/// <remarks>
/// DarkDiff 2025, arXiv:2505.23743, section 4.2. All regions share the projections. There is no official code; ours follows
/// the fixture <c>darkdiff_region_attn</c>: queries from the map, keys and values from the condition, no residual inside. The
/// side of a region is not in the paper; it is a setting of the checkpoint.
/// </remarks>
public sealed class RegionCrossAttention : ConditionAttention
{
    private readonly long channels;
    private readonly long heads;
    private readonly long region;

    [ComponentName(Name = "to_q")]
    private readonly Linear toQuery;
    [ComponentName(Name = "to_k")]
    private readonly Linear toKey;
    [ComponentName(Name = "to_v")]
    private readonly Linear toValue;
    [ComponentName(Name = "to_out")]
    private readonly ModuleList<Linear> toOutput;

    /// <summary>Makes the attention.</summary>
    /// <param name="channels">C, a multiple of <paramref name="heads"/>.</param>
    /// <param name="heads">Number of heads.</param>
    /// <param name="region">Side of a region (cells), p.</param>
    public RegionCrossAttention(long channels, long heads, long region)
        : base(nameof(RegionCrossAttention))
    {
        if (channels % heads != 0)
            throw new ArgumentException($"Region attention: {channels} channels do not make {heads} heads; they must be a multiple of them.");
        ArgumentOutOfRangeException.ThrowIfLessThan(region, 1);
        (this.channels, this.heads, this.region) = (channels, heads, region);
        toQuery = new Linear(channels, channels, bias: false);
        toKey = new Linear(channels, channels, bias: false);
        toValue = new Linear(channels, channels, bias: false);
        toOutput = new ModuleList<Linear>(new Linear(channels, channels));
        RegisterComponents();
    }

    /// <summary>Attends.</summary>
    /// <param name="map">The feature map, [B, C, H, W]; H and W are multiples of the region's side.</param>
    /// <param name="condition">The condition's, [B, C, H, W].</param>
    /// <returns>[B, C, H, W]; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">A map has the wrong shape.</exception>
    public Tensor Attend(Tensor map, Tensor condition)
    {
        TensorShape.Require(map, nameof(map), TensorShape.Any, channels, TensorShape.Any, TensorShape.Any);
        using var scope = NewDisposeScope();
        var (height, width) = (map.shape[2], map.shape[3]);
        var tokens = map.flatten(2).transpose(1, 2);                            // [B, H * W, C]
        return Attend(tokens, condition, height, width).transpose(1, 2).unflatten(2, [height, width]).MoveToOuterDisposeScope();
    }

    internal override Tensor Attend(Tensor tokens, Tensor condition, long height, long width)
    {
        TensorShape.Require(tokens, nameof(tokens), TensorShape.Any, height * width, channels);
        TensorShape.Require(condition, nameof(condition), tokens.shape[0], channels, height, width);
        if (height % region != 0 || width % region != 0)
            throw new ArgumentException($"The feature map is {width} x {height}; allowed are multiples of the region's side, {region}.", nameof(tokens));
        using var scope = NewDisposeScope();
        var own = Regions(tokens, height, width);                               // [B * regions, p * p, C]
        var seen = Regions(condition.flatten(2).transpose(1, 2), height, width);
        var (query, key, value) = (Heads(toQuery.call(own)), Heads(toKey.call(seen)), Heads(toValue.call(seen)));   // eq. (5)
        var attended = ScaledDotProduct.Attend(query, key, value, 1 / Math.Sqrt((double)channels / heads));         // eq. (6), (7)
        var output = toOutput[0].call(attended.transpose(1, 2).flatten(2));
        return Whole(output, tokens.shape[0], height, width).MoveToOuterDisposeScope();

        Tensor Heads(Tensor x) => x.view(x.shape[0], x.shape[1], heads, -1).transpose(1, 2);
    }

    private Tensor Regions(Tensor tokens, long height, long width) => tokens
        .reshape(tokens.shape[0], height / region, region, width / region, region, channels)
        .transpose(2, 3)                                                        // [B, rows, columns, p, p, C]
        .reshape(-1, region * region, channels);

    private Tensor Whole(Tensor regions, long batch, long height, long width) => regions
        .view(batch, height / region, width / region, region, region, channels)
        .transpose(2, 3)
        .reshape(batch, height * width, channels);
}
