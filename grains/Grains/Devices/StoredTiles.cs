using Darkroom.Storage;

namespace Darkroom.Grains.Devices;

/// <summary>Takes finished tiles from the blob store into a run's result: those done before it was taken up, and those done elsewhere.</summary>
internal sealed class StoredTiles(RunBlobs blobs)
{
    /// <summary>Adds the tiles of a range that the result does not have.</summary>
    /// <param name="device">The device of the run's model, which makes pixels of latents.</param>
    /// <param name="workspace">A run, not a part of one.</param>
    /// <param name="first">The first tile.</param>
    /// <param name="end">The tile after the last one.</param>
    /// <param name="cancellationToken">Stops before the next tile.</param>
    /// <exception cref="BlobNotFoundException">A tile is not there.</exception>
    public async Task AddAsync(DeviceExecutor device, RunWorkspace workspace, int first, int end, CancellationToken cancellationToken)
    {
        for (var tile = first; tile < end; tile++)
        {
            if (workspace.Blender!.Has(tile))
                continue;
            var (latent, none) = await blobs.ReadAsync(TileKeeper.NameOf(workspace.RunId, tile), device.Device, cancellationToken);
            using (latent)
            using (none)
                await RunStepper.AddTileAsync(device, workspace, tile, latent!, cancellationToken);
        }
    }
}
