namespace Darkroom.Tests.Cluster.Support;

/// <summary>The system's clock, which can be put forward. Its timers are the system's.</summary>
internal sealed class JumpingTime : TimeProvider
{
    private long jumped;
    private long wallJumped;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref jumped) + Interlocked.Read(ref wallJumped));

    public override long GetTimestamp() => base.GetTimestamp() + (Interlocked.Read(ref jumped) * (TimestampFrequency / TimeSpan.TicksPerSecond));

    /// <summary>Puts the clock forward: the machine slept.</summary>
    public void Jump(TimeSpan by) => Interlocked.Add(ref jumped, by.Ticks);

    /// <summary>Sets the clock on the wall, forward or back; what is measured goes on as before.</summary>
    public void JumpWall(TimeSpan by) => Interlocked.Add(ref wallJumped, by.Ticks);
}
