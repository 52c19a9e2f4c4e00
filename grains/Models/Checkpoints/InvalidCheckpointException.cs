namespace Darkroom.Models.Checkpoints;

/// <summary>A checkpoint file is damaged, hostile, or does not fit the network. The message is one line and names the cause.</summary>
public sealed class InvalidCheckpointException : Exception
{
    /// <summary>Makes the exception.</summary>
    public InvalidCheckpointException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception.</summary>
    public InvalidCheckpointException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Gets everything that is wrong, a line each, where the message has no room for it.</summary>
    public IReadOnlyList<string> Details { get; init; } = [];
}
