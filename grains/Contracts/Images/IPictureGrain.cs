using Darkroom.Contracts.Errors;

namespace Darkroom.Contracts.Images;

/// <summary>Knows a stored file. The key is its hash in the content store.</summary>
/// <remarks>Pixels stay in the silo: what is drawn goes to the content store, and its name comes back.</remarks>
[Alias("Darkroom.IPictureGrain")]
public interface IPictureGrain : IGrainWithStringKey
{
    /// <summary>Tells what the file is; only its header is read.</summary>
    /// <exception cref="InvalidImageException">It is missing, not a picture, damaged, or larger than allowed.</exception>
    /// <exception cref="StorageFailedException">The blob store failed.</exception>
    [Alias("IdentifyAsync")]
    Task<ImageRef> IdentifyAsync(CancellationToken cancellationToken);

    /// <summary>Draws the picture in another size or format; the same is drawn once and kept.</summary>
    /// <returns>What was drawn; the picture itself where that is what was asked for.</returns>
    /// <exception cref="InvalidImageException">It is missing, not a picture, damaged, or larger than allowed.</exception>
    /// <exception cref="InvalidRequestException">The request has a value that is not allowed.</exception>
    /// <exception cref="StorageFailedException">The blob store failed.</exception>
    [Alias("RenderAsync")]
    Task<ImageRef> RenderAsync(RenderRequest request, CancellationToken cancellationToken);
}
