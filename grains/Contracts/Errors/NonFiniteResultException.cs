namespace Darkroom.Contracts.Errors;

/// <summary>A step gave NaN or infinity, and gave it again when it was retried: the model cannot do this run.</summary>
[GenerateSerializer, Alias("Darkroom.NonFiniteResultException")]
public sealed class NonFiniteResultException : DarkroomException
{
    /// <summary>Makes one.</summary>
    public NonFiniteResultException()
    {
    }

    /// <summary>Makes one with a message for the user.</summary>
    public NonFiniteResultException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one with a message and what caused it.</summary>
    public NonFiniteResultException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
