using Microsoft.Extensions.Logging;

namespace Darkroom.Grains.Devices;

/// <summary>Event ids 1000 to 1099.</summary>
internal sealed partial class DeviceExecutor
{
    [LoggerMessage(1000, LogLevel.Information, "Device {Device} is ready; forward passes use {Threads} threads")]
    private partial void LogStarted(string device, int threads);

    [LoggerMessage(1002, LogLevel.Error, "Device {Device} did not end its work within {Timeout}")]
    private partial void LogNotStopped(string device, TimeSpan timeout);

    [LoggerMessage(1005, LogLevel.Error, "Device {Device} hangs: its work has taken {Elapsed}. Its runs go elsewhere, and it gets no new ones")]
    private partial void LogHangs(string device, TimeSpan elapsed);

    [LoggerMessage(1006, LogLevel.Warning, "Device {Device} has come back from the work that it hung on, and gets runs again")]
    private partial void LogCameBack(string device);

    [LoggerMessage(1001, LogLevel.Debug, "Device {Device} stepped {Tiles} tiles of {Model} in {Milliseconds} ms")]
    private partial void LogStep(string device, int tiles, string model, double milliseconds);
}
