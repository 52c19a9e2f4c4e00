using Darkroom.Contracts.Runs;
using Darkroom.Grains.Runs;
using Xunit;

namespace Darkroom.Tests.Unit.Grains.Runs;

public sealed class RunFeedTests
{
    private readonly RunFeed feed = new();

    [Fact]
    public async Task Read_AfterTheEnd_GivesTheEndOnly()
    {
        feed.Publish(At(RunStage.Stepping, 0.5));
        feed.Publish(At(RunStage.Completed, 1));
        Assert.Equal([1.0], await AllAsync());
    }

    [Fact]
    public async Task Read_BeforeTheFirst_WaitsForIt()
    {
        var reading = AllAsync();
        Assert.False(reading.IsCompleted);
        feed.Publish(At(RunStage.Completed, 1));
        Assert.Equal([1.0], await reading);
    }

    [Fact]
    public async Task Read_PublishedWhileTheReaderIsBusy_SeesTheNewest()
    {
        feed.Publish(At(RunStage.Preparing, 0));
        await using var reader = feed.ReadAsync(default).GetAsyncEnumerator();
        Assert.True(await reader.MoveNextAsync());
        feed.Publish(At(RunStage.Stepping, 0.2));
        feed.Publish(At(RunStage.Stepping, 0.4));
        Assert.True(await reader.MoveNextAsync());
        Assert.Equal(0.4, reader.Current.Fraction);
    }

    [Fact]
    public async Task Read_Cancelled_Ends()
    {
        using var stop = new CancellationTokenSource();
        await using var reader = feed.ReadAsync(stop.Token).GetAsyncEnumerator();
        var next = reader.MoveNextAsync();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
    }

    private async Task<List<double>> AllAsync()
    {
        var fractions = new List<double>();
        await foreach (var progress in feed.ReadAsync(default))
            fractions.Add(progress.Fraction);
        return fractions;
    }

    private static RunProgress At(RunStage stage, double fraction) => new("t/r", stage, 0, 1, 0, 1, fraction, TimeSpan.Zero, null);
}
