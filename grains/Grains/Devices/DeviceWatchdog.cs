namespace Darkroom.Grains.Devices;

/// <summary>Notices that a device does not come back from its work, and that it did after all.</summary>
/// <remarks>The work itself cannot be stopped: whoever waits for it goes elsewhere, and what it holds is freed when it ends.</remarks>
internal sealed class DeviceWatchdog : IDisposable
{
    private static readonly TimeSpan LongestPeriod = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly TimeProvider time;
    private readonly Action<TimeSpan> hung;
    private readonly ITimer timer;
    private TaskCompletionSource mark = NewMark();
    private TimeSpan limit;
    private long begun;
    private bool isWorking;

    /// <summary>Begins to watch.</summary>
    /// <param name="period">How often to look; once a second if it is longer.</param>
    /// <param name="time">The clock.</param>
    /// <param name="hung">Hears once of each work that takes too long, and for how long it has been.</param>
    public DeviceWatchdog(TimeSpan period, TimeProvider time, Action<TimeSpan> hung)
    {
        (this.time, this.hung) = (time, hung);
        period = period < LongestPeriod ? period : LongestPeriod;
        timer = time.CreateTimer(_ => Look(), null, period, period);
    }

    /// <summary>Gets whether the device hangs now.</summary>
    public bool IsHung => Hung.IsCompleted;

    /// <summary>Gets a task that ends when the device hangs; once it does not any more, there is a new one.</summary>
    public Task Hung
    {
        get
        {
            lock (gate)
                return mark.Task;
        }
    }

    /// <summary>Notes on the device's thread that work begins.</summary>
    public void Begin(TimeSpan allowed)
    {
        lock (gate)
            (limit, begun, isWorking) = (allowed, time.GetTimestamp(), true);
    }

    /// <summary>Notes that it has ended.</summary>
    /// <returns>Whether the device had been marked as hanging.</returns>
    public bool End()
    {
        lock (gate)
        {
            isWorking = false;
            if (!mark.Task.IsCompleted)
                return false;
            mark = NewMark();
            return true;
        }
    }

    /// <summary>Looks whether the work takes too long.</summary>
    public void Look()
    {
        TimeSpan elapsed;
        lock (gate)
        {
            if (!isWorking || mark.Task.IsCompleted || (elapsed = time.GetElapsedTime(begun)) <= limit)
                return;
            mark.SetResult();
        }

        hung(elapsed);
    }

    /// <summary>Watches no longer.</summary>
    public void Dispose() => timer.Dispose();

    private static TaskCompletionSource NewMark() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
