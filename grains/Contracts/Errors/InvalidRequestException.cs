namespace Darkroom.Contracts.Errors;

/// <summary>A value of a request is not allowed.</summary>
[GenerateSerializer, Alias("Darkroom.InvalidRequestException")]
public sealed class InvalidRequestException : DarkroomException
{
    /// <summary>Makes one.</summary>
    public InvalidRequestException()
    {
    }

    /// <summary>Makes one with a message for the user.</summary>
    public InvalidRequestException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one with a message and what caused it.</summary>
    public InvalidRequestException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
