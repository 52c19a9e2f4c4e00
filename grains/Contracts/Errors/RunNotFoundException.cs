namespace Darkroom.Contracts.Errors;

/// <summary>There is no such run, or it belongs to another tenant.</summary>
[GenerateSerializer, Alias("Darkroom.RunNotFoundException")]
public sealed class RunNotFoundException : DarkroomException
{
    /// <summary>Makes one.</summary>
    public RunNotFoundException()
    {
    }

    /// <summary>Makes one with a message for the user.</summary>
    public RunNotFoundException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one with a message and what caused it.</summary>
    public RunNotFoundException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
