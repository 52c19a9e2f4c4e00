using Darkroom.Contracts.Images;
using Darkroom.Contracts.Runs;
using Darkroom.Imaging;
using Darkroom.Imaging.Codecs;
using Darkroom.Imaging.Regions;
using Darkroom.Storage;

namespace Darkroom.Grains.Devices;

/// <summary>Puts a run's result together and stores it.</summary>
internal sealed class RunFinisher(RunBlobs blobs, StoredTiles tiles, TenantIndex index)
{
    /// <summary>Takes the tiles that were done elsewhere, blends the result with the input by the run's strength and region, encodes it as PNG, notes whose it is, and stores it.</summary>
    /// <returns>The stored picture: the source itself at strength 0, so that not even its file changes.</returns>
    public async Task<ImageRef> FinishAsync(DeviceExecutor device, RunWorkspace workspace, CancellationToken cancellationToken)
    {
        // What is still being written would outlive the run.
        if (workspace.Keeper is { } keeper)
            await keeper.StopAsync();
        var strength = (float)workspace.Request.Settings.Strength;
        if (strength == 0)
            return workspace.Request.Source;
        await tiles.AddAsync(device, workspace, 0, workspace.Plan.Tiles.Count, cancellationToken);
        var result = workspace.Blender!.Finish();
        if (strength < 1 || workspace.Region is not null)
            Blend(workspace.Source.Rendered ?? workspace.Source, result, strength, workspace.Region);
        var file = ImageEncoder.Encode(result, ImageFormat.Png, EncodeSettings.Intermediate);
        var mediaType = ImageFormats.MediaTypeOf(ImageFormat.Png);
        var tenant = RunKey.Parse(workspace.RunId).Tenant;
        var hash = await blobs.WritePictureAsync(file, mediaType, name => index.AddAsync(tenant, TenantIndex.Pictures, name, cancellationToken), cancellationToken);
        return new ImageRef(hash, result.Width, result.Height, mediaType, file.Length);
    }

    private static void Blend(PlanarImage source, PlanarImage result, float strength, RegionMask? region)
    {
        for (var c = 0; c < result.Channels; c++)
        {
            for (var y = 0; y < result.Height; y++)
            {
                var from = source.Row(c, y);
                var to = result.Row(c, y);
                var weights = region is null ? default : region.Row(y);
                for (var x = 0; x < to.Length; x++)
                    to[x] = from[x] + (strength * (region is null ? 1 : weights[x]) * (to[x] - from[x]));
            }
        }
    }
}
