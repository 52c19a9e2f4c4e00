using Darkroom.Models.Describers;

namespace Darkroom.Models.Pipelines;

/// <summary>A checkpoint in memory: what restores, and what describes if the checkpoint has it.</summary>
/// <param name="Pipeline">The pipeline.</param>
/// <param name="Describer">The describer, or null.</param>
/// <param name="SizeBytes">Bytes of its parameters on the device.</param>
public sealed record LoadedModel(IRestorationPipeline Pipeline, IImageDescriber? Describer, long SizeBytes) : IDisposable
{
    /// <summary>Frees the parameters.</summary>
    public void Dispose()
    {
        Pipeline.Dispose();
        (Describer as IDisposable)?.Dispose();
    }
}
