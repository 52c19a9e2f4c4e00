using System.Collections.Concurrent;
using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Runs;
using Darkroom.Models.Checkpoints;
using Darkroom.Models.Pipelines;
using Microsoft.Extensions.Logging;

namespace Darkroom.Grains.Devices;

/// <summary>The models in a device's memory: loaded on first use, on the device's thread.</summary>
internal sealed partial class ModelResidency(DeviceExecutor executor, IPipelineLoader loader, TimeProvider time, ILogger logger) : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<Task<LoadedModel>>> models = new(StringComparer.Ordinal);

    /// <summary>Gets the models that are loaded, in ordinal order.</summary>
    public IEnumerable<string> Resident =>
        models.Where(pair => pair.Value is { IsValueCreated: true, Value.IsCompletedSuccessfully: true }).Select(pair => pair.Key).Order(StringComparer.Ordinal);

    /// <summary>Gets a model, and loads it if it is not there.</summary>
    /// <exception cref="DeviceUnavailableException">The silo has no such model.</exception>
    /// <exception cref="InvalidRequestException">Its checkpoint is damaged or does not fit.</exception>
    /// <exception cref="DeviceFailedException">Loading it failed.</exception>
    public async Task<LoadedModel> GetAsync(string model)
    {
        var entry = models.GetOrAdd(model, name => new Lazy<Task<LoadedModel>>(() => LoadAsync(name)));
        try
        {
            return await entry.Value;
        }
        catch
        {
            // The next caller tries again: the file may have been replaced meanwhile.
            models.TryRemove(new KeyValuePair<string, Lazy<Task<LoadedModel>>>(model, entry));
            throw;
        }
    }

    /// <summary>Frees all models. The device's thread has ended by then.</summary>
    public void Dispose()
    {
        foreach (var entry in models.Values)
        {
            if (entry is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
                entry.Value.GetAwaiter().GetResult().Dispose();
        }

        models.Clear();
    }

    private async Task<LoadedModel> LoadAsync(string model)
    {
        var start = time.GetTimestamp();
        try
        {
            var loaded = await executor.RunAsync(
                () => loader.Load(model, executor.Device), new WorkClass(RunPriority.Interactive, string.Empty), isAdmitted: true, CancellationToken.None, executor.LoadTimeout);
            var elapsed = time.GetElapsedTime(start);
            DeviceMetrics.Loaded(executor.Name, model, elapsed);
            LogLoaded(logger, model, executor.Name, elapsed.TotalMilliseconds);
            return loaded;
        }
        catch (FileNotFoundException error)
        {
            throw new DeviceUnavailableException($"This silo has no model '{model}': {error.Message}", error);
        }
        catch (InvalidCheckpointException error)
        {
            // The file is wrong, not the device: trying again or elsewhere gives the same.
            LogLoadFailed(logger, error, model, executor.Name);
            throw new InvalidRequestException($"The model '{model}' cannot be used: {error.Message}", error);
        }
        catch (Exception error) when (error is not (DeviceStoppingException or OperationCanceledException) && !MemoryExhaustion.Is(error))
        {
            LogLoadFailed(logger, error, model, executor.Name);
            throw new DeviceFailedException($"The model '{model}' cannot be loaded on {executor.Name}: {error.Message}", error);
        }
    }

    [LoggerMessage(1010, LogLevel.Information, "Model {Model} loaded on {Device} in {Milliseconds} ms")]
    private static partial void LogLoaded(ILogger logger, string model, string device, double milliseconds);

    [LoggerMessage(1011, LogLevel.Error, "Model {Model} cannot be loaded on {Device}")]
    private static partial void LogLoadFailed(ILogger logger, Exception error, string model, string device);
}
