using static TorchSharp.torch;

namespace Darkroom.Models.Quality;

/// <summary>How differently two pictures look to a network that was trained to see, weighed by people's judgements. Lower is nearer.</summary>
/// <remarks>Zhang et al. 2018, arXiv:1801.03924, eq. (1), version 0.1 of the official code.</remarks>
public sealed class Lpips : IDisposable
{
    private const double Epsilon = 1e-10;

    // ImageNet's mean and deviation for values in [-1, 1].
    private static readonly float[] Shift = [-0.030f, -0.088f, -0.188f];
    private static readonly float[] Scale = [0.458f, 0.448f, 0.450f];

    private readonly TorchvisionFeatures backbone;
    private readonly LpipsHeads heads;

    /// <summary>Takes ownership of the networks.</summary>
    /// <param name="backbone">AlexNet or VGG16.</param>
    /// <param name="heads">The weights that belong to it.</param>
    public Lpips(TorchvisionFeatures backbone, LpipsHeads heads) => (this.backbone, this.heads) = (backbone, heads);

    /// <summary>Compares pictures.</summary>
    /// <param name="first">[B, 3, H, W] in [-1, 1].</param>
    /// <param name="second">Likewise.</param>
    /// <returns>[B]; the caller disposes it.</returns>
    public Tensor Compare(Tensor first, Tensor second)
    {
        using var scope = NewDisposeScope();
        var shift = tensor(Shift, device: first.device).view(1, 3, 1, 1);
        var scale = tensor(Scale, device: first.device).view(1, 3, 1, 1);
        var (a, b) = (backbone.call((first - shift) / scale), backbone.call((second - shift) / scale));
        var sum = zeros(first.shape[0], device: first.device);
        for (var stage = 0; stage < a.Count; stage++)
            sum = sum + heads.Weigh(stage, (Unit(a[stage]) - Unit(b[stage])).square()).mean([1, 2, 3]);
        return sum.MoveToOuterDisposeScope();

        static Tensor Unit(Tensor map) => map / (map.square().sum(1, keepdim: true).sqrt() + Epsilon);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        backbone.Dispose();
        heads.Dispose();
    }
}
