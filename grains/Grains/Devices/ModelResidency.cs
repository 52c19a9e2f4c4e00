using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Runs;
using Darkroom.Models.Checkpoints;
using Darkroom.Models.Pipelines;
using Darkroom.Storage;
using Microsoft.Extensions.Logging;

namespace Darkroom.Grains.Devices;

/// <summary>The models in a device's memory: loaded on first use, on the device's thread; the least recently used makes room.</summary>
internal sealed partial class ModelResidency(
    DeviceExecutor executor, IPipelineLoader loader, BatchProfiler profiler, ModelShelf shelf, TimeProvider time, ILogger logger) : IDisposable
{
    private static readonly WorkClass LoadingClass = new(RunPriority.Interactive, string.Empty);

    private readonly Lock gate = new();

    /// <summary>Gets the models that are loaded, in ordinal order.</summary>
    public IReadOnlyList<string> Resident
    {
        get
        {
            lock (gate)
                return [.. shelf.Entries.Where(entry => entry.Model is not null).Select(entry => entry.Name).Order(StringComparer.Ordinal)];
        }
    }

    /// <summary>Gets the bytes of all models.</summary>
    public long SizeBytes
    {
        get
        {
            lock (gate)
                return shelf.SizeBytes;
        }
    }

    /// <summary>Begins to use a model, and loads it if it is not there.</summary>
    /// <returns>The use; the caller disposes it.</returns>
    /// <exception cref="DeviceBusyException">There is no room for the model now, or it makes room for another one.</exception>
    /// <exception cref="DeviceUnavailableException">The silo has no such model.</exception>
    /// <exception cref="InvalidRequestException">Its checkpoint is damaged or does not fit.</exception>
    /// <exception cref="DeviceFailedException">Loading it failed.</exception>
    public async Task<ModelLease> UseAsync(string model)
    {
        var entry = TryUse(model) ?? Begin(model, await EstimateAsync(model));
        try
        {
            return new ModelLease(await entry.Loading!, () => Release(entry));
        }
        catch
        {
            // The next caller tries again: the file may have been replaced meanwhile.
            lock (gate)
                shelf.Remove(entry);
            throw;
        }
    }

    /// <summary>Has a model go last for a while when another one needs the room; zero ends that.</summary>
    public void Keep(string model, TimeSpan duration)
    {
        lock (gate)
            shelf.Keep(model, duration);
    }

    /// <summary>Frees all models. The device's thread has ended by then.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            while (shelf.Entries.FirstOrDefault() is { } entry)
            {
                entry.Model?.Dispose();
                shelf.Remove(entry);
            }
        }
    }

    private ModelShelf.Entry? TryUse(string model)
    {
        lock (gate)
        {
            if (shelf.Find(model) is not { } entry)
                return null;
            ModelShelf.Use(entry);
            return entry;
        }
    }

    private async Task<long> EstimateAsync(string model)
    {
        try
        {
            return await loader.EstimateBytesAsync(model);
        }
        catch (Exception error) when (error is BlobStoreException or IOException)
        {
            throw new StorageFailedException($"The size of the model '{model}' could not be found out: {error.Message}");
        }
    }

    private ModelShelf.Entry Begin(string model, long sizeBytes)
    {
        var evicted = new List<ModelShelf.Entry>();
        lock (gate)
        {
            try
            {
                if (shelf.Find(model) is not { } entry)
                {
                    entry = shelf.Add(model, sizeBytes, evicted);
                    entry.Loading = Task.Run(() => LoadAsync(entry, evicted));
                }

                ModelShelf.Use(entry);
                return entry;
            }
            catch (DeviceBusyException)
            {
                if (evicted.Count > 0)
                    _ = executor.RunAsync(() => Free(evicted), LoadingClass, isAdmitted: true, CancellationToken.None);
                throw;
            }
        }
    }

    private void Release(ModelShelf.Entry entry)
    {
        lock (gate)
            shelf.Release(entry);
    }

    private async Task<LoadedModel> LoadAsync(ModelShelf.Entry entry, List<ModelShelf.Entry> evicted)
    {
        var start = time.GetTimestamp();
        try
        {
            var loaded = await executor.RunAsync(() => Load(entry.Name, evicted), LoadingClass, isAdmitted: true, CancellationToken.None, executor.LoadTimeout);
            var elapsed = time.GetElapsedTime(start);
            await profiler.ProfileAsync(executor, loaded);
            lock (gate)
                shelf.Loaded(entry, loaded);
            executor.Load.Loaded(elapsed);
            DeviceMetrics.Loaded(executor.Name, entry.Name, elapsed);
            LogLoaded(logger, entry.Name, executor.Name, elapsed.TotalMilliseconds);
            return loaded;
        }
        catch (FileNotFoundException error)
        {
            throw new DeviceUnavailableException($"This silo has no model '{entry.Name}': {error.Message}", error);
        }
        catch (InvalidCheckpointException error)
        {
            // The file is wrong, not the device: trying again or elsewhere gives the same.
            LogLoadFailed(logger, error, entry.Name, executor.Name);
            throw new InvalidRequestException($"The model '{entry.Name}' cannot be used: {error.Message}", error);
        }
        catch (Exception error) when (error is not (DeviceStoppingException or OperationCanceledException) && !MemoryExhaustion.Is(error))
        {
            LogLoadFailed(logger, error, entry.Name, executor.Name);
            throw new DeviceFailedException($"The model '{entry.Name}' cannot be loaded on {executor.Name}: {error.Message}", error);
        }
    }

    // On the device's thread. If memory runs out, models that nobody uses go one after another.
    private LoadedModel Load(string model, List<ModelShelf.Entry> evicted)
    {
        Free(evicted);
        while (true)
        {
            try
            {
                return loader.Load(model, executor.Device);
            }
            catch (Exception error) when (MemoryExhaustion.Is(error) && Evict() is { } gone)
            {
                Free([gone]);
            }
        }
    }

    private ModelShelf.Entry? Evict()
    {
        lock (gate)
            return shelf.TryEvict(isForced: true);
    }

    private bool Free(IEnumerable<ModelShelf.Entry> evicted)
    {
        foreach (var entry in evicted)
        {
            executor.Forget(entry.Model!);
            entry.Model!.Dispose();
            LogEvicted(logger, entry.Name, entry.SizeBytes >> 20, executor.Name);
        }

        return true;
    }

    [LoggerMessage(1010, LogLevel.Information, "Model {Model} loaded on {Device} in {Milliseconds} ms")]
    private static partial void LogLoaded(ILogger logger, string model, string device, double milliseconds);

    [LoggerMessage(1011, LogLevel.Error, "Model {Model} cannot be loaded on {Device}")]
    private static partial void LogLoadFailed(ILogger logger, Exception error, string model, string device);

    [LoggerMessage(1012, LogLevel.Information, "Model {Model} ({Mebibytes} MiB) left {Device} to make room")]
    private static partial void LogEvicted(ILogger logger, string model, long mebibytes, string device);
}
