using Xunit;

namespace Darkroom.Tests.Unit.Grains;

/// <summary>Waits for what no signal tells of.</summary>
internal static class TestWait
{
    public static async Task UntilAsync(Func<bool> condition)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition())
        {
            Assert.False(timeout.IsCancellationRequested, "waited 20 s in vain");
            await Task.Delay(2, CancellationToken.None);
        }
    }
}
