using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Darkroom.Bench.Soak;

/// <summary>Counts what the silos log as warnings and errors, and keeps the first text of each kind.</summary>
internal sealed class ErrorTally : ILoggerProvider
{
    private readonly ConcurrentDictionary<(LogLevel Level, string Name), (long Count, string First)> entries = new();

    /// <summary>Gets the kinds, errors first, then the most frequent.</summary>
    public IEnumerable<(LogLevel Level, string Name, long Count, string First)> Kinds => entries
        .Select(pair => (pair.Key.Level, pair.Key.Name, pair.Value.Count, pair.Value.First))
        .OrderByDescending(kind => kind.Level).ThenByDescending(kind => kind.Count);

    public ILogger CreateLogger(string categoryName) => new Tally(this, categoryName);

    public void Dispose()
    {
        // It outlives each silo that writes to it.
    }

    private sealed class Tally(ErrorTally owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
                return;
            owner.entries.AddOrUpdate(
                (logLevel, $"{category[(category.LastIndexOf('.') + 1)..]}.{eventId.Name ?? eventId.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)}"),
                _ => (1, $"{formatter(state, exception)} {exception?.GetType().Name} {exception?.Message}".ReplaceLineEndings(" ")),
                (_, known) => (known.Count + 1, known.First));
        }
    }
}
