using Darkroom.Contracts.Devices;
using Darkroom.Models.Pipelines;
using static TorchSharp.torch;

namespace Darkroom.Grains.Devices;

/// <summary>Finds and loads the models of a silo.</summary>
public interface IPipelineLoader
{
    /// <summary>Lists the models that can be loaded, in ordinal order.</summary>
    Task<IReadOnlyList<string>> ListModelsAsync(CancellationToken cancellationToken);

    /// <summary>Tells what the models are for; one that is not told of takes whatever it is sent.</summary>
    Task<IReadOnlyList<PipelineReport>> ListPipelinesAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<PipelineReport>>([]);

    /// <summary>Tells about how many bytes a model takes on a device, before it is loaded.</summary>
    /// <returns>The bytes; 0 if nobody knows, then they count once it is loaded.</returns>
    Task<long> EstimateBytesAsync(string model) => Task.FromResult(0L);

    /// <summary>Loads a model; called on the device's thread.</summary>
    /// <param name="model">One of <see cref="ListModelsAsync"/>.</param>
    /// <param name="device">Where to.</param>
    /// <returns>The model; the caller disposes it.</returns>
    /// <exception cref="FileNotFoundException">There is no such model.</exception>
    LoadedModel Load(string model, Device device);
}
