using Darkroom.Models.Pipelines;

namespace Darkroom.Grains.Devices;

/// <summary>The use of a model: as long as it lasts, the model stays in the device's memory.</summary>
/// <param name="model">The model; it belongs to the device.</param>
/// <param name="release">Ends the use; called once.</param>
internal sealed class ModelLease(LoadedModel model, Action release) : IDisposable
{
    private int released;

    /// <summary>Gets the model.</summary>
    public LoadedModel Model { get; } = model;

    /// <summary>Ends the use.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref released, 1) == 0)
            release();
    }
}
