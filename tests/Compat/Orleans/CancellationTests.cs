using Xunit;

namespace Darkroom.Tests.Compat.Orleans;

public sealed class CancellationTests(ClusterFixture fixture) : IClassFixture<ClusterFixture>
{
    [Fact]
    public async Task Call_Cancelled_CancelsTheGrainsToken()
    {
        var key = ClusterFixture.NewKey();
        using var cancellation = new CancellationTokenSource();
        var grain = fixture.Client.GetGrain<IStreamGrain>(key);
        var call = grain.Run(cancellation.Token);
        await grain.Ping();

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal("cancelled", await StreamGrain.EndOf(key).Task.WaitAsync(TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task Call_WithCancelledToken_IsNotMade()
    {
        var key = ClusterFixture.NewKey();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => fixture.Client.GetGrain<IStreamGrain>(key).Run(new CancellationToken(canceled: true)));

        Assert.False(StreamGrain.EndOf(key).Task.IsCompleted);
    }
}
