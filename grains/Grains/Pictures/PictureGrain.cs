using Darkroom.Contracts.Images;
using Darkroom.Grains.Sessions;

namespace Darkroom.Grains.Pictures;

/// <summary>One stored file. Its turns come one after the other, so that the same size is drawn once for all who ask at once.</summary>
[GrainType("picture")]
internal sealed class PictureGrain(SourceReader sources, PictureRenderer renderer) : Grain, IPictureGrain
{
    private ImageRef? identity;

    /// <inheritdoc/>
    public async Task<ImageRef> IdentifyAsync(CancellationToken cancellationToken) =>
        identity ??= await sources.IdentifyAsync(this.GetPrimaryKeyString(), cancellationToken);

    /// <inheritdoc/>
    public async Task<ImageRef> RenderAsync(RenderRequest request, CancellationToken cancellationToken)
    {
        request.Validate();
        return await renderer.RenderAsync(await IdentifyAsync(cancellationToken), request, cancellationToken);
    }
}
