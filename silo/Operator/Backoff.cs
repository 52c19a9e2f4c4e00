namespace Darkroom.Silo.Operator;

/// <summary>How long to wait after failures.</summary>
internal static class Backoff
{
    private const int MaxDoublings = 20;

    /// <summary>Gets the wait after some failures in a row: doubled each time, and a little different each time, so that not all come back at once.</summary>
    /// <param name="options">The first and the longest wait.</param>
    /// <param name="failures">How many, 1 at first.</param>
    /// <param name="asked">What the server asked for; never less than that.</param>
    public static TimeSpan After(OperatorOptions options, int failures, TimeSpan? asked = null)
    {
        var doubled = options.RetryDelay * Math.Pow(2, Math.Min(failures - 1, MaxDoublings));
        var wait = (doubled < options.MaxRetryDelay ? doubled : options.MaxRetryDelay) * (0.75 + (0.25 * Random.Shared.NextDouble()));
        return asked is { } least && least > wait ? least : wait;
    }
}
