namespace Darkroom.Contracts.Errors;

/// <summary>An idempotency key was used for another request.</summary>
[GenerateSerializer, Alias("Darkroom.KeyConflictException")]
public sealed class KeyConflictException : DarkroomException
{
    /// <summary>Makes one.</summary>
    public KeyConflictException()
    {
    }

    /// <summary>Makes one with a message for the user.</summary>
    public KeyConflictException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one with a message and what caused it.</summary>
    public KeyConflictException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
