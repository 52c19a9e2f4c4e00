using Darkroom.Models.Llama;
using Xunit;

namespace Darkroom.Tests.Unit.Models.Llama;

public sealed class NGramBlockerTests
{
    [Theory]
    [InlineData(new long[] { 1, 2, 3, 1, 2 }, 3, new long[] { 3 })]
    [InlineData(new long[] { 1, 2, 3, 1, 2, 4, 1, 2 }, 3, new long[] { 3, 4 })]
    [InlineData(new long[] { 1, 2, 3 }, 3, new long[] { })]
    [InlineData(new long[] { 5, 5 }, 3, new long[] { })]
    [InlineData(new long[] { 5, 5, 5 }, 3, new long[] { 5 })]
    [InlineData(new long[] { 5, 6, 5 }, 2, new long[] { 6 })]
    [InlineData(new long[] { 5, 6, 5 }, 1, new long[] { 5, 6 })]
    [InlineData(new long[] { 5 }, 3, new long[] { })]
    [InlineData(new long[] { }, 1, new long[] { })]
    public void Blocked_EndsAnEarlierRun(long[] tokens, int size, long[] expected) =>
        Assert.Equal(expected, NGramBlocker.Blocked(tokens, size).Order());
}
