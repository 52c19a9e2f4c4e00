using Darkroom.Contracts.Devices;
using Darkroom.Models.Pipelines;
using static TorchSharp.torch;

namespace Darkroom.Grains.Devices;

/// <summary>Takes the steps of a run, tile after tile, and writes its checkpoints.</summary>
internal sealed class RunStepper(RunBlobs blobs, EncodedTiles encoded, RunPreviews previews)
{
    /// <summary>Gets the blob name of a finished tile's latent.</summary>
    public static string TileName(string runId, int tile) => $"{RunBlobs.FolderOf(runId)}tile-{tile}";

    /// <summary>Advances a run.</summary>
    /// <param name="device">The device of the run's model.</param>
    /// <param name="workspace">The run.</param>
    /// <param name="maxSteps">Stop after so many steps.</param>
    /// <param name="checkpointName">Write a checkpoint of this name when stopping before the end, or null.</param>
    /// <param name="previewEverySteps">Show a preview after every so many steps; 0 for never.</param>
    /// <param name="cancellationToken">Stops before the next step.</param>
    public async Task<RunAdvance> AdvanceAsync(
        DeviceExecutor device, RunWorkspace workspace, int maxSteps, string? checkpointName, int previewEverySteps, CancellationToken cancellationToken)
    {
        // Without a checkpoint there is nothing to go on from: such a run takes its steps in any case.
        bool IsEnough() => workspace.IsYielding && checkpointName is not null;
        for (var left = maxSteps; left > 0 && !workspace.IsDone && !IsEnough();)
        {
            cancellationToken.ThrowIfCancellationRequested();
            workspace.Latent ??= await EncodeAsync(device, workspace, cancellationToken);
            var steps = Math.Min(left, workspace.Prepared.StepCount - workspace.Step);
            var before = workspace.Step;
            if (previewEverySteps > 0)
                steps = Math.Min(steps, previewEverySteps - (workspace.Step % previewEverySteps));
            var stepped = await device.StepAsync(new StepWork(
                workspace.Model, workspace.Latent, workspace.Context(), steps, next => workspace.Step = next, workspace.Class, cancellationToken, IsEnough));
            workspace.Latent.Dispose();
            workspace.Latent = stepped;
            left -= workspace.Step - before;
            if (workspace.Step == workspace.Prepared.StepCount)
                await EndTileAsync(device, workspace, checkpointName is not null, previewEverySteps > 0, cancellationToken);
            else if (previewEverySteps > 0 && workspace.Step % previewEverySteps == 0)
                await previews.ShowAsync(device, workspace, cancellationToken);
        }

        return new RunAdvance(workspace.IsDone || checkpointName is null ? null : await WriteCheckpointAsync(workspace, checkpointName, cancellationToken));
    }

    /// <summary>Turns a tile's last latent into pixels and adds them to the result.</summary>
    /// <returns>The pixels, valid until the workspace's next tile.</returns>
    public static async Task<float[]> AddTileAsync(DeviceExecutor device, RunWorkspace workspace, Tensor latent, CancellationToken cancellationToken)
    {
        var pixels = workspace.TilePixels;
        await device.RunAsync(() => PictureTensors.Copy(workspace.Model.Pipeline.Finish(latent), pixels), workspace.Class, isAdmitted: true, cancellationToken);
        workspace.Blender.Add(workspace.Plan.Tiles[workspace.TilesDone], pixels);
        return pixels;
    }

    private async Task<Tensor> EncodeAsync(DeviceExecutor device, RunWorkspace workspace, CancellationToken cancellationToken)
    {
        var tile = workspace.Plan.Tiles[workspace.TilesDone];
        var pixels = workspace.TilePixels;
        workspace.Source.ReadTile(tile.X, tile.Y, tile.Width, tile.Height, pixels);
        var pipeline = workspace.Model.Pipeline;
        if (pipeline is not IPictureEncoder encoder)
            return await device.RunAsync(() => pipeline.Encode(ToTensor(), workspace.Context()).DetachFromDisposeScope(), workspace.Class, isAdmitted: true, cancellationToken);
        var key = EncodedTileKey.Of(device.Name, pipeline.Profile.ModelHash, tile.Width, tile.Height, pixels);
        return await device.RunAsync(() => encoded.Begin(encoder, key, ToTensor, workspace.Context()), workspace.Class, isAdmitted: true, cancellationToken);

        Tensor ToTensor() => PictureTensors.ToTensor(pixels, [1, 3, tile.Height, tile.Width], device.Device);
    }

    private async Task EndTileAsync(DeviceExecutor device, RunWorkspace workspace, bool isCheckpointed, bool isShown, CancellationToken cancellationToken)
    {
        var pixels = await AddTileAsync(device, workspace, workspace.Latent!, cancellationToken);
        if (isShown)
            RunPreviews.Add(workspace, pixels);
        if (isCheckpointed)
            await blobs.WriteAsync(TileName(workspace.RunId, workspace.TilesDone), workspace.Latent, null, cancellationToken);
        workspace.Latent!.Dispose();
        workspace.Latent = null;
        workspace.Step = 0;
        workspace.TilesDone++;
    }

    private async Task<RunCheckpoint> WriteCheckpointAsync(RunWorkspace workspace, string name, CancellationToken cancellationToken)
    {
        await blobs.WriteAsync(name, workspace.Latent, workspace.Prepared.Conditioning, cancellationToken);
        return new RunCheckpoint(
            name, workspace.TilesDone, workspace.Step, workspace.Model.Pipeline.Profile.ModelHash,
            workspace.Prepared.Description, workspace.Prepared.Instruction);
    }
}
