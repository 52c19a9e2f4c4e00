namespace Darkroom.Contracts.Errors;

/// <summary>There is no such session, or it belongs to another tenant.</summary>
[GenerateSerializer, Alias("Darkroom.SessionNotFoundException")]
public sealed class SessionNotFoundException : DarkroomException
{
    /// <summary>Makes one.</summary>
    public SessionNotFoundException()
    {
    }

    /// <summary>Makes one with a message for the user.</summary>
    public SessionNotFoundException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one with a message and what caused it.</summary>
    public SessionNotFoundException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
