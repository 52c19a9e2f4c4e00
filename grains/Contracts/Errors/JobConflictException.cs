namespace Darkroom.Contracts.Errors;

/// <summary>A job's id was used for another request.</summary>
[GenerateSerializer, Alias("Darkroom.JobConflictException")]
public sealed class JobConflictException : DarkroomException
{
    /// <summary>Makes one.</summary>
    public JobConflictException()
    {
    }

    /// <summary>Makes one with a message for the user.</summary>
    public JobConflictException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one with a message and what caused it.</summary>
    public JobConflictException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
