namespace Darkroom.Contracts.Errors;

/// <summary>Base of the exceptions that cross a grain call: the caller broke a promise, and the message says which.</summary>
[GenerateSerializer, Alias("Darkroom.DarkroomException")]
public abstract class DarkroomException : Exception
{
    /// <summary>Makes one.</summary>
    protected DarkroomException()
    {
    }

    /// <summary>Makes one with a message for the user: actual, allowed, and the setting to change.</summary>
    protected DarkroomException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one with a message and what caused it.</summary>
    protected DarkroomException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
