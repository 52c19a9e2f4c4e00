namespace Darkroom.Tests.Cluster.Support;

/// <summary>The system's clock, which can be put forward. Its timers are the system's.</summary>
internal sealed class JumpingTime : TimeProvider
{
    private long jumped;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref jumped));

    public override long GetTimestamp() => base.GetTimestamp() + (Interlocked.Read(ref jumped) * (TimestampFrequency / TimeSpan.TicksPerSecond));

    public void Jump(TimeSpan by) => Interlocked.Add(ref jumped, by.Ticks);
}
