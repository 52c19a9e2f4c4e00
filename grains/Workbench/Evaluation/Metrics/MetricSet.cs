using Darkroom.Grains.Checkpoints;
using static TorchSharp.torch;

namespace Darkroom.Workbench.Evaluation.Metrics;

/// <summary>The metrics of an evaluation beside PSNR and SSIM.</summary>
public sealed class MetricSet : IDisposable
{
    private const string NiqeName = "niqe";

    private readonly List<IPictureMetric> pictures = [];
    private FidMetric? sets;

    /// <summary>Gets the names that can be asked for.</summary>
    public static IReadOnlyList<string> Names { get; } = [NiqeName, MusiqMetric.MetricName, LpipsMetric.AlexName, LpipsMetric.VggName, FidMetric.FidName, FidMetric.KidName];

    /// <summary>Gets those that need no ground truth.</summary>
    public static IReadOnlyList<string> WithoutReference { get; } = [NiqeName, MusiqMetric.MetricName];

    /// <summary>Gets those that judge picture by picture.</summary>
    public IReadOnlyList<IPictureMetric> OfPictures => pictures;

    /// <summary>Makes metrics, and loads their networks.</summary>
    /// <param name="names">Their names.</param>
    /// <param name="checkpoints">Where their networks were imported.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <exception cref="Darkroom.Cli.CommandLine.InputException">A network was not imported; the message says what to import.</exception>
    public static async Task<MetricSet> OpenAsync(IReadOnlyList<string> names, OfflineCheckpoints checkpoints, Device device, CancellationToken cancellationToken)
    {
        var backbones = new MetricBackbones(checkpoints, device);
        var wanted = names.Distinct(StringComparer.Ordinal).ToList();
        var set = new MetricSet();
        try
        {
            foreach (var name in wanted.Where(name => name is not (FidMetric.FidName or FidMetric.KidName)))
            {
                set.pictures.Add(name switch
                {
                    NiqeName => new NiqeMetric(),
                    MusiqMetric.MetricName => await MusiqMetric.LoadAsync(backbones, cancellationToken),
                    _ => await LpipsMetric.LoadAsync(name, backbones, cancellationToken),
                });
            }

            if (wanted.Where(name => name is FidMetric.FidName or FidMetric.KidName).ToList() is { Count: > 0 } ofSets)
                set.sets = await FidMetric.LoadAsync(ofSets, backbones, cancellationToken);
            return set;
        }
        catch
        {
            set.Dispose();
            throw;
        }
    }

    /// <summary>Shows a picture to the metrics that judge the whole set.</summary>
    public void AddToSet(EvaluationResult result) => sets?.Add(result);

    /// <summary>What is said of the whole set.</summary>
    public IReadOnlyList<MetricValue> OfSet() => [.. sets?.Compute() ?? []];

    /// <inheritdoc/>
    public void Dispose()
    {
        pictures.ForEach(metric => metric.Dispose());
        sets?.Dispose();
    }
}
