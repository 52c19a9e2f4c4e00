using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Images;
using Darkroom.Imaging;
using Darkroom.Imaging.Codecs;
using Darkroom.Imaging.Raw;

namespace Darkroom.Grains.Devices;

/// <summary>Reads pictures of the blob store as pipelines take them.</summary>
internal sealed class PictureReader(RunBlobs blobs, ImagingOptions imaging)
{
    private readonly ImageDecoder decoder = new(imaging);
    private readonly RawDecoder raw = new(imaging);

    /// <summary>Reads a picture as sRGB; a RAW file is developed for the eye.</summary>
    /// <param name="hash">The file.</param>
    /// <param name="gain">The digital gain of a RAW file, or null for the automatic one.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public async Task<PlanarImage> ReadAsync(string hash, double? gain, CancellationToken cancellationToken)
    {
        var file = await blobs.ReadPictureAsync(hash, imaging.MaxFileSizeBytes, cancellationToken);
        return Decode(() => gain is not null && raw.TryRead(file) is { } mosaic ? RawDecoder.Rendered(mosaic, gain) : decoder.Decode(file));
    }

    /// <summary>Reads a RAW file as linear light, with the picture for the eye beside it.</summary>
    /// <param name="source">The file.</param>
    /// <param name="gain">The digital gain, or null for the automatic one.</param>
    /// <param name="pipeline">Who wants it, for the message.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="InvalidRequestException">The file is not RAW.</exception>
    public async Task<PlanarImage> ReadLinearAsync(ImageRef source, double? gain, string pipeline, CancellationToken cancellationToken)
    {
        var file = await blobs.ReadPictureAsync(source.Hash, imaging.MaxFileSizeBytes, cancellationToken);
        return Decode(() =>
        {
            var mosaic = raw.TryRead(file) ?? throw new InvalidRequestException(
                $"The pipeline '{pipeline}' develops RAW files ({RawDecoder.Names}); this picture is {source.MediaType}. Send the RAW file, or choose another pipeline.");
            var linear = RawDecoder.Linear(mosaic, gain);
            linear.Rendered = RawDeveloper.Render(linear, mosaic.Metadata.Matrix);
            return linear;
        });
    }

    private static PlanarImage Decode(Func<PlanarImage> decode)
    {
        try
        {
            return decode();
        }
        catch (Imaging.InvalidImageException error)
        {
            throw new Contracts.Errors.InvalidImageException(error.Message, error);
        }
    }
}
