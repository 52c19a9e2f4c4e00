using Darkroom.Contracts.Devices;
using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Runs;
using Darkroom.Grains.Describers;
using Darkroom.Imaging;
using Darkroom.Imaging.Regions;
using Darkroom.Imaging.Resampling;
using Darkroom.Models.Describers;
using Darkroom.Models.Pipelines;
using Microsoft.Extensions.Options;
using static TorchSharp.torch;

namespace Darkroom.Grains.Devices;

/// <summary>Begins runs on a device: reads and decodes the picture, describes it, encodes the words.</summary>
/// <remarks>Nothing here runs on a grain's turn: decoding is on the thread pool, networks on the device's thread.</remarks>
internal sealed class RunPreparer(RunBlobs blobs, StoredTiles tiles, WorkspaceStore workspaces, EndpointDescriber endpoint, IOptions<ImagingOptions> imaging)
{
    private readonly PictureReader pictures = new(blobs, imaging.Value);

    /// <summary>Describes a picture.</summary>
    /// <returns>What was seen, or null if the model has no describer.</returns>
    public async Task<ImageDescription?> DescribeAsync(DeviceExecutor device, string modelName, DescribeRequest request, CancellationToken cancellationToken)
    {
        var picture = await pictures.ReadAsync(request.Image.Hash, request.Gain, cancellationToken);
        using var lease = await device.Models.UseAsync(modelName);
        var model = lease.Model;
        var asked = await endpoint.AskAsync(picture, cancellationToken);
        if (asked.Description is not null || model.Describer is not { } describer)
            return asked.Description;
        var overview = Resampler.Fit(picture, Math.Max(model.Pipeline.Profile.OverviewSize, describer.OverviewSize));
        var patches = PatchSampler.Spread(picture, describer.PatchSize, PictureTensors.MaxPatches);
        var seen = await device.RunAsync(
            () => describer.Describe(PictureTensors.ToTensor(overview, device.Device), PictureTensors.ToTensor(patches, device.Device)),
            new WorkClass(RunPriority.Interactive, request.Tenant), isAdmitted: false, cancellationToken);
        return seen with { Note = asked.Note };
    }

    /// <summary>Begins a run, or takes it or a part of it up from its checkpoint.</summary>
    /// <returns>The workspace, which is kept in the store; null if there is no room for it now.</returns>
    public async Task<RunWorkspace?> PrepareAsync(DeviceExecutor device, string modelName, PrepareRequest request, CancellationToken cancellationToken)
    {
        var source = request.Request.Source;
        using var room = workspaces.TryReserve(RunWorkspace.EstimateBytes(source.Width, source.Height, isPart: request.Part is not null), device.Name);
        if (room is null)
            return null;
        var picture = await pictures.ReadAsync(source.Hash, request.Request.Settings.Gain, cancellationToken);
        if (picture.Width != source.Width || picture.Height != source.Height)
            throw new InvalidRequestException($"The request says the picture has {source.Width} x {source.Height} pixels; it has {picture.Width} x {picture.Height}.");
        var region = request.Part is null ? await ReadRegionAsync(request.Request.Settings.Region, picture, cancellationToken) : null;
        var lease = await device.Models.UseAsync(modelName);
        RunWorkspace workspace;
        try
        {
            var profile = lease.Model.Pipeline.Profile;
            if (profile.Input == PixelEncoding.LinearRaw)
                picture = await pictures.ReadLinearAsync(source, request.Request.Settings.Gain, profile.Name, cancellationToken);
            workspace = request.Checkpoint is { } checkpoint && checkpoint.ModelHash == profile.ModelHash
                ? await ResumeAsync(device, lease, request, checkpoint, picture, cancellationToken)
                : request.Part is not null
                ? throw new DeviceUnavailableException($"The part from tile {request.Part.First} was begun with another file of the model '{profile.Model}' than {device.Name} has.")
                : await BeginAsync(device, lease, request, picture, cancellationToken);
        }
        catch
        {
            lease.Dispose();
            throw;
        }

        if (cancellationToken.IsCancellationRequested)
        {
            // The run is elsewhere by now, maybe on another device of this silo.
            workspace.Dispose();
            throw new OperationCanceledException(cancellationToken);
        }

        workspace.Region = region;
        device.Load.Began(workspace.Model.Pipeline.Profile.Model, workspace.StepsLeft);
        workspaces.Add(workspace);
        return workspace;
    }

    private async Task<RunWorkspace> BeginAsync(
        DeviceExecutor device, ModelLease lease, PrepareRequest request, PlanarImage picture, CancellationToken cancellationToken)
    {
        var model = lease.Model;
        var run = request.Request;
        var overview = Resampler.Fit(picture, model.Pipeline.Profile.OverviewSize);
        // A pipeline of RAW files takes no words, so nobody is asked for some.
        var isDescribed = run.Kind == RunKind.Restore && model.Pipeline.Profile.Input != PixelEncoding.LinearRaw;
        var known = run.Description ?? (isDescribed ? (await endpoint.AskAsync(picture, cancellationToken)).Description?.Text : null);
        var describer = isDescribed && known is null ? model.Describer : null;
        var patches = describer is null ? null : PatchSampler.Spread(picture, describer.PatchSize, PictureTensors.MaxPatches);
        var looked = describer is not null && describer.OverviewSize > model.Pipeline.Profile.OverviewSize ? Resampler.Fit(picture, describer.OverviewSize) : overview;
        var meter = new DeviceMeter();
        var prepared = await device.RunAsync(
            () =>
            {
                var pixels = PictureTensors.ToTensor(overview, device.Device);
                var description = describer is null ? known : describer.Describe(PictureTensors.ToTensor(looked, device.Device), PictureTensors.ToTensor(patches!, device.Device)).Text;
                return Prepare(model.Pipeline, pixels, run, description);
            },
            new WorkClass(run.Priority, RunKey.Parse(request.RunId).Tenant, meter), isAdmitted: false, cancellationToken);
        return new RunWorkspace(request.RunId, run, picture, device.Name, lease, prepared, meter);
    }

    private static PreparedRun Prepare(IRestorationPipeline pipeline, Tensor overview, RunRequest run, string? description)
    {
        var instruction = RunInstruction.Of(run, description);
        var settings = RunInstruction.Settings(run.Settings);
        try
        {
            pipeline.CountSteps(settings);                                      // settings that are not offered are refused before any work
            var conditioning = pipeline.Prepare(overview, instruction, settings);
            try
            {
                return new PreparedRun(conditioning, pipeline.CountSteps(settings, conditioning), description, conditioning.Words ?? instruction.Text);
            }
            catch
            {
                conditioning.Dispose();
                throw;
            }
        }
        catch (ArgumentException error)
        {
            throw new InvalidRequestException(error.Message, error);
        }
    }

    private async Task<RunWorkspace> ResumeAsync(
        DeviceExecutor device, ModelLease lease, PrepareRequest request, RunCheckpoint checkpoint, PlanarImage picture, CancellationToken cancellationToken)
    {
        var (latent, conditioning) = await blobs.ReadAsync(checkpoint.BlobName, device.Device, cancellationToken);
        try
        {
            var steps = lease.Model.Pipeline.CountSteps(RunInstruction.Settings(request.Request.Settings), conditioning);
            var workspace = new RunWorkspace(
                request.RunId, request.Request, picture, device.Name, lease, new PreparedRun(conditioning, steps, checkpoint.Description, checkpoint.Instruction), part: request.Part)
            {
                Latent = latent,
                TilesDone = checkpoint.TilesDone,
                Step = checkpoint.Step,
                Rest = latent is null ? checkpoint : null,
            };
            if (request.Part is null)
                await tiles.AddAsync(device, workspace, 0, checkpoint.TilesDone, cancellationToken);
            return workspace;
        }
        catch
        {
            // What was read belongs to nobody yet.
            latent?.Dispose();
            conditioning.Dispose();
            throw;
        }
    }

    private async Task<RegionMask?> ReadRegionAsync(RestorationRegion? region, PlanarImage picture, CancellationToken cancellationToken)
    {
        try
        {
            if (region is null)
                return null;
            if (region.Box is { } box)
                return RegionMask.FromBox(picture.Width, picture.Height, new PixelBox(box.X, box.Y, box.Width, box.Height), region.Feather);
            var mask = await pictures.ReadAsync(region.MaskHash!, gain: null, cancellationToken);
            return mask.Width == picture.Width && mask.Height == picture.Height
                ? RegionMask.FromMask(mask, region.Feather)
                : throw new InvalidRequestException($"The mask has {mask.Width} x {mask.Height} pixels; the picture has {picture.Width} x {picture.Height}, and so must the mask.");
        }
        catch (ArgumentException error)
        {
            throw new InvalidRequestException(error.Message, error);
        }
    }
}
