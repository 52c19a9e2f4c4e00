using Darkroom.Imaging;
using Darkroom.Imaging.Codecs;
using Darkroom.Imaging.Metrics;
using Darkroom.Models.Describers;
using Darkroom.Models.Pipelines;

namespace Darkroom.Workbench.Evaluation;

/// <summary>Degrades, restores and measures pictures.</summary>
/// <remarks>
/// The usual convention: the restored picture is clamped, rounded to 8 bit and compared with the 8-bit reference over all
/// channels. Noise that was added is neither clipped nor rounded before the network sees it, nor when the input is measured.
/// </remarks>
/// <param name="restorer">What restores.</param>
/// <param name="options">What is added and said.</param>
/// <param name="time">The clock.</param>
public sealed class Evaluator(PictureRestorer restorer, EvaluationOptions options, TimeProvider time)
{
    private readonly ImageDecoder decoder = new(new ImagingOptions());

    /// <summary>Evaluates one picture.</summary>
    /// <param name="item">The picture.</param>
    /// <param name="index">Its number in the set, from 0: what its noise depends on.</param>
    /// <param name="cancellationToken">Stops between two tiles.</param>
    /// <exception cref="InvalidImageException">A file is no picture, or a damaged one.</exception>
    /// <exception cref="ArgumentException">The two pictures of a pair differ in size.</exception>
    public async Task<EvaluationResult> EvaluateAsync(EvaluationItem item, int index, CancellationToken cancellationToken)
    {
        var reference = await ReadAsync(item.ReferencePath, cancellationToken).ConfigureAwait(false);
        var degraded = options.Sigma is { } sigma
            ? GaussianNoise.Add(reference, sigma, options.Seed, index)
            : await ReadAsync(item.DegradedPath!, cancellationToken).ConfigureAwait(false);
        if (degraded.Width != reference.Width || degraded.Height != reference.Height)
            throw new ArgumentException(
                $"'{item.DegradedPath}' has {degraded.Width} x {degraded.Height} pixels and '{item.ReferencePath}' {reference.Width} x {reference.Height}; a pair has equal sizes.");
        if (degraded.IsGrey != reference.IsGrey)
            (degraded, reference) = (ToColour(degraded), ToColour(reference));

        var start = time.GetTimestamp();
        var instruction = InstructionFor(degraded);
        var restored = restorer.Restore(degraded, instruction, cancellationToken);
        var elapsed = time.GetElapsedTime(start);

        // Whole levels compare with whole levels; the input with added noise has no levels.
        var inputPlanes = options.OnLuma ? MeasuredPlanes.StudioLuma : options.Sigma is null ? MeasuredPlanes.Channels8 : MeasuredPlanes.Channels;
        var outputPlanes = options.OnLuma ? MeasuredPlanes.StudioLuma : MeasuredPlanes.Channels8;
        return new EvaluationResult(
            item, reference, degraded, restored, instruction.Text,
            Measure(degraded, reference, inputPlanes), Measure(restored, reference, outputPlanes), elapsed);
    }

    private static Quality Measure(PlanarImage picture, PlanarImage reference, MeasuredPlanes planes) =>
        new(Psnr.Compute(picture, reference, planes), Ssim.Compute(picture, reference, planes));

    private Instruction InstructionFor(PlanarImage degraded) => new(
        InstructionKind.Restore,
        options.TextSource switch
        {
            TextSource.Given => options.Text,
            TextSource.True => Sentences(isDark: false, isRainy: false, options.Sigma.GetValueOrDefault()),
            TextSource.False => Sentences(isDark: true, isRainy: true, sigma: 0),
            _ => restorer.Describe(degraded)?.Text ?? string.Empty,
        });

    private static string Sentences(bool isDark, bool isRainy, double sigma) =>
        $"{DegradationSentences.Lighting(isDark)} {DegradationSentences.Rain(isRainy)} {DegradationSentences.Noise(sigma)}";

    private async Task<PlanarImage> ReadAsync(string path, CancellationToken cancellationToken)
    {
        PlanarImage picture;
        try
        {
            picture = await decoder.DecodeFileAsync(path, cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidImageException error)
        {
            throw new InvalidImageException(error.Fault, $"{path}: {error.Message}", error);
        }

        return options.Crop is { } side ? Crop(picture, side) : picture;
    }

    // The middle piece, or all of a side that is shorter.
    private static PlanarImage Crop(PlanarImage picture, int side)
    {
        var (width, height) = (Math.Min(side, picture.Width), Math.Min(side, picture.Height));
        var (left, top) = ((picture.Width - width) / 2, (picture.Height - height) / 2);
        var piece = new PlanarImage(width, height, picture.IsGrey, picture.BitDepth);
        for (var c = 0; c < picture.Channels; c++)
        {
            for (var y = 0; y < height; y++)
                picture.Row(c, top + y).Slice(left, width).CopyTo(piece.Row(c, y));
        }

        return piece;
    }

    private static PlanarImage ToColour(PlanarImage picture)
    {
        if (!picture.IsGrey)
            return picture;
        var colour = new PlanarImage(picture.Width, picture.Height, isGrey: false, picture.BitDepth);
        picture.ReadTile(0, 0, picture.Width, picture.Height, colour.Pixels);
        return colour;
    }
}
