namespace Darkroom.Contracts.Errors;

/// <summary>A session is open with another picture, or a turn's id was used for another message.</summary>
[GenerateSerializer, Alias("Darkroom.SessionConflictException")]
public sealed class SessionConflictException : DarkroomException
{
    /// <summary>Makes one.</summary>
    public SessionConflictException()
    {
    }

    /// <summary>Makes one with a message for the user.</summary>
    public SessionConflictException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one with a message and what caused it.</summary>
    public SessionConflictException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
