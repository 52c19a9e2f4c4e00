namespace Darkroom.Models.Training.Loop;

/// <summary>A loss or a gradient is no longer a finite number; the last checkpoint is as it was.</summary>
public sealed class TrainingDivergedException : Exception
{
    /// <summary>Makes an exception.</summary>
    /// <param name="message">What happened and what to change.</param>
    public TrainingDivergedException(string message)
        : base(message)
    {
    }
}
