using Darkroom.Imaging;
using Darkroom.Models.Quality;
using TorchSharp;
using static TorchSharp.torch;

namespace Darkroom.Workbench.Evaluation.Metrics;

/// <summary>LPIPS on AlexNet or VGG16, version 0.1.</summary>
internal sealed class LpipsMetric : IPictureMetric
{
    /// <summary>Name of the metric on AlexNet, which papers report.</summary>
    public const string AlexName = "lpips";

    /// <summary>Name of the metric on VGG16.</summary>
    public const string VggName = "lpips-vgg";

    private const int MinSide = 64;   // AlexNet halves five times

    private readonly Lpips network;
    private readonly Device device;

    private LpipsMetric(string name, Lpips network, Device device) => (Name, this.network, this.device) = (name, network, device);

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public bool NeedsReference => true;

    /// <summary>Loads the networks.</summary>
    /// <param name="name">One of the two names.</param>
    /// <param name="backbones">The imported networks.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    public static async Task<LpipsMetric> LoadAsync(string name, MetricBackbones backbones, CancellationToken cancellationToken)
    {
        var (kind, file, heads, channels) = name == AlexName
            ? ("alexnet", "torchvision's alexnet-owt-7be5be79.pth", "alex.pth", TorchvisionFeatures.AlexNetChannels)
            : ("vgg16", "torchvision's vgg16-397923af.pth", "vgg.pth", TorchvisionFeatures.Vgg16Channels);
        var backbone = await backbones.LoadAsync<TorchvisionFeatures>(kind, name, $"{file} (or a state dictionary of lpips.LPIPS)", _ => true, cancellationToken);
        try
        {
            var weights = await backbones.LoadAsync<LpipsHeads>(
                "lpips-heads", name, $"lpips/weights/v0.1/{heads} of richzhang/PerceptualSimilarity",
                component => component.Config.GetProperty("channels").EnumerateArray().Select(count => count.GetInt64()).SequenceEqual(channels), cancellationToken);
            return new LpipsMetric(name, new Lpips(backbone, weights), backbones.Device);
        }
        catch
        {
            backbone.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public double Measure(PlanarImage picture, PlanarImage? reference)
    {
        if (Math.Min(picture.Width, picture.Height) < MinSide)
            return double.NaN;
        using var inference = inference_mode(true);
        using var scope = NewDisposeScope();
        return network.Compare((Pixels.Of(picture, device) * 2) - 1, (Pixels.Of(reference!, device) * 2) - 1).ToDouble();
    }

    /// <inheritdoc/>
    public void Dispose() => network.Dispose();
}
