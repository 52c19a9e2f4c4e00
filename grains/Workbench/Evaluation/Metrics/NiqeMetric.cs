using Darkroom.Imaging;
using Darkroom.Imaging.Metrics;

namespace Darkroom.Workbench.Evaluation.Metrics;

/// <summary>NIQE with the project's model of undisturbed photographs.</summary>
internal sealed class NiqeMetric : IPictureMetric
{
    /// <inheritdoc/>
    public string Name => "niqe";

    /// <inheritdoc/>
    public bool NeedsReference => false;

    /// <inheritdoc/>
    public double Measure(PlanarImage picture, PlanarImage? reference) =>
        Math.Min(picture.Width, picture.Height) < Niqe.MinSide ? double.NaN : Niqe.Own.Compute(picture);

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
