using Xunit;

namespace Darkroom.Tests.Compat.Orleans;

public sealed class TimerTests(ClusterFixture fixture) : IClassFixture<ClusterFixture>
{
    [Fact]
    public async Task Timer_ThatInterleaves_TicksDuringACall()
    {
        var grain = fixture.Client.GetGrain<ITimerGrain>(ClusterFixture.NewKey());
        await grain.Start(interleave: true);

        // The call itself waits for the ticks.
        await grain.WaitForTicks(3);
    }

    [Fact]
    public async Task Timer_ThatDoesNotInterleave_WaitsForTheCall()
    {
        var grain = fixture.Client.GetGrain<ITimerGrain>(ClusterFixture.NewKey());
        await grain.Start(interleave: false);

        Assert.Equal(0, await grain.Occupied(60));

        await UntilAsync(async () => await grain.Ticks() > 1);
    }

    [Fact]
    public async Task Timer_Disposed_TicksNoMore()
    {
        var grain = fixture.Client.GetGrain<ITimerGrain>(ClusterFixture.NewKey());
        await grain.Start(interleave: true);
        await grain.WaitForTicks(1);

        await grain.Finish();

        Assert.Equal(0, await grain.Occupied(50));
    }

    [Fact]
    public async Task Timer_WhoseTickFails_TicksOn()
    {
        var grain = fixture.Client.GetGrain<ITimerGrain>(ClusterFixture.NewKey());
        await grain.StartOnceAndFail();

        await UntilAsync(async () => await grain.Ticks() > 2);
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!await condition())
            await Task.Delay(5, limit.Token);
    }
}
