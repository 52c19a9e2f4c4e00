namespace Darkroom.Bench.Harness;

/// <summary>Something that can be measured.</summary>
internal interface IBenchmark
{
    /// <summary>Gets the name on the command line.</summary>
    string Name { get; }

    /// <summary>Gets what it measures, in a line.</summary>
    string Description { get; }

    /// <summary>Measures it.</summary>
    /// <exception cref="BenchmarkSkippedException">Something it needs is not there.</exception>
    Task RunAsync(BenchmarkTable table, CancellationToken cancellationToken);
}

/// <summary>A benchmark cannot be run here; the message says what is missing.</summary>
internal sealed class BenchmarkSkippedException(string message) : Exception(message);
