using System.Collections.Concurrent;
using System.Globalization;
using Darkroom.Models.Describers.Rain;
using Darkroom.Models.Training.Data;
using Darkroom.Models.Training.Loop;
using TorchSharp;
using static TorchSharp.torch;

namespace Darkroom.Models.Training.Recipes;

/// <summary>How well the rain head does on pictures that it was not trained on.</summary>
/// <param name="Count">Number of such pictures.</param>
/// <param name="Missed">Share of the rainy ones that it calls dry.</param>
/// <param name="FalseAlarms">Share of the dry ones that it calls rainy.</param>
/// <param name="CrossEntropy">In nats a picture.</param>
public sealed record RainTrainingResult(int Count, double Missed, double FalseAlarms, double CrossEntropy);

/// <summary>Trains the describer's rain head: pictures are drawn and measured once, then the head learns from the measurements.</summary>
/// <remarks>The head is small and a measurement costs a hundred steps of it. Equal options and tiles give equal pictures on any number of cores.</remarks>
public sealed class RainRecipe : ITrainingRecipe
{
    private const double HeldShare = 0.1;
    private const double FeatureNoise = 0.3;                                    // in standard deviations
    private const double LabelSmoothing = 0.01;
    private const double SmallestSpread = 0.05;

    private readonly LlmraTrainingOptions options;
    private readonly LlmraParts parts;
    private readonly RainSamples learnt;
    private readonly RainSamples held;
    private readonly (Tensor DirectedOffset, Tensor DirectedScale, Tensor PlainOffset, Tensor PlainScale) units;

    // Rain from the left is rain from the right mirrored: direction i becomes -i.
    private readonly Tensor mirrored = tensor(Enumerable.Range(0, LineFilters.AngleCount).Select(index => (long)(-index & (LineFilters.AngleCount - 1))).ToArray());

    /// <summary>Loads the checkpoint, and draws and measures the pictures.</summary>
    /// <param name="options">The recipe.</param>
    /// <param name="setup">Base, output and pictures; the device is the CPU.</param>
    /// <param name="report">Told how many pictures are measured.</param>
    /// <param name="cancellationToken">Ends the measuring.</param>
    public RainRecipe(LlmraTrainingOptions options, TrainingSetup setup, Action<int> report, CancellationToken cancellationToken)
    {
        this.options = options;
        parts = new LlmraParts(options, setup);
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var all = Measure(setup.Pictures.Tiles, report, cancellationToken);
        var heldCount = Math.Max(1, (int)(HeldShare * options.RainPictures));
        units = Units(all.Narrow(0, options.RainPictures - heldCount));
        var scaled = new RainSamples(
            (all.Directed - units.DirectedOffset.view(1, -1, 1)) * units.DirectedScale.view(1, -1, 1), (all.Plain - units.PlainOffset) * units.PlainScale, all.IsRainy);
        (learnt, held) = (scaled.Narrow(0, options.RainPictures - heldCount), scaled.Narrow(options.RainPictures - heldCount, heldCount));
        foreach (var kept in (Tensor[])[.. learnt.All, .. held.All, units.DirectedOffset, units.DirectedScale, units.PlainOffset, units.PlainScale])
            kept.DetachFromDisposeScope();
        parts.RainHead.train();
        Parts = [new TrainedPart("rain", [.. parts.RainHead.named_parameters()], Compute)];
    }

    /// <inheritdoc/>
    public IReadOnlyList<TrainedPart> Parts { get; }

    /// <summary>Gets how well the last exported head does.</summary>
    public RainTrainingResult? Result { get; private set; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Summary => Result is null
        ? []
        : [string.Create(CultureInfo.InvariantCulture,
            $"Rain, {Result.Count} pictures not trained on: {Result.Missed:P1} of the rainy ones missed, {Result.FalseAlarms:P1} of the others called rainy, {Result.CrossEntropy:F3} nats.")];

    /// <inheritdoc/>
    public void Begin()
    {
    }

    /// <inheritdoc/>
    public void Export()
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        parts.RainHead.eval();
        Result = Judge();
        // The stored head takes features as they are.
        using var whole = new RainHead();
        var weights = parts.RainHead.state_dict();
        foreach (var (name, target) in whole.state_dict())
            target.copy_(weights[name]);
        whole.Absorb(units.DirectedOffset, units.DirectedScale, units.PlainOffset, units.PlainScale);
        parts.Save(whole);
        parts.RainHead.train();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        parts.Dispose();
        mirrored.Dispose();
        foreach (var kept in (Tensor[])[.. learnt.All, .. held.All, units.DirectedOffset, units.DirectedScale, units.PlainOffset, units.PlainScale])
            kept.Dispose();
    }

    private RainSamples Measure(IReadOnlyList<TrainingTile> tiles, Action<int> report, CancellationToken cancellationToken)
    {
        var rows = new (RainFeatures Features, bool IsRainy)[options.RainPictures];
        var done = 0;
        // One core a picture: pictures are small, and threads that share one wait for each other.
        var threads = get_num_threads();
        set_num_threads(1);
        try
        {
            Parallel.ForEach(
                Partitioner.Create(Enumerable.Range(0, rows.Length), EnumerablePartitionerOptions.NoBuffering),
                new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken },
                index =>
                {
                    rows[index] = MeasureOne(tiles, index);
                    report(Interlocked.Increment(ref done));
                });
        }
        finally
        {
            set_num_threads(threads);
        }

        return new RainSamples(
            cat(Array.ConvertAll(rows, row => row.Features.Directed), 0), cat(Array.ConvertAll(rows, row => row.Features.Plain), 0),
            tensor(Array.ConvertAll(rows, row => row.IsRainy ? 1f : 0f)));
    }

    private (RainFeatures Features, bool IsRainy) MeasureOne(IReadOnlyList<TrainingTile> tiles, int index)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var picture = RainPicture.Draw(tiles, unchecked((options.Seed * 1_000_003) + index) & int.MaxValue);
        var features = RainFeatures.Measure(Patches(picture.Pixels));
        return (new RainFeatures(features.Directed.DetachFromDisposeScope(), features.Plain.DetachFromDisposeScope()), picture.IsRainy);
    }

    // Side by side, as the cluster takes them from a picture.
    private static Tensor Patches(Tensor pixels)
    {
        const int Size = Describers.BuiltInDescriber.TrainedPatchSize;
        var count = (int)Math.Max(1, pixels.shape[1] / Size);
        var step = count == 1 ? 0 : ((int)pixels.shape[1] - Size) / (count - 1);
        return stack([.. Enumerable.Range(0, count * count)
            .Select(index => pixels.narrow(1, index / count * step, Size).narrow(2, index % count * step, Size))]);
    }

    private static (Tensor DirectedOffset, Tensor DirectedScale, Tensor PlainOffset, Tensor PlainScale) Units(RainSamples samples)
    {
        var (directedOffset, directedScale) = Unit(samples.Directed.transpose(1, 2).flatten(0, 1));
        var (plainOffset, plainScale) = Unit(samples.Plain);
        return (directedOffset, directedScale, plainOffset, plainScale);

        static (Tensor Offset, Tensor Scale) Unit(Tensor rows)
        {
            var mean = rows.mean([0]);
            return (mean, 1 / ((rows - mean).square().mean([0]).sqrt() + SmallestSpread));
        }
    }

    private StepLosses Compute(TrainingDraw draw)
    {
        var rows = randint(0, learnt.IsRainy.shape[0], [options.BatchSize], dtype: ScalarType.Int64, generator: draw.Generator);
        var lines = learnt.Directed.index_select(0, rows);
        if (draw.Random.Next(2) == 0)
            lines = lines.index_select(2, mirrored);
        lines = lines + (FeatureNoise * randn(lines.shape, generator: draw.Generator));
        var target = (learnt.IsRainy.index_select(0, rows) * (1 - (2 * LabelSmoothing))) + LabelSmoothing;
        var loss = nn.functional.binary_cross_entropy_with_logits(parts.RainHead.call(lines, learnt.Plain.index_select(0, rows)), target);
        return new StepLosses(loss, ("rain", loss));
    }

    private RainTrainingResult Judge()
    {
        var logits = parts.RainHead.call(held.Directed, held.Plain);
        var said = (logits > 0).to(ScalarType.Float32);
        var (rainy, dry) = (held.IsRainy.sum().ToDouble(), (1 - held.IsRainy).sum().ToDouble());
        return new RainTrainingResult(
            (int)held.IsRainy.shape[0],
            ((1 - said) * held.IsRainy).sum().ToDouble() / Math.Max(1, rainy),
            (said * (1 - held.IsRainy)).sum().ToDouble() / Math.Max(1, dry),
            nn.functional.binary_cross_entropy_with_logits(logits, held.IsRainy).ToDouble());
    }

    /// <param name="Directed">Features of each direction, [B, F, 16].</param>
    /// <param name="Plain">The others, [B, G].</param>
    /// <param name="IsRainy">1 where there is rain, [B].</param>
    private sealed record RainSamples(Tensor Directed, Tensor Plain, Tensor IsRainy)
    {
        public Tensor[] All => [Directed, Plain, IsRainy];

        public RainSamples Narrow(int start, int count) => new(Directed.narrow(0, start, count), Plain.narrow(0, start, count), IsRainy.narrow(0, start, count));
    }
}
