using Darkroom.Models.StableDiffusion;
using static TorchSharp.torch;

namespace Darkroom.Models.Training.VlmImi;

/// <summary>What a ControlNet is at the start of its training: a copy of the UNet that changes nothing yet.</summary>
/// <remarks>Zhang et al. 2023, arXiv:2302.05543, section 3.1.</remarks>
public static class ControlNetStart
{
    private const double LargestGain = 16;

    private static readonly string[] ZeroLayers = ["controlnet_down_blocks.", "controlnet_mid_block."];

    /// <summary>Fills a ControlNet.</summary>
    /// <remarks>
    /// Its picture embedding begins with layers that look at the picture at gains of 1 to 16, black giving 0: in [-1, 1] a dark picture
    /// is next to -1 everywhere, and a random layer sees little else of it than that.
    /// </remarks>
    /// <param name="controlNet">The ControlNet; the rest of its picture embedding stays.</param>
    /// <param name="unet">The UNet, of the same widths.</param>
    public static void Apply(ControlNet controlNet, UNet2DCondition unet)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var target = controlNet.state_dict();
        var source = unet.state_dict();
        foreach (var (name, tensor) in target)
        {
            if (Array.Exists(ZeroLayers, layer => name.StartsWith(layer, StringComparison.Ordinal)))
                tensor.zero_();
            else if (source.TryGetValue(name, out var original))
                tensor.copy_(original);
        }

        var weight = target["controlnet_cond_embedding.conv_in.weight"];        // [C, 3, 3, 3]
        var last = Math.Max(1, weight.shape[0] - 1);
        weight.mul_(tensor(Enumerable.Range(0, (int)weight.shape[0]).Select(i => (float)Math.Pow(LargestGain, i / (double)last)).ToArray()).view(-1, 1, 1, 1));
        target["controlnet_cond_embedding.conv_in.bias"].copy_(weight.sum([1, 2, 3]));
    }
}
