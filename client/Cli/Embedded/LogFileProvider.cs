using Darkroom.Cli.CommandLine;
using Microsoft.Extensions.Logging;

namespace Darkroom.Cli.Embedded;

/// <summary>Sends the cluster's log to a file, so that the screen has only what the user asked for.</summary>
internal sealed class LogFileProvider(LogFile file) : ILoggerProvider
{
    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Writer(file, categoryName);

    /// <inheritdoc/>
    public void Dispose()
    {
        // Every entry is written when it comes.
    }

    private sealed class Writer(LogFile file, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            file.Write($"{logLevel} {category}[{eventId.Id}] {formatter(state, exception)}{(exception is null ? string.Empty : $"\n{exception}")}");
    }
}
