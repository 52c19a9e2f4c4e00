using Darkroom.Contracts.Devices;
using Darkroom.Models.Pipelines;
using Microsoft.Extensions.Logging;
using static TorchSharp.torch;

namespace Darkroom.Grains.Devices;

/// <summary>Takes the steps of a run, tile after tile, and writes its checkpoints.</summary>
internal sealed class RunStepper(RunBlobs blobs, EncodedTiles encoded, RunPreviews previews, TimeProvider time, ILogger<RunStepper> logger)
{
    /// <summary>Advances a run.</summary>
    /// <param name="device">The device of the run's model.</param>
    /// <param name="workspace">The run.</param>
    /// <param name="request">How far, and with which checkpoint and previews.</param>
    /// <param name="cancellationToken">Stops before the next step.</param>
    public async Task<RunAdvance> AdvanceAsync(DeviceExecutor device, RunWorkspace workspace, StepRequest request, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        if (request.Range is { } range)
            workspace.TurnTo(range);
        var first = workspace.TilesDone;
        var previewEverySteps = request.PreviewEverySteps;
        for (var left = request.MaxSteps; left > 0 && !workspace.IsDone && !IsEnough();)
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
                await EndTileAsync(device, workspace, request, cancellationToken);
            else if (previewEverySteps > 0 && workspace.Step % previewEverySteps == 0)
                await previews.ShowAsync(device, workspace, cancellationToken);
        }

        return new RunAdvance((workspace.IsDone && workspace.IsAlone) || request.CheckpointName is null ? null : await CheckpointAsync(workspace, request.CheckpointName, cancellationToken));

        // Without a checkpoint there is nothing to go on from: such a run takes its steps in any case.
        bool IsEnough() => request.CheckpointName is not null
            && (workspace.IsYielding || (workspace.TilesDone > first && workspace.Latent is null && time.GetElapsedTime(begun) >= request.MaxTime));
    }

    /// <summary>Turns a tile's last latent into pixels and adds them to the result.</summary>
    /// <returns>The pixels, valid until the workspace's next tile.</returns>
    public static async Task<float[]> AddTileAsync(DeviceExecutor device, RunWorkspace workspace, int tile, Tensor latent, CancellationToken cancellationToken)
    {
        var pixels = workspace.TilePixels;
        await device.RunAsync(() => PictureTensors.Copy(workspace.Model.Pipeline.Finish(latent), pixels), workspace.Class, isAdmitted: true, cancellationToken);
        workspace.Blender!.Add(workspace.Plan.Tiles[tile], pixels);
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

    private async Task EndTileAsync(DeviceExecutor device, RunWorkspace workspace, StepRequest request, CancellationToken cancellationToken)
    {
        var latent = workspace.Latent!;
        if (workspace.Blender is not null)
        {
            var pixels = await AddTileAsync(device, workspace, workspace.TilesDone, latent, cancellationToken);
            if (request.PreviewEverySteps > 0)
                RunPreviews.Add(workspace, pixels);
        }

        (workspace.Latent, workspace.Step) = (null, 0);
        workspace.TilesDone++;
        // Where a tile takes one step, none is ever half done: the finished ones are shown, after as many of them.
        if (request.PreviewEverySteps > 0 && workspace is { Canvas: not null, Prepared.StepCount: 1, IsDone: false } && workspace.TilesDone % request.PreviewEverySteps == 0)
            await previews.StoreAsync(workspace, cancellationToken);
        // After the last tile there are no more checkpoints, unless others have not done theirs.
        if (request.CheckpointName is null || (workspace.IsDone && workspace.IsAlone))
            latent.Dispose();
        else
            await KeeperOf(workspace, cancellationToken).AddAsync(latent);
    }

    // A run of several steps waits for its tiles with the next checkpoint, which holds a latent that cannot be had again as cheaply;
    // and the tiles of a part are nowhere else.
    private TileKeeper KeeperOf(RunWorkspace workspace, CancellationToken cancellationToken) => workspace.Keeper ??= new TileKeeper(
        blobs, workspace.RunId, workspace.TilesDone - 1, isRequired: workspace.Prepared.StepCount > 1 || workspace.Blender is null, time, logger, cancellationToken);

    // Null if nothing came to what the last one has.
    private async Task<RunCheckpoint?> CheckpointAsync(RunWorkspace workspace, string name, CancellationToken cancellationToken)
    {
        var isLeaving = workspace.IsYielding;
        if (workspace.Keeper is { } keeper)
            await keeper.FlushAsync(isLeaving || workspace.IsDone);
        if (workspace.Latent is null && workspace.Rest is { } rest)
        {
            var kept = KeptOf(workspace);
            if (kept == rest.TilesDone && !isLeaving)
                return null;
            return workspace.Rest = rest with { TilesDone = kept };
        }

        await blobs.WriteAsync(name, workspace.Latent, workspace.Prepared.Conditioning, cancellationToken);
        var checkpoint = new RunCheckpoint(
            name, KeptOf(workspace), workspace.Step, workspace.Model.Pipeline.Profile.ModelHash, workspace.Prepared.Description, workspace.Prepared.Instruction);
        workspace.Rest = workspace.Latent is null ? checkpoint : null;
        return checkpoint;
    }

    private static int KeptOf(RunWorkspace workspace) => workspace.Keeper?.Kept ?? workspace.TilesDone;
}
