namespace Darkroom.Contracts.Errors;

/// <summary>The device named by a key is not there: its silo is gone, or the silo has no such device or model. Ask the directory for another.</summary>
[GenerateSerializer, Alias("Darkroom.DeviceUnavailableException")]
public sealed class DeviceUnavailableException : DarkroomException
{
    /// <summary>Makes one.</summary>
    public DeviceUnavailableException()
    {
    }

    /// <summary>Makes one with a message for the user.</summary>
    public DeviceUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one with a message and what caused it.</summary>
    public DeviceUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
