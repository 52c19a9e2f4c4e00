namespace Darkroom.Client.Http;

/// <summary>How patient a <see cref="DarkroomHttpClient"/> is.</summary>
public sealed class DarkroomHttpOptions
{
    /// <summary>Gets or sets how often a call is tried before its failure is the caller's.</summary>
    /// <value>Default: 6, which with the default waits is about 8 seconds.</value>
    public int Attempts { get; set; } = 6;

    /// <summary>Gets or sets the wait before the second attempt; it doubles with each further one, and a random part of it is left out.</summary>
    /// <value>Default: 0.25 s.</value>
    public TimeSpan FirstWait { get; set; } = TimeSpan.FromSeconds(0.25);

    /// <summary>Gets or sets the longest wait between two attempts of the client's own choice.</summary>
    /// <value>Default: 10 s.</value>
    public TimeSpan LongestWait { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets or sets the longest wait that a server may ask for by <c>Retry-After</c>; a longer one is the caller's to wait.</summary>
    /// <value>Default: 1 minute.</value>
    public TimeSpan LongestRetryAfter { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Gets or sets how long a server may be silent within a call: between the request and the answer, and between two parts of either.</summary>
    /// <value>Default: 100 s.</value>
    public TimeSpan Silence { get; set; } = TimeSpan.FromSeconds(100);

    /// <summary>Gets or sets how long an event stream may be silent before it is opened again; a living one pings every 15 seconds.</summary>
    /// <value>Default: 45 s.</value>
    public TimeSpan StreamSilence { get; set; } = TimeSpan.FromSeconds(45);

    /// <summary>Gets or sets for how long an event stream is opened again and again without hearing anything before its failure is the caller's.</summary>
    /// <value>Default: 2 minutes.</value>
    public TimeSpan StreamOutage { get; set; } = TimeSpan.FromMinutes(2);

    internal DarkroomHttpOptions Validated()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Attempts, 1);
        foreach (var (name, value) in new[]
        {
            (nameof(FirstWait), FirstWait), (nameof(LongestWait), LongestWait), (nameof(LongestRetryAfter), LongestRetryAfter),
            (nameof(Silence), Silence), (nameof(StreamSilence), StreamSilence), (nameof(StreamOutage), StreamOutage),
        })
        {
            if (value <= TimeSpan.Zero || value > TimeSpan.FromDays(1))
                throw new ArgumentOutOfRangeException(name, value, "Allowed are more than nothing, and at most a day.");
        }

        return this;
    }
}
