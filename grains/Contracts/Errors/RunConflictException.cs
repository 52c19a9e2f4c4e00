namespace Darkroom.Contracts.Errors;

/// <summary>A run's id was used for another request.</summary>
[GenerateSerializer, Alias("Darkroom.RunConflictException")]
public sealed class RunConflictException : DarkroomException
{
    /// <summary>Makes one.</summary>
    public RunConflictException()
    {
    }

    /// <summary>Makes one with a message for the user.</summary>
    public RunConflictException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one with a message and what caused it.</summary>
    public RunConflictException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
