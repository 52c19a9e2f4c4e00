using Darkroom.Grains.Devices;
using Xunit;

namespace Darkroom.Tests.Unit.Grains.Devices;

public sealed class DeviceWatchdogTests : IDisposable
{
    private static readonly TimeSpan Allowed = TimeSpan.FromMinutes(5);

    private readonly ManualTime time = new();
    private readonly List<TimeSpan> heard = [];
    private readonly DeviceWatchdog watchdog;

    public DeviceWatchdogTests() => watchdog = new DeviceWatchdog(TimeSpan.FromHours(1), time, heard.Add);

    public void Dispose() => watchdog.Dispose();

    [Fact]
    public void Look_WorkWithinItsTime_SaysNothing()
    {
        watchdog.Begin(Allowed);
        Look(Allowed);
        Assert.False(watchdog.End());
        Assert.Empty(heard);
    }

    [Fact]
    public void Look_WorkThatTakesTooLong_MarksOnceUntilItEnds()
    {
        var hung = watchdog.Hung;
        watchdog.Begin(Allowed);
        Look(Allowed + TimeSpan.FromTicks(1));
        Look(Allowed);
        Assert.True(watchdog.IsHung);
        Assert.True(hung.IsCompletedSuccessfully);
        Assert.Equal([Allowed + TimeSpan.FromTicks(1)], heard);

        Assert.True(watchdog.End());
        Assert.False(watchdog.IsHung);
        Assert.False(watchdog.Hung.IsCompleted);
    }

    [Fact]
    public void Look_NoWork_IsNoHang()
    {
        watchdog.Begin(Allowed);
        watchdog.End();
        Look(10 * Allowed);
        Assert.False(watchdog.IsHung);
    }

    [Fact]
    public void Begin_AfterAHang_CountsFromZero()
    {
        watchdog.Begin(Allowed);
        Look(2 * Allowed);
        watchdog.End();
        watchdog.Begin(Allowed);
        Look(Allowed);
        Assert.False(watchdog.IsHung);
    }

    private void Look(TimeSpan after)
    {
        time.Advance(after);
        watchdog.Look();
    }
}
