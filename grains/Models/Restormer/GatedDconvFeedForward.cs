using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Darkroom.Models.Restormer;

/// <summary>GDFN: a feed-forward layer in which one half of the channels gates the other.</summary>
/// <remarks>Zamir et al. 2022, arXiv:2111.09881, section 3.2, eq. (2).</remarks>
public sealed class GatedDconvFeedForward : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "project_in")]
    private readonly Conv2d projectIn;
    [ComponentName(Name = "dwconv")]
    private readonly Conv2d depthwise;
    [ComponentName(Name = "project_out")]
    private readonly Conv2d projectOut;

    /// <summary>Makes the layer.</summary>
    /// <param name="channels">C.</param>
    /// <param name="expansion">Hidden channels over C; the product is cut to an integer, as the reference does.</param>
    /// <param name="bias">Whether the convolutions have a bias.</param>
    public GatedDconvFeedForward(long channels, double expansion, bool bias)
        : base(nameof(GatedDconvFeedForward))
    {
        var hidden = (long)(channels * expansion);
        projectIn = nn.Conv2d(channels, 2 * hidden, 1, bias: bias);
        depthwise = nn.Conv2d(2 * hidden, 2 * hidden, 3, padding: 1, groups: 2 * hidden, bias: bias);
        projectOut = nn.Conv2d(hidden, channels, 1, bias: bias);
        RegisterComponents();
    }

    /// <param name="input">Features, [B, C, H, W].</param>
    /// <returns>[B, C, H, W]; the caller disposes it.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var halves = depthwise.call(projectIn.call(input)).chunk(2, dim: 1);    // two of [B, hidden, H, W]
        return projectOut.call(nn.functional.gelu(halves[0]) * halves[1]).MoveToOuterDisposeScope();
    }
}
