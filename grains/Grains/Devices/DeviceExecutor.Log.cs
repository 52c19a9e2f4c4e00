using Microsoft.Extensions.Logging;

namespace Darkroom.Grains.Devices;

/// <summary>Event ids 1000 to 1099.</summary>
internal sealed partial class DeviceExecutor
{
    [LoggerMessage(1000, LogLevel.Information, "Device {Device} is ready; forward passes use {Threads} threads")]
    private partial void LogStarted(string device, int threads);

    [LoggerMessage(1002, LogLevel.Error, "Device {Device} did not end its work within {Timeout}")]
    private partial void LogHangs(string device, TimeSpan timeout);

    [LoggerMessage(1001, LogLevel.Debug, "Device {Device} stepped {Tiles} tiles of {Model} in {Milliseconds} ms")]
    private partial void LogStep(string device, int tiles, string model, double milliseconds);
}
