namespace Darkroom.Contracts.Errors;

/// <summary>A picture is missing, not a picture, damaged or larger than allowed.</summary>
[GenerateSerializer, Alias("Darkroom.InvalidImageException")]
public sealed class InvalidImageException : DarkroomException
{
    /// <summary>Makes one.</summary>
    public InvalidImageException()
    {
    }

    /// <summary>Makes one with a message for the user.</summary>
    public InvalidImageException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one with a message and what caused it.</summary>
    public InvalidImageException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
