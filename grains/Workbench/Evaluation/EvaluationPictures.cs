using Darkroom.Imaging;
using Darkroom.Imaging.Codecs;
using Darkroom.Imaging.Raw;
using Darkroom.Imaging.Samples;
using Darkroom.Models.Pipelines;

namespace Darkroom.Workbench.Evaluation;

/// <summary>Reads pictures for an evaluation as a pipeline takes them, and degrades clean ones.</summary>
/// <param name="input">What the pipeline takes.</param>
/// <param name="options">What is added, and which piece is looked at.</param>
internal sealed class EvaluationPictures(PixelEncoding input, EvaluationOptions options)
{
    private const int WhiteLevel = 16383;                                       // of 14 bits
    private const int BlackLevel = 512;

    // A camera in between: usual factors of daylight, and a matrix whose rows keep white.
    private static readonly NightSensor Camera = new(
        new RawLevels(BayerPattern.Rggb, RawPlanes.All(BlackLevel), RawPlanes.All(WhiteLevel)),
        new RawMetadata { Camera = "Darkroom night sensor", WhiteBalance = new RawPlanes(2, 1, 1.6, 1) });

    private readonly ImageDecoder decoder = new(new ImagingOptions());
    private readonly RawDecoder raw = new(new ImagingOptions());

    /// <summary>Reads the ground truth.</summary>
    public async Task<PlanarImage?> ReadReferenceAsync(EvaluationItem item, CancellationToken cancellationToken) => item.ReferencePath is { } path
        ? Crop(await ReadAsync(path, file => decoder.Decode(file), cancellationToken).ConfigureAwait(false))
        : null;

    /// <summary>Reads or makes the degraded picture. What a person sees of linear light is its <see cref="PlanarImage.Rendered"/>.</summary>
    /// <param name="item">The picture.</param>
    /// <param name="reference">The ground truth, or null.</param>
    /// <param name="index">Its number in the set, from 0: what the added noise depends on.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="ArgumentException">The pipeline takes RAW files only, and this is none.</exception>
    public async Task<PlanarImage> ReadDegradedAsync(EvaluationItem item, PlanarImage? reference, int index, CancellationToken cancellationToken)
    {
        if (item.DegradedPath is null && options.Added is { NightRatio: > 0 } night)
            return Develop(Camera.Take(reference!, night.NightRatio, unchecked((int)options.Seed + index)), item.Name);
        if (item.DegradedPath is null)
            return RequireSrgb(Add(reference!, index), item.Name);
        if (input == PixelEncoding.Srgb)
            return Crop(await ReadAsync(item.DegradedPath, file => decoder.Decode(file), cancellationToken).ConfigureAwait(false));
        var mosaic = await ReadAsync(item.DegradedPath, file => raw.TryRead(file) ?? throw NotRaw(item.Name), cancellationToken).ConfigureAwait(false);
        return Develop(mosaic, item.Name);
    }

    private PlanarImage Develop(RawMosaic mosaic, string name)
    {
        if (input == PixelEncoding.Srgb)
            return Crop(RawDecoder.Rendered(mosaic));
        if (options.Crop is not null)
            throw new ArgumentException($"'{name}' is developed as a whole; --crop cannot be used with a pipeline of RAW files.");
        var linear = RawDecoder.Linear(mosaic);
        linear.Rendered = RawDeveloper.Render(linear, mosaic.Metadata.Matrix);
        return linear;
    }

    private PlanarImage Add(PlanarImage clean, int index)
    {
        var added = options.Added!;
        var seed = unchecked((int)options.Seed + index);
        var picture = added.Rain > 0 ? SampleDegradation.AddRain(clean, added.Rain, seed) : clean;
        if (added.Stops > 0)
            picture = SampleDegradation.Darken(picture, Math.Pow(2, -added.Stops), shotNoise: 0, seed);
        return GaussianNoise.Add(picture, added.Sigma, options.Seed, index);
    }

    private PlanarImage RequireSrgb(PlanarImage picture, string name) => input == PixelEncoding.Srgb ? picture : throw NotRaw(name);

    private static ArgumentException NotRaw(string name) => new(
        $"The pipeline develops RAW files ({RawDecoder.Names}) and '{name}' is none; give RAW files with --pairs, or clean pictures with --night, or choose another pipeline.");

    private static async Task<T> ReadAsync<T>(string path, Func<byte[], T> decode, CancellationToken cancellationToken)
    {
        var file = await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
        try
        {
            return decode(file);
        }
        catch (InvalidImageException error)
        {
            throw new InvalidImageException(error.Fault, $"{path}: {error.Message}", error);
        }
    }

    // The middle piece, or all of a side that is shorter.
    private PlanarImage Crop(PlanarImage picture)
    {
        if (options.Crop is not { } side)
            return picture;
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
}
