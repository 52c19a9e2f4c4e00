using static TorchSharp.torch;

namespace Darkroom.Models.Pipelines;

/// <summary>A pipeline that encodes a tile's pixels by themselves before it makes the first latent of them: runs on the same picture can share the encoding.</summary>
/// <remarks><see cref="IRestorationPipeline.Encode"/> gives the same as <see cref="EncodePicture"/> followed by <see cref="Begin"/>.</remarks>
public interface IPictureEncoder
{
    /// <summary>Encodes a tile: the same pixels give the same, whatever the run's words, seed and settings.</summary>
    /// <param name="tile">Pixels as <see cref="IRestorationPipeline.Encode"/> takes them.</param>
    /// <returns>The encoding, [1, ...]; the caller disposes it.</returns>
    Tensor EncodePicture(Tensor tile);

    /// <summary>Makes the latent that the first step starts from.</summary>
    /// <param name="encoded">What <see cref="EncodePicture"/> gave, for this run or another; stays as it is.</param>
    /// <param name="context">The tile's row.</param>
    /// <returns>The latent, [1, ...]; the caller disposes it.</returns>
    Tensor Begin(Tensor encoded, StepContext context);
}
