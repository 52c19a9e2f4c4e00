using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Images;
using Darkroom.Grains.Devices;
using Darkroom.Imaging;
using Darkroom.Imaging.Codecs;
using Darkroom.Storage;
using Microsoft.Extensions.Options;

namespace Darkroom.Grains.Sessions;

/// <summary>Reads what an uploaded file is: its header only, never its pixels.</summary>
internal sealed class SourceReader(RunBlobs blobs, IOptions<ImagingOptions> options)
{
    private readonly ImageDecoder decoder = new(options.Value);

    /// <summary>Names an uploaded picture.</summary>
    /// <exception cref="Contracts.Errors.InvalidImageException">It is missing, not a picture, or larger than allowed.</exception>
    /// <exception cref="StorageFailedException">The blob store failed.</exception>
    public async Task<ImageRef> IdentifyAsync(string hash, CancellationToken cancellationToken)
    {
        try
        {
            var file = await blobs.ReadPictureAsync(hash, options.Value.MaxFileSizeBytes, cancellationToken);
            var header = await Task.Run(() => decoder.Identify(file), cancellationToken);
            return new ImageRef(hash, header.Width, header.Height, ImageFormats.MediaTypeOf(header.Format), file.Length);
        }
        catch (Imaging.InvalidImageException error)
        {
            throw new Contracts.Errors.InvalidImageException(error.Message);
        }
        catch (BlobStoreException error)
        {
            throw new StorageFailedException(error.Message);
        }
    }
}
