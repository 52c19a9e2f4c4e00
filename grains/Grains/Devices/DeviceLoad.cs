namespace Darkroom.Grains.Devices;

/// <summary>What a device's work has cost lately: what the wait for it is expected from.</summary>
internal sealed class DeviceLoad
{
    // Weight of the newest value: the mean follows a change within about ten values.
    private const double Newest = 0.2;

    // For a device that has loaded nothing yet: less than most models take, more than the small ones.
    private static readonly TimeSpan UnknownLoadTime = TimeSpan.FromSeconds(5);

    // For a model that has taken no step yet: that its runs are there has to count for something.
    private const double UnknownSecondsPerRow = 0.1;

    private readonly Lock gate = new();
    private readonly Dictionary<string, double> secondsPerRow = new(StringComparer.Ordinal);
    private double? loadSeconds;
    private double? runSeconds;

    /// <summary>Gets how long a model takes to load.</summary>
    public TimeSpan LoadTime
    {
        get
        {
            lock (gate)
                return loadSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : UnknownLoadTime;
        }
    }

    /// <summary>Gets how long one more run will keep the device busy, by those before it.</summary>
    public TimeSpan RunTime
    {
        get
        {
            lock (gate)
                return TimeSpan.FromSeconds(runSeconds ?? 0);
        }
    }

    /// <summary>Notes a forward pass.</summary>
    public void Stepped(string model, int rows, TimeSpan elapsed)
    {
        lock (gate)
            secondsPerRow[model] = Mean(secondsPerRow.TryGetValue(model, out var mean) ? mean : null, elapsed.TotalSeconds / rows);
    }

    /// <summary>Notes that a run came, and how many steps of all its tiles it takes.</summary>
    public void Began(string model, long steps)
    {
        lock (gate)
        {
            if (secondsPerRow.TryGetValue(model, out var seconds))
                runSeconds = Mean(runSeconds, seconds * steps);
        }
    }

    /// <summary>Notes that a model was loaded.</summary>
    public void Loaded(TimeSpan elapsed)
    {
        lock (gate)
            loadSeconds = Mean(loadSeconds, elapsed.TotalSeconds);
    }

    /// <summary>Tells how long steps of a model will take, by those that were measured.</summary>
    public TimeSpan Expect(string model, long steps)
    {
        lock (gate)
            return TimeSpan.FromSeconds(secondsPerRow.GetValueOrDefault(model, UnknownSecondsPerRow) * steps);
    }

    private static double Mean(double? mean, double value) => mean is { } known ? known + (Newest * (value - known)) : value;
}
