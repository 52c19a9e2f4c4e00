using Microsoft.Extensions.Logging;

namespace Orleans.Runtime;

internal static partial class Log
{
    [LoggerMessage(100, LogLevel.Warning, "Grain {GrainId} could not be activated.")]
    public static partial void LogActivationFailed(this ILogger logger, Exception exception, GrainId grainId);

    [LoggerMessage(101, LogLevel.Warning, "Grain {GrainId} failed while it was deactivated.")]
    public static partial void LogDeactivationFailed(this ILogger logger, Exception exception, GrainId grainId);

    [LoggerMessage(102, LogLevel.Warning, "Grain {GrainId} could not migrate.")]
    public static partial void LogMigrationFailed(this ILogger logger, Exception exception, GrainId grainId);

    [LoggerMessage(103, LogLevel.Warning, "A timer of grain {GrainId} failed.")]
    public static partial void LogTimerFailed(this ILogger logger, Exception exception, GrainId grainId);

    [LoggerMessage(104, LogLevel.Warning, "The one-way call {Method} on {GrainId} failed.")]
    public static partial void LogOneWayFailed(this ILogger logger, Exception exception, string method, GrainId grainId);

    [LoggerMessage(105, LogLevel.Error, "A request of grain {GrainId} ended in an unexpected way.")]
    public static partial void LogRequestFailed(this ILogger logger, Exception exception, GrainId grainId);

    [LoggerMessage(106, LogLevel.Information, "Silo {Name} is {Status} at {Address}.")]
    public static partial void LogSiloStatus(this ILogger logger, string name, SiloStatus status, SiloAddress address);

    [LoggerMessage(107, LogLevel.Warning, "A listener to silo statuses failed.")]
    public static partial void LogListenerFailed(this ILogger logger, Exception exception);
}
