using Darkroom.Models.Checkpoints;
using Darkroom.Models.Pipelines;

namespace Darkroom.Grains.Checkpoints.Pipelines;

/// <summary>Makes a pipeline of the networks of a stored checkpoint.</summary>
internal interface IPipelineAssembly
{
    /// <summary>Gets the pipeline's name, such as <c>vlm-imi</c>.</summary>
    string Pipeline { get; }

    /// <summary>Tells whether a checkpoint is one for this pipeline, by what only this pipeline has; other networks may still be missing.</summary>
    bool IsFor(CheckpointManifest manifest);

    /// <summary>Gets the kinds of networks without which there is no pipeline.</summary>
    IReadOnlyList<string> Needs { get; }

    /// <summary>Lists the tasks that a checkpoint has plugins for.</summary>
    IReadOnlyList<string> TasksOf(CheckpointManifest manifest) => [];

    /// <summary>Makes the pipeline; called on the device's thread.</summary>
    /// <param name="parts">The checkpoint; networks that were taken from it belong to the pipeline.</param>
    /// <exception cref="InvalidCheckpointException">A network or file is missing, damaged, or does not fit the others.</exception>
    /// <exception cref="ArgumentException">The networks do not fit each other.</exception>
    IRestorationPipeline Assemble(CheckpointParts parts);
}
