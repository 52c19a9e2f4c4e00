using Darkroom.Imaging;
using Darkroom.Imaging.Metrics;
using Darkroom.Models.Describers;
using Darkroom.Models.Pipelines;
using Darkroom.Workbench.Evaluation.Metrics;

namespace Darkroom.Workbench.Evaluation;

/// <summary>Degrades, restores and measures pictures.</summary>
/// <remarks>
/// The usual convention: the restored picture is clamped, rounded to 8 bit and compared with the 8-bit reference over all
/// channels. Noise that was added is neither clipped nor rounded before the network sees it, nor when the input is measured.
/// </remarks>
/// <param name="restorer">What restores.</param>
/// <param name="options">What is added and said.</param>
/// <param name="time">The clock.</param>
/// <param name="metrics">What is measured beside PSNR and SSIM; not disposed.</param>
public sealed class Evaluator(PictureRestorer restorer, EvaluationOptions options, TimeProvider time, IReadOnlyList<IPictureMetric>? metrics = null)
{
    private readonly EvaluationPictures pictures = new(restorer.Input, options);

    /// <summary>Evaluates one picture.</summary>
    /// <param name="item">The picture.</param>
    /// <param name="index">Its number in the set, from 0: what its noise depends on.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    /// <exception cref="InvalidImageException">A file is no picture, or a damaged one.</exception>
    /// <exception cref="ArgumentException">The two pictures of a pair differ in size, or the pipeline cannot take the picture or the settings.</exception>
    public async Task<EvaluationResult> EvaluateAsync(EvaluationItem item, int index, CancellationToken cancellationToken)
    {
        var reference = await pictures.ReadReferenceAsync(item, cancellationToken).ConfigureAwait(false);
        var degraded = await pictures.ReadDegradedAsync(item, reference, index, cancellationToken).ConfigureAwait(false);
        var seen = degraded.Rendered ?? degraded;
        if (reference is not null && (seen.Width != reference.Width || seen.Height != reference.Height))
            throw new ArgumentException(
                $"'{item.DegradedPath}' has {seen.Width} x {seen.Height} pixels and '{item.ReferencePath}' {reference.Width} x {reference.Height}; a pair has equal sizes.");
        if (reference is not null && seen.IsGrey != reference.IsGrey)
            (degraded, seen, reference) = (ToColour(degraded), ToColour(seen), ToColour(reference));

        var start = time.GetTimestamp();
        var instruction = InstructionFor(seen);
        var restored = restorer.Restore(degraded, instruction, options.Settings with { Seed = unchecked(options.Settings.Seed + (ulong)index) }, cancellationToken);
        var elapsed = time.GetElapsedTime(start);

        // Whole levels compare with whole levels; the input with added noise has no levels.
        var inputPlanes = options.OnLuma ? MeasuredPlanes.StudioLuma : options.Added is null ? MeasuredPlanes.Channels8 : MeasuredPlanes.Channels;
        var outputPlanes = options.OnLuma ? MeasuredPlanes.StudioLuma : MeasuredPlanes.Channels8;
        return new EvaluationResult(
            item, reference, seen, restored, instruction.Text, Measure(seen, reference, inputPlanes), Measure(restored, reference, outputPlanes), elapsed)
        {
            More = [.. MeasureMore(seen, restored, reference)],
        };
    }

    private static Quality? Measure(PlanarImage picture, PlanarImage? reference, MeasuredPlanes planes) => reference is null
        ? null
        : new(Psnr.Compute(picture, reference, planes), Ssim.Compute(picture, reference, planes));

    private IEnumerable<MetricValue> MeasureMore(PlanarImage degraded, PlanarImage restored, PlanarImage? reference)
    {
        if (metrics is not { Count: > 0 })
            yield break;
        var (input, output) = (EightBit.Of(degraded), EightBit.Of(restored));
        foreach (var metric in metrics.Where(metric => reference is not null || !metric.NeedsReference))
        {
            yield return new MetricValue(
                metric.Name, metric.Measure(input, reference), metric.Measure(output, reference),
                metric.NeedsReference || reference is null ? null : metric.Measure(reference, null));
        }
    }

    private Instruction InstructionFor(PlanarImage degraded) => new(
        InstructionKind.Restore,
        options.TextSource switch
        {
            TextSource.Given => options.Text,
            TextSource.True => Sentences(options.Added!.Stops > 0, options.Added.Rain > 0, options.Added.Sigma),
            TextSource.False => Sentences(isDark: true, isRainy: true, sigma: 0),
            _ => restorer.Describe(degraded)?.Text ?? string.Empty,
        });

    private static string Sentences(bool isDark, bool isRainy, double sigma) =>
        $"{DegradationSentences.Lighting(isDark)} {DegradationSentences.Rain(isRainy)} {DegradationSentences.Noise(sigma)}";

    private static PlanarImage ToColour(PlanarImage picture)
    {
        if (!picture.IsGrey)
            return picture;
        var colour = new PlanarImage(picture.Width, picture.Height, isGrey: false, picture.BitDepth);
        picture.ReadTile(0, 0, picture.Width, picture.Height, colour.Pixels);
        return colour;
    }
}
