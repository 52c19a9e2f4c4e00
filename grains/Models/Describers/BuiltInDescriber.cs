using Darkroom.Models.Describers.Rain;
using TorchSharp;
using static TorchSharp.torch;

namespace Darkroom.Models.Describers;

/// <summary>The describer that ships: a small network that measures, and fixed sentences.</summary>
public sealed class BuiltInDescriber : IImageDescriber, IDisposable
{
    /// <summary>Side of the patches the network was trained on (pixels).</summary>
    public const int TrainedPatchSize = 96;

    /// <summary>Longest side of the overviews the network was trained on (pixels).</summary>
    public const int TrainedOverviewSize = 48;

    /// <summary>How sure the describer must be to call a picture dark, 0..1.</summary>
    /// <remarks>Brightening a picture that is meant to be dark spoils it; a dark one left as it is can still be asked for.</remarks>
    public const double DarkThreshold = 0.8;

    private const double RainThreshold = 0.5;


    private readonly DescriberNetwork network;
    private readonly RainHead rainHead;
    private readonly Device device;

    /// <summary>Takes ownership of the networks.</summary>
    /// <param name="network">Measures noise and darkness; on <paramref name="device"/>, in evaluation mode.</param>
    /// <param name="rainHead">Tells rain; likewise.</param>
    /// <param name="device">Where the networks are.</param>
    public BuiltInDescriber(DescriberNetwork network, RainHead rainHead, Device device)
    {
        this.network = network;
        this.rainHead = rainHead;
        this.device = device;
    }

    /// <summary>Gets the number of its parameters.</summary>
    public long ParameterCount => network.parameters().Concat(rainHead.parameters()).Sum(parameter => parameter.numel());

    /// <inheritdoc/>
    public int PatchSize => TrainedPatchSize;

    /// <inheritdoc/>
    public ImageDescription Describe(Tensor overview, Tensor patches)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var pieces = patches.to(device);
        var measured = network.MeasurePatches(pieces).cpu();                    // [N, 2]
        // The median: a patch of grass or a clipped sky misleads, half of the patches seldom do.
        var sigma = Math.Max(0, Math.Exp(measured.select(1, 0).median().ToSingle()) - 1);
        var features = RainFeatures.Measure(pieces);
        var rain = rainHead.call(features.Directed, features.Plain).sigmoid().cpu().ToSingle();
        var dark = network.Tone.Darkness(Shrink(overview.to(device))).sigmoid().cpu().ToSingle();
        return new ImageDescription(
            sigma, rain, dark,
            DegradationSentences.Lighting(dark > DarkThreshold),
            DegradationSentences.Rain(rain > RainThreshold),
            DegradationSentences.Noise(sigma));
    }

    // Some pipelines want a larger overview than the network was trained on.
    private static Tensor Shrink(Tensor overview)
    {
        var (height, width) = (overview.shape[2], overview.shape[3]);
        var longest = Math.Max(height, width);
        return longest <= TrainedOverviewSize
            ? overview
            : nn.functional.adaptive_avg_pool2d(overview, [Math.Max(1, height * TrainedOverviewSize / longest), Math.Max(1, width * TrainedOverviewSize / longest)]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        network.Dispose();
        rainHead.Dispose();
    }
}
