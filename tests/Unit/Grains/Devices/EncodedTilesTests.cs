using Darkroom.Grains.Devices;
using Darkroom.Models.Pipelines;
using Microsoft.Extensions.Options;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Grains.Devices;

public sealed class EncodedTilesTests
{
    private const int QuarterMebibyte = (1 << 18) / sizeof(float);

    private readonly CountingEncoder encoder = new();

    [Fact]
    public void Begin_SamePixels_EncodesOnceAndGivesTheSame()
    {
        using var tiles = Tiles(1);
        using var first = Begin(tiles, 1);
        using var second = Begin(tiles, 1);
        using var other = Begin(tiles, 2);

        Assert.Equal(2, encoder.Count);
        Assert.True(first.equal(second).all().item<bool>());
        Assert.False(first.equal(other).all().item<bool>());
    }

    [Fact]
    public void Begin_WhatHasNoRoom_IsTheOneThatWasUsedLongestAgo()
    {
        using var tiles = Tiles(1);
        for (var value = 1; value <= 4; value++)
            Begin(tiles, value).Dispose();
        Begin(tiles, 1).Dispose();
        Begin(tiles, 5).Dispose();   // drops 2
        Assert.Equal(5, encoder.Count);
        Begin(tiles, 1).Dispose();
        Assert.Equal(5, encoder.Count);
        Begin(tiles, 2).Dispose();
        Assert.Equal(6, encoder.Count);
    }

    [Fact]
    public void Begin_NothingIsKept_EncodesEachTime()
    {
        using var tiles = Tiles(0);
        Begin(tiles, 1).Dispose();
        Begin(tiles, 1).Dispose();
        Assert.Equal(2, encoder.Count);
    }

    [Fact]
    public void Key_AnythingElse_IsAnotherTile()
    {
        float[] pixels = [1, 2, 3, 4];
        var key = EncodedTileKey.Of("cpu:0", "m", 2, 2, pixels);
        Assert.Equal(key, EncodedTileKey.Of("cpu:0", "m", 2, 2, [1, 2, 3, 4]));
        Assert.NotEqual(key, EncodedTileKey.Of("cpu:1", "m", 2, 2, pixels));
        Assert.NotEqual(key, EncodedTileKey.Of("cpu:0", "n", 2, 2, pixels));
        Assert.NotEqual(key, EncodedTileKey.Of("cpu:0", "m", 4, 1, pixels));
        Assert.NotEqual(key, EncodedTileKey.Of("cpu:0", "m", 2, 2, [1, 2, 3, 5]));
    }

    private static EncodedTiles Tiles(int mebibytes) => new(Options.Create(new DeviceOptions { EncodedMebibytes = mebibytes }));

    private Tensor Begin(EncodedTiles tiles, float value) =>
        tiles.Begin(encoder, EncodedTileKey.Of("cpu:0", "m", 1, 1, [value]), () => full([1, QuarterMebibyte], value), default);

    private sealed class CountingEncoder : IPictureEncoder
    {
        public int Count { get; private set; }

        public Tensor EncodePicture(Tensor tile)
        {
            Count++;
            return tile.clone();
        }

        public Tensor Begin(Tensor encoded, StepContext context) => encoded * 2;
    }
}
