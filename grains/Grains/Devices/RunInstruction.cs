using Darkroom.Contracts.Runs;
using Darkroom.Grains.Sessions;
using Darkroom.Models.Pipelines;

namespace Darkroom.Grains.Devices;

/// <summary>Says a run's request in the words of the pipelines.</summary>
internal static class RunInstruction
{
    /// <summary>The text that steers the model: the describer's sentences and the user's words, or these alone.</summary>
    public static Instruction Of(RunRequest run, string? description) => run.Kind == RunKind.Restore
        ? new Instruction(InstructionKind.Restore, Dialogue.RestoreText(description, run.Words))
        : new Instruction(InstructionKind.Refine, run.Words);

    /// <summary>The settings that concern the pipeline; strength is the cluster's.</summary>
    public static RunSettings Settings(RestorationSettings settings) =>
        new(settings.Seed, settings.Steps, settings.GuidanceScale, settings.Scheduler, settings.ImageGuidanceScale);
}
