using Darkroom.Models.Training.Data;
using static TorchSharp.torch;

namespace Darkroom.Models.Training.Loop;

/// <summary>What a recipe is made of beside its options.</summary>
/// <param name="Base">The checkpoint to begin with, a folder or file; the output folder when a training goes on; null for random weights where the pipeline has them.</param>
/// <param name="Output">Folder of the result.</param>
/// <param name="Pictures">Clean pictures; not disposed.</param>
/// <param name="Device">Where the networks go.</param>
public sealed record TrainingSetup(string? Base, string Output, TrainingPictures Pictures, Device Device)
{
    /// <summary>Opens the checkpoint.</summary>
    /// <exception cref="ArgumentException">None was given.</exception>
    public TrainingCheckpoint OpenCheckpoint() => TrainingCheckpoint.Open(
        Base ?? throw new ArgumentException("Give --base, the checkpoint to begin with: a published folder, or one of ./cluster checkpoint init."), Output, Device);
}
