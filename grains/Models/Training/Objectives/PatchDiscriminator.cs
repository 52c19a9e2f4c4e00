using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using Conv2d = Darkroom.Models.Layers.Conv2d;
using GroupNorm = Darkroom.Models.Layers.GroupNorm;

namespace Darkroom.Models.Training.Objectives;

/// <summary>Tells for each patch of a picture whether it is a photograph.</summary>
/// <remarks>Isola et al. 2017, arXiv:1611.07004, section 3.2.2; group norms, which do not depend on the batch, in place of batch norms.</remarks>
public sealed class PatchDiscriminator : nn.Module<Tensor, Tensor>
{
    private const int Kernel = 4;
    private const int MaxFactor = 8;
    private const int NormGroups = 8;
    private const double Epsilon = 1e-5;
    private const double Slope = 0.2;

    [ComponentName(Name = "layers")]
    private readonly ModuleList<Conv2d> layers;
    [ComponentName(Name = "norms")]
    private readonly ModuleList<GroupNorm> norms;

    /// <summary>Makes a discriminator without weights.</summary>
    /// <param name="width">Channels of the first layer, a multiple of 8; 64 in the paper.</param>
    /// <param name="halvings">How often the resolution is halved; 3 in the paper.</param>
    public PatchDiscriminator(int width = 64, int halvings = 3)
        : base(nameof(PatchDiscriminator))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(halvings, 1);
        ArgumentOutOfRangeException.ThrowIfNotEqual(width % NormGroups, 0);
        var channels = Enumerable.Range(0, halvings + 1).Select(i => width * Math.Min(1 << i, MaxFactor)).ToList();
        layers = new ModuleList<Conv2d>([
            .. channels.Select((outputs, i) => new Conv2d(i == 0 ? 3 : channels[i - 1], outputs, Kernel, i < halvings ? 2 : 1, padding: 1)),
            new Conv2d(channels[^1], 1, Kernel, padding: 1)]);
        norms = new ModuleList<GroupNorm>([.. channels.Skip(1).Select(outputs => new GroupNorm(NormGroups, outputs, Epsilon))]);
        RegisterComponents();
    }

    /// <param name="input">Pictures, [B, 3, H, W] in about [-1, 1].</param>
    /// <returns>One score a patch, larger for photographs, [B, 1, h, w]; the caller disposes it.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var hidden = input.alias();
        for (var i = 0; i < layers.Count - 1; i++)
        {
            hidden = layers[i].call(hidden);
            hidden = nn.functional.leaky_relu(i == 0 ? hidden : norms[i - 1].call(hidden), Slope);
        }

        return layers[layers.Count - 1].call(hidden).MoveToOuterDisposeScope();
    }
}
