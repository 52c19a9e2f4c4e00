using System.Globalization;
using Darkroom.Models.Describers;
using Darkroom.Models.Llmra;
using Darkroom.Models.Training.Data;
using Darkroom.Models.Training.Loop;
using TorchSharp;
using static TorchSharp.torch;

namespace Darkroom.Models.Training.Recipes;

/// <summary>How well the tone estimator does on pictures that it was not trained on.</summary>
/// <param name="Count">Number of such pictures.</param>
/// <param name="Missed">Share of the under-exposed ones that it does not call so.</param>
/// <param name="FalseAlarms">Share of the others that it calls under-exposed.</param>
/// <param name="Error">Mean absolute error of the brightened pictures, sRGB in 0..1.</param>
public sealed record ToneTrainingResult(int Count, double Missed, double FalseAlarms, double Error);

/// <summary>Trains the describer's tone estimator: whether a picture is under-exposed, and the curve that undoes it.</summary>
public sealed class ToneRecipe : ITrainingRecipe
{
    private const int HeldEvery = 10;                                           // every tenth picture is held back
    private const int HeldCount = 512;
    private const double CurveWeight = 4;                                       // an error of 0.1 counts like 0.4 nats

    private readonly LlmraTrainingOptions options;
    private readonly LlmraParts parts;
    private readonly IReadOnlyList<TrainingTile> learnt;
    private readonly IReadOnlyList<TrainingTile> held;

    /// <summary>Loads the checkpoint.</summary>
    /// <param name="options">The recipe.</param>
    /// <param name="setup">Base, output and pictures; the device is the CPU.</param>
    public ToneRecipe(LlmraTrainingOptions options, TrainingSetup setup)
    {
        this.options = options;
        parts = new LlmraParts(options, setup);
        var tiles = setup.Pictures.Tiles;
        held = [.. tiles.Where((_, index) => index % HeldEvery == 0)];
        learnt = tiles.Count > 1 ? [.. tiles.Where((_, index) => index % HeldEvery != 0)] : held;
        parts.Describer.Tone.train();
        Parts = [new TrainedPart("tone", [.. parts.Describer.Tone.named_parameters()], Compute)];
    }

    /// <inheritdoc/>
    public IReadOnlyList<TrainedPart> Parts { get; }

    /// <summary>Gets how well the last exported estimator does.</summary>
    public ToneTrainingResult? Result { get; private set; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Summary => Result is null
        ? []
        : [string.Create(CultureInfo.InvariantCulture,
            $"Tone, {Result.Count} pictures not trained on: {Result.Missed:P1} of the dark ones missed, {Result.FalseAlarms:P1} of the others called dark; brightened ones are {255 * Result.Error:F1} levels off.")];

    /// <inheritdoc/>
    public void Begin()
    {
    }

    /// <inheritdoc/>
    public void Export()
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var generator = new Generator((ulong)options.Seed);
        var estimate = Estimate(Draw(held, HeldCount, new Random(options.Seed), generator));
        var said = (estimate.Logits.sigmoid() > BuiltInDescriber.DarkThreshold).to(ScalarType.Float32);
        var (dark, lit) = (estimate.IsDark.sum().ToDouble(), (1 - estimate.IsDark).sum().ToDouble());
        Result = new ToneTrainingResult(
            HeldCount,
            ((1 - said) * estimate.IsDark).sum().ToDouble() / Math.Max(1, dark),
            (said * (1 - estimate.IsDark)).sum().ToDouble() / Math.Max(1, lit),
            estimate.CurveLoss.ToDouble());
        parts.Save(parts.RainHead);
    }

    /// <inheritdoc/>
    public void Dispose() => parts.Dispose();

    private StepLosses Compute(TrainingDraw draw)
    {
        Batch batch;
        using (no_grad())
            batch = Draw(learnt, options.BatchSize, draw.Random, draw.Generator);
        var estimate = Estimate(batch);
        var telling = nn.functional.binary_cross_entropy_with_logits(estimate.Logits, estimate.IsDark);
        return new StepLosses(telling + (CurveWeight * estimate.CurveLoss), ("dark", telling), ("curve", estimate.CurveLoss));
    }

    private (Tensor Logits, Tensor IsDark, Tensor CurveLoss) Estimate(Batch batch)
    {
        var estimates = parts.Describer.Tone.call(batch.Overview);              // [B, 5]
        var (gain, shoulder) = ToneEstimator.Curve(estimates, batch.Overview.shape[0]);
        var brightened = ToneCurve.Apply(batch.Overview, gain, shoulder).clamp(max: 1);
        var errors = (brightened - batch.Lit).abs().mean([1, 2, 3]);            // [B]
        return (estimates.select(1, 0), batch.IsDark, (errors * batch.IsDark).sum() / batch.IsDark.sum().clamp(min: 1));
    }

    private static Batch Draw(IReadOnlyList<TrainingTile> tiles, int count, Random random, Generator generator)
    {
        var pictures = Enumerable.Range(0, count).Select(_ => TonePicture.Draw(tiles, random, generator)).ToArray();
        return new Batch(
            stack(pictures.Select(picture => picture.Overview).ToArray()), stack(pictures.Select(picture => picture.Lit).ToArray()),
            tensor(pictures.Select(picture => picture.IsDark ? 1f : 0f).ToArray()));
    }

    private sealed record Batch(Tensor Overview, Tensor Lit, Tensor IsDark);
}
