using Darkroom.Imaging;
using Darkroom.Models.Quality;
using TorchSharp;
using static TorchSharp.torch;

namespace Darkroom.Workbench.Evaluation.Metrics;

/// <summary>MUSIQ, on whichever people's judgements the imported weights were trained.</summary>
internal sealed class MusiqMetric : IPictureMetric
{
    /// <summary>The metric's name.</summary>
    public const string MetricName = "musiq";

    private const int MinSide = 32;   // a patch

    private readonly Musiq network;
    private readonly Device device;

    private MusiqMetric(Musiq network, Device device) => (this.network, this.device) = (network, device);

    /// <inheritdoc/>
    public string Name => MetricName;

    /// <inheritdoc/>
    public bool NeedsReference => false;

    /// <summary>Loads the network.</summary>
    /// <param name="backbones">The imported networks.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    public static async Task<MusiqMetric> LoadAsync(MetricBackbones backbones, CancellationToken cancellationToken) => new(
        await backbones.LoadAsync<Musiq>("musiq", MetricName, "pyiqa's musiq_koniq_ckpt-e95806b9.pth (chaofengc/IQA-PyTorch), or its weights of another data set", _ => true, cancellationToken),
        backbones.Device);

    /// <inheritdoc/>
    public double Measure(PlanarImage picture, PlanarImage? reference)
    {
        if (Math.Min(picture.Width, picture.Height) < MinSide)
            return double.NaN;
        using var inference = inference_mode(true);
        using var scope = NewDisposeScope();
        return network.call(Pixels.Of(picture, device)).ToDouble();
    }

    /// <inheritdoc/>
    public void Dispose() => network.Dispose();
}
