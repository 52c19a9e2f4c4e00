using Darkroom.Contracts.Images;
using Darkroom.Contracts.Jobs;
using Darkroom.Grains.Sessions;
using Darkroom.Imaging;
using Darkroom.Storage;
using Microsoft.Extensions.Options;
using InvalidImageException = Darkroom.Contracts.Errors.InvalidImageException;

namespace Darkroom.Grains.Jobs;

/// <summary>Finds the picture of a manifest's line.</summary>
internal sealed class JobSources(IBlobStore blobs, ContentStore contents, TenantIndex index, SourceReader reader, IOptions<ImagingOptions> options)
{
    /// <summary>Names the picture; one that is a named blob is kept in the content store from now on.</summary>
    /// <exception cref="InvalidImageException">It is missing, not a picture, or larger than allowed.</exception>
    /// <exception cref="BlobStoreException">The blob store failed.</exception>
    public async Task<ImageRef> ReadAsync(string tenant, JobItem item, CancellationToken cancellationToken) =>
        await reader.IdentifyAsync(item.Hash ?? await KeepAsync(tenant, JobLister.UploadsOf(tenant) + item.Name, cancellationToken), cancellationToken);

    private async Task<string> KeepAsync(string tenant, string name, CancellationToken cancellationToken)
    {
        try
        {
            await using var content = await blobs.OpenReadAsync(name, default, cancellationToken);
            var size = content.Properties.SizeBytes;
            if (size > options.Value.MaxFileSizeBytes)
                throw new InvalidImageException($"The file has {size} bytes; at most {options.Value.MaxFileSizeBytes} are allowed ({ImagingOptions.SectionName}:{nameof(ImagingOptions.MaxFileSizeBytes)}).");
            var kept = await contents.PutNotedAsync(
                content.Stream, content.Properties.ContentType, hash => index.AddAsync(tenant, TenantIndex.Pictures, hash, cancellationToken), cancellationToken);
            return kept.Hash;
        }
        catch (BlobNotFoundException error)
        {
            throw new InvalidImageException($"There is no blob '{name}'.", error);
        }
    }
}
