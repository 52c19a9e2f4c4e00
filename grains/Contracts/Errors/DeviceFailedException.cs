namespace Darkroom.Contracts.Errors;

/// <summary>The device or the model failed while it worked on a run.</summary>
[GenerateSerializer, Alias("Darkroom.DeviceFailedException")]
public sealed class DeviceFailedException : DarkroomException
{
    /// <summary>Makes one.</summary>
    public DeviceFailedException()
    {
    }

    /// <summary>Makes one with a message for the user.</summary>
    public DeviceFailedException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one with a message and what caused it.</summary>
    public DeviceFailedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
