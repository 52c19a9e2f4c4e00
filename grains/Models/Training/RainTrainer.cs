using System.Collections.Concurrent;
using System.Diagnostics;
using Darkroom.Models.Describers.Rain;
using Darkroom.Models.Training.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Darkroom.Models.Training;

/// <summary>How well the rain head does on pictures that it was not trained on.</summary>
/// <param name="Count">Number of such pictures.</param>
/// <param name="Missed">Share of the rainy ones that it calls dry.</param>
/// <param name="FalseAlarms">Share of the dry ones that it calls rainy.</param>
/// <param name="CrossEntropy">In nats a picture.</param>
public sealed record RainTrainingResult(int Count, double Missed, double FalseAlarms, double CrossEntropy);

/// <summary>Trains the describer's rain head: pictures are drawn and measured once, then the head learns from the measurements.</summary>
/// <remarks>The head is small and a measurement costs a hundred steps of it. Equal options and tiles give equal pictures on any number of cores.</remarks>
public sealed class RainTrainer
{
    private const int ReportInterval = 50;
    private const int PicturesPerReport = 100;
    private const double HeldShare = 0.1;
    private const double FinalRateShare = 0.01;
    private const double FeatureNoise = 0.3;                                    // in standard deviations
    private const double LabelSmoothing = 0.01;
    private const double SmallestSpread = 0.05;

    private readonly LlmraTrainingOptions options;
    private readonly IReadOnlyList<TrainingTile> tiles;
    private readonly RainHead head;

    /// <summary>Makes a trainer.</summary>
    /// <param name="options">The recipe.</param>
    /// <param name="tiles">Clean pictures; not disposed.</param>
    /// <param name="head">The head to be trained; not disposed.</param>
    public RainTrainer(LlmraTrainingOptions options, IReadOnlyList<TrainingTile> tiles, RainHead head)
    {
        this.options = options;
        this.tiles = tiles;
        this.head = head;
    }

    /// <summary>Trains, until the iterations are done or 95 % of the minutes are over; drawing takes at most 80 % of them.</summary>
    /// <param name="report">Called every 100 pictures (Fraction is that of the drawing, the loss 0) and every 50 steps.</param>
    /// <param name="cancellationToken">Ends the drawing or the training; what was learnt stays.</param>
    /// <returns>How well the head does.</returns>
    public RainTrainingResult Run(Action<TrainingProgress> report, CancellationToken cancellationToken)
    {
        using var scope = NewDisposeScope();
        var clock = Stopwatch.StartNew();
        var (directed, plain, isRainy) = Measure(clock, report, cancellationToken);

        var heldCount = Math.Max(1, (int)(HeldShare * isRainy.shape[0]));
        var learntCount = isRainy.shape[0] - heldCount;
        if (learntCount < 1)
            throw new ArgumentException($"Training: only {isRainy.shape[0]} pictures were drawn in the time; allow more minutes.");
        var units = Units(directed.narrow(0, 0, learntCount), plain.narrow(0, 0, learntCount));
        directed = (directed - units.DirectedOffset.view(1, -1, 1)) * units.DirectedScale.view(1, -1, 1);
        plain = (plain - units.PlainOffset) * units.PlainScale;

        head.train();
        using (var average = new WeightAverage(head))
        {
            Learn(directed.narrow(0, 0, learntCount), plain.narrow(0, 0, learntCount), isRainy.narrow(0, 0, learntCount), average, clock, report, cancellationToken);
            RainTrainingResult? result = null;
            average.Use(() =>
            {
                head.eval();
                result = Judge(directed.narrow(0, learntCount, heldCount), plain.narrow(0, learntCount, heldCount), isRainy.narrow(0, learntCount, heldCount));
            });
            average.Adopt();
            head.Absorb(units.DirectedOffset, units.DirectedScale, units.PlainOffset, units.PlainScale);
            return result!;
        }
    }

    private (Tensor Directed, Tensor Plain, Tensor IsRainy) Measure(Stopwatch clock, Action<TrainingProgress> report, CancellationToken cancellationToken)
    {
        const double DrawingShare = 0.8;
        var rows = new (RainFeatures Features, bool IsRainy)?[options.RainPictures];
        var done = 0;
        // One core a picture: pictures are small, and threads that share one wait for each other.
        var threads = get_num_threads();
        set_num_threads(1);
        try
        {
            // Without buffering the pictures are taken in order, so that those there are in the end are the first ones.
            var order = Partitioner.Create(Enumerable.Range(0, rows.Length), EnumerablePartitionerOptions.NoBuffering);
            Parallel.ForEach(order, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, (index, state) =>
            {
                if (cancellationToken.IsCancellationRequested || clock.Elapsed.TotalMinutes > DrawingShare * options.Minutes)
                {
                    state.Stop();
                    return;
                }

                rows[index] = MeasureOne(index);
                var count = Interlocked.Increment(ref done);
                if (count % PicturesPerReport == 0)
                {
                    lock (rows)
                        report(new TrainingProgress(count, (double)count / rows.Length, clock.Elapsed, 0, 0, 0, 0, 0));
                }
            });
        }
        finally
        {
            set_num_threads(threads);
        }

        var measured = rows.TakeWhile(row => row is not null).Select(row => row!.Value).ToArray();
        if (measured.Length == 0)
            throw new ArgumentException($"Training: no picture was drawn in {options.Minutes} minutes; allow more.");
        return (
            cat(measured.Select(row => row.Features.Directed).ToArray(), 0),
            cat(measured.Select(row => row.Features.Plain).ToArray(), 0),
            tensor(measured.Select(row => row.IsRainy ? 1f : 0f).ToArray()));
    }

    private (RainFeatures Features, bool IsRainy) MeasureOne(int index)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var picture = RainPicture.Draw(tiles, unchecked(options.Seed * 1_000_003 + index) & int.MaxValue);
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

    private static (Tensor DirectedOffset, Tensor DirectedScale, Tensor PlainOffset, Tensor PlainScale) Units(Tensor directed, Tensor plain)
    {
        var (directedOffset, directedScale) = Unit(directed.transpose(1, 2).flatten(0, 1));
        var (plainOffset, plainScale) = Unit(plain);
        return (directedOffset, directedScale, plainOffset, plainScale);

        static (Tensor Offset, Tensor Scale) Unit(Tensor rows)
        {
            var mean = rows.mean([0]);
            return (mean, 1 / ((rows - mean).square().mean([0]).sqrt() + SmallestSpread));
        }
    }

    private void Learn(
        Tensor directed, Tensor plain, Tensor isRainy, WeightAverage average, Stopwatch clock, Action<TrainingProgress> report, CancellationToken cancellationToken)
    {
        using var optimizer = optim.AdamW(head.parameters(), options.LearningRate, weight_decay: options.WeightDecay);
        using var generator = new Generator((ulong)options.Seed);
        // Rain from the left is rain from the right mirrored: direction i becomes -i.
        using var mirrored = tensor(Enumerable.Range(0, LineFilters.AngleCount).Select(index => (long)(-index & (LineFilters.AngleCount - 1))).ToArray());
        var sum = 0.0;
        for (var iteration = 1; iteration <= options.Iterations && !cancellationToken.IsCancellationRequested; iteration++)
        {
            var fraction = (double)iteration / options.Iterations;
            var cosine = FinalRateShare + (1 - FinalRateShare) * 0.5 * (1 + Math.Cos(Math.PI * fraction));
            var rate = options.LearningRate * Math.Min(1, (double)iteration / options.WarmupIterations) * cosine;
            foreach (var group in optimizer.ParamGroups)
                group.LearningRate = rate;
            sum += Step();
            average.Update(Math.Min(options.AveragingDecay, (1.0 + iteration) / (10 + iteration)));
            if (iteration % ReportInterval == 0)
            {
                report(new TrainingProgress(iteration, fraction, clock.Elapsed, 0, 0, 0, sum / ReportInterval, rate));
                sum = 0;
            }

            double Step()
            {
                using var scope = NewDisposeScope();
                var rows = randint(0, directed.shape[0], [options.BatchSize], dtype: ScalarType.Int64, generator: generator);
                var lines = directed.index_select(0, rows);
                if (iteration % 2 == 0)
                    lines = lines.index_select(2, mirrored);
                lines = lines + FeatureNoise * randn(lines.shape, generator: generator);
                var target = isRainy.index_select(0, rows) * (1 - 2 * LabelSmoothing) + LabelSmoothing;
                var loss = nn.functional.binary_cross_entropy_with_logits(head.call(lines, plain.index_select(0, rows)), target);
                optimizer.zero_grad();
                loss.backward();
                nn.utils.clip_grad_norm_(head.parameters(), options.MaxGradientNorm);
                optimizer.step();
                return loss.ToDouble();
            }
        }
    }

    private RainTrainingResult Judge(Tensor directed, Tensor plain, Tensor isRainy)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var logits = head.call(directed, plain);
        var said = (logits > 0).to(ScalarType.Float32);
        var (rainy, dry) = (isRainy.sum().ToDouble(), (1 - isRainy).sum().ToDouble());
        return new RainTrainingResult(
            (int)isRainy.shape[0],
            ((1 - said) * isRainy).sum().ToDouble() / Math.Max(1, rainy),
            (said * (1 - isRainy)).sum().ToDouble() / Math.Max(1, dry),
            nn.functional.binary_cross_entropy_with_logits(logits, isRainy).ToDouble());
    }
}
