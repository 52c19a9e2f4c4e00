namespace Darkroom.Contracts.Errors;

/// <summary>A grain failed in a way that is not foreseen; the log of its silo has the whole of it. Trying again may help.</summary>
[GenerateSerializer, Alias("Darkroom.GrainFailedException")]
public sealed class GrainFailedException : DarkroomException
{
    /// <summary>Makes one.</summary>
    public GrainFailedException()
    {
    }

    /// <summary>Makes one with a message for the user.</summary>
    public GrainFailedException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one with a message and what caused it.</summary>
    public GrainFailedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
