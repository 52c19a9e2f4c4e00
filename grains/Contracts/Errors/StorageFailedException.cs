namespace Darkroom.Contracts.Errors;

/// <summary>The blob store failed, and may work again later.</summary>
[GenerateSerializer, Alias("Darkroom.StorageFailedException")]
public sealed class StorageFailedException : DarkroomException
{
    /// <summary>Makes one.</summary>
    public StorageFailedException()
    {
    }

    /// <summary>Makes one with a message for the user.</summary>
    public StorageFailedException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one with a message and what caused it.</summary>
    public StorageFailedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
