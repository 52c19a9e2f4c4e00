using System.Text.Json;
using Darkroom.Models.Pipelines;
using Darkroom.Storage;
using Microsoft.Extensions.Logging;
using static TorchSharp.torch;

namespace Darkroom.Grains.Devices;

/// <summary>Finds out how many tiles of a model a device takes at once: measured when the model is loaded for the first time, kept in the blob store for the next.</summary>
internal sealed partial class BatchProfiler(IBlobStore? blobs, DeviceOptions options, TimeProvider time, ILogger logger)
{
    /// <summary>Gets the blob name of a profile: it holds for a model on a device of a machine.</summary>
    public static string BlobNameOf(string device, int threads, string modelHash) =>
        $"profiles/{Uri.EscapeDataString(Environment.MachineName)}/{device.Replace(':', '-')}-{threads}/{modelHash}.json";

    /// <summary>Sets the caps of a model that was just loaded.</summary>
    public async Task ProfileAsync(DeviceExecutor executor, LoadedModel model)
    {
        if (options.ProfileTime == TimeSpan.Zero)
            return;
        var name = BlobNameOf(executor.Name, executor.Threads, model.Pipeline.Profile.ModelHash);
        var profile = await TryReadAsync(name);
        if (profile is null)
        {
            try
            {
                profile = await executor.RunAsync(
                    () => Measure(model, executor.Device), new WorkClass(Contracts.Runs.RunPriority.Interactive, string.Empty), isAdmitted: true, CancellationToken.None, executor.LoadTimeout);
            }
#pragma warning disable CA1031 // A model that cannot be measured is served all the same; its passes are then bounded by the options and by the memory.
            catch (Exception error) when (error is not (OperationCanceledException or DeviceStoppingException))
#pragma warning restore CA1031
            {
                LogNotMeasured(logger, error, model.Pipeline.Profile.Model, executor.Name);
                return;
            }

            await TryWriteAsync(name, profile);
            LogMeasured(logger, model.Pipeline.Profile.Model, executor.Name, profile.Rows, profile.Shape, string.Join(", ", profile.Passes.Select(pass => $"{pass.Rows}: {pass.Seconds * 1000:F1} ms")));
        }

        executor.Adopt(model, profile);
    }

    // On the device's thread: passes of 1, 2, 4, ... rows of a tile of full size, until the time is up or memory runs out.
    private BatchProfile Measure(LoadedModel model, Device device)
    {
        var pipeline = model.Pipeline;
        var (side, overviewSide) = (pipeline.Profile.TileSize, pipeline.Profile.OverviewSize);
        var settings = new RunSettings();
        using var conditioning = pipeline.Prepare(full([1, 3, overviewSide, overviewSide], 0.5f, device: device), new Instruction(InstructionKind.Refine, string.Empty), settings);
        var context = new StepContext(conditioning, 0, pipeline.CountSteps(settings, conditioning), 0, 0);
        var latent = pipeline.Encode(full([1, 3, side, side], 0.5f, device: device), context);
        // The first pass also allocates memory and chooses algorithms.
        Pass(pipeline, latent, context, 1);
        var begun = time.GetTimestamp();
        var passes = new List<MeasuredPass>();
        for (var rows = 1; rows <= options.MaxBatchSize; rows *= 2)
        {
            var start = time.GetTimestamp();
            try
            {
                Pass(pipeline, latent, context, rows);
            }
            catch (Exception error) when (MemoryExhaustion.Is(error) && rows > 1)
            {
                break;
            }

            var elapsed = time.GetElapsedTime(start);
            passes.Add(new MeasuredPass(rows, Math.Max(elapsed.TotalSeconds, 1e-9)));
            if (time.GetElapsedTime(begun) + (2 * elapsed) > options.ProfileTime)
                break;
        }

        return new BatchProfile(string.Join('x', latent.shape), latent.dtype.ToString(), passes);
    }

    private static void Pass(IRestorationPipeline pipeline, Tensor latent, StepContext context, int rows)
    {
        using var scope = NewDisposeScope();
        var stepped = pipeline.Step(rows == 1 ? latent : cat([.. Enumerable.Repeat(latent, rows)], 0), [.. Enumerable.Repeat(context, rows)]);
        // A GPU works on in the background; reading a value waits for it.
        stepped.flatten()[0].to(CPU);
    }

    private async Task<BatchProfile?> TryReadAsync(string name)
    {
        try
        {
            return blobs is not null && await blobs.TryReadBytesAsync(name) is { } found
                && JsonSerializer.Deserialize<BatchProfile>(found.Bytes) is { Passes.Count: > 0 } profile && profile.Passes.All(pass => pass is { Rows: > 0, Seconds: > 0 })
                ? profile
                : null;
        }
        catch (Exception error) when (error is BlobStoreException or JsonException)
        {
            LogNotKept(logger, error, name);
            return null;
        }
    }

    private async Task TryWriteAsync(string name, BatchProfile profile)
    {
        try
        {
            if (blobs is not null)
                await blobs.WriteBytesAsync(name, JsonSerializer.SerializeToUtf8Bytes(profile));
        }
        catch (BlobStoreException error)
        {
            LogNotKept(logger, error, name);
        }
    }

    [LoggerMessage(1013, LogLevel.Information, "Model {Model} on {Device} takes {Rows} tiles of {Shape} at once; measured passes: {Passes}")]
    private static partial void LogMeasured(ILogger logger, string model, string device, int rows, string shape, string passes);

    [LoggerMessage(1014, LogLevel.Warning, "Passes of model {Model} on {Device} could not be measured; Device:MaxBatchSize bounds them")]
    private static partial void LogNotMeasured(ILogger logger, Exception error, string model, string device);

    [LoggerMessage(1015, LogLevel.Warning, "The measured passes '{Blob}' could not be read or kept; they are measured again at the next load")]
    private static partial void LogNotKept(ILogger logger, Exception error, string blob);
}
