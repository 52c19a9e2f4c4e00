namespace Darkroom.Grains.Devices;

/// <summary>The device's queue is full. Stays within the silo: callers hear of it as a result.</summary>
internal sealed class DeviceBusyException(string message) : Exception(message);

/// <summary>The device is stopping. Stays within the silo: callers hear of it as a result.</summary>
internal sealed class DeviceStoppingException(string message) : Exception(message);
