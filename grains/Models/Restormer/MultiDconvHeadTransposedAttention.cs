using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Darkroom.Models.Restormer;

/// <summary>MDTA: self-attention between channels instead of pixels, so its cost is linear in the number of pixels.</summary>
/// <remarks>Zamir et al. 2022, arXiv:2111.09881, section 3.1, eq. (1).</remarks>
public sealed class MultiDconvHeadTransposedAttention : nn.Module<Tensor, Tensor>
{
    private readonly long heads;

    [ComponentName(Name = "temperature")]
    private readonly Parameter temperature;                                     // alpha, [heads, 1, 1]
    [ComponentName(Name = "qkv")]
    private readonly Conv2d qkv;
    [ComponentName(Name = "qkv_dwconv")]
    private readonly Conv2d depthwise;
    [ComponentName(Name = "project_out")]
    private readonly Conv2d projectOut;

    /// <summary>Makes the attention.</summary>
    /// <param name="channels">C, a multiple of <paramref name="heads"/>.</param>
    /// <param name="heads">Number of heads.</param>
    /// <param name="bias">Whether the convolutions have a bias.</param>
    public MultiDconvHeadTransposedAttention(long channels, long heads, bool bias)
        : base(nameof(MultiDconvHeadTransposedAttention))
    {
        this.heads = heads;
        temperature = nn.Parameter(ones(heads, 1, 1));
        qkv = nn.Conv2d(channels, 3 * channels, 1, bias: bias);
        depthwise = nn.Conv2d(3 * channels, 3 * channels, 3, padding: 1, groups: 3 * channels, bias: bias);
        projectOut = nn.Conv2d(channels, channels, 1, bias: bias);
        RegisterComponents();
    }

    /// <param name="input">Features, [B, C, H, W].</param>
    /// <returns>[B, C, H, W]; the caller disposes it.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var (batch, channels, height, width) = (input.shape[0], input.shape[1], input.shape[2], input.shape[3]);
        var parts = depthwise.call(qkv.call(input)).chunk(3, dim: 1);           // three of [B, C, H, W]
        var query = nn.functional.normalize(Split(parts[0]), dim: -1);          // [B, heads, C/heads, HW]
        var key = nn.functional.normalize(Split(parts[1]), dim: -1);
        var value = Split(parts[2]);

        var scores = query.matmul(key.transpose(-2, -1)) * temperature;         // [B, heads, C/heads, C/heads]
        var attended = scores.softmax(-1).matmul(value);                        // eq. (1)
        return projectOut.call(attended.reshape(batch, channels, height, width)).MoveToOuterDisposeScope();

        Tensor Split(Tensor part) => part.reshape(batch, heads, channels / heads, height * width);
    }
}
