using Darkroom.Imaging;
using Darkroom.Models.Quality;
using static TorchSharp.torch;

namespace Darkroom.Workbench.Evaluation.Metrics;

/// <summary>FID and KID: how far the degraded and the restored pictures, as sets, are from the references.</summary>
internal sealed class FidMetric : IDisposable
{
    /// <summary>Name of the Fréchet distance.</summary>
    public const string FidName = "fid";

    /// <summary>Name of the kernel distance.</summary>
    public const string KidName = "kid";

    private readonly FidInception network;
    private readonly Device device;
    private readonly IReadOnlyList<string> names;
    private readonly List<Tensor> inputs = [];
    private readonly List<Tensor> outputs = [];
    private readonly List<Tensor> references = [];

    private FidMetric(FidInception network, Device device, IReadOnlyList<string> names) => (this.network, this.device, this.names) = (network, device, names);

    /// <summary>Loads the network.</summary>
    /// <param name="names">Which of the two are wanted.</param>
    /// <param name="backbones">The imported networks.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    public static async Task<FidMetric> LoadAsync(IReadOnlyList<string> names, MetricBackbones backbones, CancellationToken cancellationToken) => new(
        await backbones.LoadAsync<FidInception>("fid-inception", names[0], "pytorch-fid's pt_inception-2015-12-05-6726825d.pth (release fid_weights of mseitzer/pytorch-fid)", _ => true, cancellationToken),
        backbones.Device, names);

    /// <summary>Adds a picture to the sets; one without a reference is left out.</summary>
    public void Add(EvaluationResult result)
    {
        if (result.Reference is not { } reference)
            return;
        inputs.Add(Features(EightBit.Of(result.Degraded)));
        outputs.Add(Features(EightBit.Of(result.Restored)));
        references.Add(Features(reference));
    }

    /// <summary>The distances of the sets; NaN for fewer than two pictures.</summary>
    public IEnumerable<MetricValue> Compute()
    {
        foreach (var name in names)
        {
            using var scope = NewDisposeScope();
            yield return references.Count < FeatureDistance.MinCount
                ? new MetricValue(name, double.NaN, double.NaN)
                : new MetricValue(name, Distance(name, inputs), Distance(name, outputs));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        network.Dispose();
        foreach (var tensor in inputs.Concat(outputs).Concat(references))
            tensor.Dispose();
    }

    private double Distance(string name, List<Tensor> pictures) => name == FidName
        ? FeatureDistance.Frechet(cat(pictures, 0), cat(references, 0))
        : FeatureDistance.Kernel(cat(pictures, 0), cat(references, 0));

    private Tensor Features(PlanarImage picture)
    {
        using var inference = inference_mode(true);
        using var scope = NewDisposeScope();
        return network.call(Pixels.Of(picture, device)).cpu().DetachFromDisposeScope();
    }
}
