namespace Darkroom.Client.Http;

/// <summary>Says how long to wait before the next attempt, or that there is none.</summary>
/// <param name="options">How patient.</param>
/// <param name="time">The clock.</param>
/// <param name="outage">For how long there are attempts; null counts them instead.</param>
internal sealed class Patience(DarkroomHttpOptions options, TimeProvider time, TimeSpan? outage = null)
{
    private int failures;
    private long first;

    /// <summary>Notes a failure.</summary>
    /// <param name="retryAfter">The wait that the server asks for.</param>
    /// <returns>The wait, or null if the failure is the caller's.</returns>
    public TimeSpan? AfterFailure(TimeSpan? retryAfter)
    {
        if (failures++ == 0)
            first = time.GetTimestamp();
        if (outage is { } longest ? time.GetElapsedTime(first) >= longest : failures >= options.Attempts)
            return null;
        if (retryAfter > options.LongestRetryAfter)
            return null;
        // Twice as long each time, and each client another part of it: those that failed together do not come back together.
        var doubled = options.FirstWait * Math.Pow(2, Math.Min(failures - 1, 30));
        var wait = (doubled < options.LongestWait ? doubled : options.LongestWait) * (0.5 + (Random.Shared.NextDouble() / 2));
        return retryAfter > wait ? retryAfter : wait;
    }

    /// <summary>Notes that it works again.</summary>
    public void Restore() => failures = 0;
}
