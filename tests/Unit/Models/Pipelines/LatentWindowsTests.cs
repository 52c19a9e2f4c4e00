using Darkroom.Models.Pipelines;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Models.Pipelines;

public sealed class LatentWindowsTests
{
    [Theory]
    [InlineData(5, 7, 1)]
    [InlineData(8, 8, 1)]
    [InlineData(9, 8, 2)]
    [InlineData(21, 13, 8)]
    [InlineData(64, 9, 1)]
    public void Blend_FunctionOfEachCellAlone_IsAsComputedWhole(int height, int width, int scale)
    {
        using var scope = NewDisposeScope();
        var latent = rand(2, 3, height, width);
        Tensor Compute(Tensor part) => (part * 2 + 1).repeat_interleave(scale, 2).repeat_interleave(scale, 3);
        var blended = new LatentWindows(8, 3).Blend(height, width, scale, window => Compute(window.Cut(latent)));
        Assert.True(allclose(Compute(latent), blended, 1e-5, 1e-5));
    }

    [Theory]
    [InlineData(8, 8, 1)]
    [InlineData(9, 20, 6)]
    [InlineData(30, 30, 25)]
    public void Blend_Windows_AreOfOneSizeAndAsFewAsCoverTheLatent(int height, int width, int count)
    {
        using var scope = NewDisposeScope();
        var latent = rand(1, 1, height, width);
        var seen = new List<LatentWindow>();
        new LatentWindows(8, 2).Blend(height, width, 1, window =>
        {
            seen.Add(window);
            return window.Cut(latent);
        });
        Assert.Equal(count, seen.Count);
        Assert.All(seen, window => Assert.Equal((8, 8), (window.Height, window.Width)));
        Assert.Equal((0, 0), (seen[0].Top, seen[0].Left));
        Assert.Equal((height - 8, width - 8), (seen[^1].Top, seen[^1].Left));
    }

    [Fact]
    public void Blend_WindowsThatDiffer_ChangeSmoothlyFromOneToTheNext()
    {
        using var scope = NewDisposeScope();
        var blended = new LatentWindows(16, 8).Blend(16, 24, 1, window => full([1, 1, 16, 16], window.Left == 0 ? 0f : 1f));
        var row = blended[0, 0, 3].data<float>().ToArray();
        Assert.Equal(0, row[0]);
        Assert.Equal(1, row[^1]);
        Assert.All(row.Zip(row.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, 0, 0.2));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(8, 8)]
    [InlineData(8, -1)]
    public void Blend_OverlapThatIsNone_IsRefused(int size, int overlap) =>
        Assert.Throws<ArgumentException>(() => new LatentWindows(size, overlap).Blend(4, 4, 1, _ => zeros(1)));
}
