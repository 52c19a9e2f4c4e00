using Darkroom.Contracts.Images;
using Darkroom.Imaging;
using Darkroom.Imaging.Codecs;
using Darkroom.Imaging.Resampling;
using Darkroom.Storage;
using Microsoft.Extensions.Logging;

namespace Darkroom.Grains.Devices;

/// <summary>Shows a run as it is now: the picture made small, with the finished tiles and the one under way decoded into it.</summary>
internal sealed partial class RunPreviews(RunBlobs blobs, ILogger<RunPreviews> logger)
{
    /// <summary>The longest side of a preview (pixels).</summary>
    public const int LongestSide = 512;

    /// <summary>Decodes the tile under way and stores the preview; a run never fails of it.</summary>
    public async Task ShowAsync(DeviceExecutor device, RunWorkspace workspace, CancellationToken cancellationToken)
    {
        var latent = workspace.Latent!;
        var pixels = workspace.TilePixels;
        await device.RunAsync(() => PictureTensors.Copy(workspace.Model.Pipeline.Finish(latent), pixels), workspace.Class, isAdmitted: true, cancellationToken);
        Add(workspace, pixels);
        await StoreAsync(workspace, cancellationToken);
    }

    /// <summary>Stores the preview as it is; a run never fails of it.</summary>
    public async Task StoreAsync(RunWorkspace workspace, CancellationToken cancellationToken)
    {
        try
        {
            var file = ImageEncoder.Encode(workspace.Canvas!, ImageFormat.Png, EncodeSettings.Intermediate);
            var mediaType = ImageFormats.MediaTypeOf(ImageFormat.Png);
            var hash = await blobs.WritePreviewAsync(workspace.RunId, file, mediaType, cancellationToken);
            var (old, last) = (workspace.OldPreview, workspace.Preview);
            if (hash == last?.Hash)
                return;
            (workspace.OldPreview, workspace.Preview) = (last, new ImageRef(hash, workspace.Canvas!.Width, workspace.Canvas.Height, mediaType, file.Length));
            // The last one stays beside the newest: who has just heard of it may be about to fetch it.
            if (old is not null && old.Hash != hash)
                await blobs.TryDeletePreviewAsync(workspace.RunId, old.Hash);
        }
        catch (Exception error) when (error is BlobStoreException or IOException)
        {
            LogNotStored(error, workspace.RunId);
        }
    }

    /// <summary>Puts the pixels of the workspace's next tile into its preview.</summary>
    /// <param name="workspace">The run.</param>
    /// <param name="pixels">The tile as the pipeline finished it: three planes.</param>
    public static void Add(RunWorkspace workspace, float[] pixels)
    {
        var source = workspace.Source;
        var canvas = workspace.Canvas ??= MakeCanvas(source);
        var place = workspace.Plan.Tiles[workspace.TilesDone];
        var tile = new PlanarImage(place.Width, place.Height, source.IsGrey);
        pixels.AsSpan(0, tile.Pixels.Length).CopyTo(tile.Pixels);
        // A tile may reach over the edge of the picture, where it is padded.
        var (left, top) = ((int)((long)place.X * canvas.Width / source.Width), (int)((long)place.Y * canvas.Height / source.Height));
        var width = Math.Max(1, (int)((long)place.Width * canvas.Width / source.Width));
        var height = Math.Max(1, (int)((long)place.Height * canvas.Height / source.Height));
        var small = Resampler.Resize(tile, width, height);
        for (var c = 0; c < canvas.Channels; c++)
        {
            for (var y = 0; y < Math.Min(height, canvas.Height - top); y++)
                small.Row(c, y)[..Math.Min(width, canvas.Width - left)].CopyTo(canvas.Row(c, top + y)[left..]);
        }
    }

    // A picture of its own also where the source is small enough: tiles are drawn into it.
    private static PlanarImage MakeCanvas(PlanarImage source)
    {
        var fitted = Resampler.Fit(source, LongestSide);
        return ReferenceEquals(fitted, source) ? Resampler.Resize(source, source.Width, source.Height) : fitted;
    }

    [LoggerMessage(1031, LogLevel.Warning, "A preview of run {RunId} could not be stored; the run goes on without it")]
    private partial void LogNotStored(Exception error, string runId);
}
