using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Images;

namespace Darkroom.Contracts.Runs;

/// <summary>Which of LLMRA's two commands a run follows.</summary>
public enum RunKind
{
    /// <summary><c>&lt;restore&gt;</c>: the describer's sentences steer, and the picture corrects them.</summary>
    Restore,

    /// <summary><c>&lt;refine&gt;</c>: the user's words steer and are taken at their word.</summary>
    Refine,
}

/// <summary>Whose turn it is at a busy device.</summary>
public enum RunPriority
{
    /// <summary>A person waits for it.</summary>
    Interactive,

    /// <summary>Part of a job; goes after all interactive work.</summary>
    Batch,
}

/// <summary>Everything a run depends on; equal requests give equal pictures.</summary>
/// <param name="Source">The picture to restore.</param>
/// <param name="Kind">The command.</param>
/// <param name="Words">The user's words; may be empty.</param>
/// <param name="Description">The describer's sentences if they are known already, or null: a restore run then asks the describer itself.</param>
/// <param name="Settings">The settings.</param>
/// <param name="Model">Checkpoint to use, or null for the pipeline's.</param>
/// <param name="Priority">Whose turn it is at a busy device.</param>
/// <param name="Pipeline">Pipeline to use, or null: without a model the run is then sent where its words, its picture and the checkpoints that are there suggest.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.RunRequest")]
public sealed record RunRequest(
    [property: Id(0)] ImageRef Source,
    [property: Id(1)] RunKind Kind,
    [property: Id(2)] string Words,
    [property: Id(3)] string? Description,
    [property: Id(4)] RestorationSettings Settings,
    [property: Id(5)] string? Model = null,
    [property: Id(6)] RunPriority Priority = RunPriority.Interactive,
    [property: Id(7)] string? Pipeline = null)
{
    /// <summary>The largest number of characters of the words, and of the description.</summary>
    public const int MaxWordsLength = 100_000;

    /// <summary>Checks the values.</summary>
    /// <exception cref="InvalidRequestException">A value is out of range.</exception>
    public void Validate()
    {
        if (Words.Length > MaxWordsLength || Description?.Length > MaxWordsLength)
            throw new InvalidRequestException($"The words have {Words.Length} characters and the description {Description?.Length ?? 0}; at most {MaxWordsLength} each are allowed.");
        PipelineName.Require(Pipeline);
        Settings.Validate();
    }
}
