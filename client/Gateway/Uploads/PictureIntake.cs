using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Images;
using Darkroom.Gateway.Identity;
using Darkroom.Gateway.Problems;
using Darkroom.Storage;
using Microsoft.Extensions.Options;

namespace Darkroom.Gateway.Uploads;

/// <summary>Takes pictures in: streams them to the content store, has the cluster look what they are, and notes whose they are.</summary>
internal sealed class PictureIntake(Caller caller, ContentStore contents, TenantIndex index, IGrainFactory grains, IOptions<GatewayOptions> options)
{
    /// <summary>Takes a picture in.</summary>
    /// <param name="file">The file, read once; never held whole in memory.</param>
    /// <param name="cancellationToken">Stops it; nothing is left.</param>
    /// <exception cref="InvalidImageException">It is not a picture, damaged, or has too many pixels; nothing is left of it.</exception>
    /// <exception cref="ProblemException">It is too large; nothing is left of it.</exception>
    public async Task<ImageRef> TakeAsync(Stream file, CancellationToken cancellationToken)
    {
        var limit = options.Value.MaxPictureBytes;
        var limited = new LimitedStream(file, limit, () => ProblemException.TooLarge("The picture", limit, nameof(GatewayOptions.MaxPictureBytes)));
        await using (limited)
        {
            var (kept, receipt) = await contents.AddAsync(limited, cancellationToken: cancellationToken);
            try
            {
                var picture = await grains.GetGrain<IPictureGrain>(kept.Hash).IdentifyAsync(cancellationToken);
                await index.AddAsync(caller.Tenant, TenantIndex.Pictures, kept.Hash, cancellationToken);
                return picture;
            }
            catch (InvalidImageException) when (receipt is not null)
            {
                // Unless somebody else keeps the same bytes, as something else than a picture.
                await contents.TakeBackAsync(receipt, CancellationToken.None);
                throw;
            }
        }
    }

    /// <summary>Finds a picture that was taken in before.</summary>
    /// <exception cref="ProblemException">The tenant has no such picture.</exception>
    public async Task<ImageRef> FindAsync(string hash, CancellationToken cancellationToken)
    {
        if (!ContentRef.IsHash(hash) || !await caller.OwnsAsync(hash, cancellationToken))
            throw ProblemException.NotFound("There is no picture of that hash; upload it first.");
        return await grains.GetGrain<IPictureGrain>(hash).IdentifyAsync(cancellationToken);
    }
}
