using System.Runtime.InteropServices;
using Darkroom.Grains.Devices;
using Darkroom.Models.Pipelines;
using TorchSharp;
using Xunit;

namespace Darkroom.Tests.Unit.Grains.Devices;

public sealed class BatchCapsTests
{
    private const int Maximum = 8;

    private static readonly LoadedModel Model = new(new StubPipeline(), null, 0);
    private static readonly BatchKey Large = new(Model, "1x4x128x128", torch.ScalarType.Float32);
    private static readonly BatchKey Small = new(Model, "1x4x64x64", torch.ScalarType.Float32);

    private readonly BatchCaps caps = new(Maximum);

    [Fact]
    public void Halve_OneGroup_LeavesTheOthersAlone()
    {
        Assert.Equal(4, caps.Halve(Large, 8));
        Assert.Equal(2, caps.Halve(Large, 4));
        Assert.Equal((2, Maximum), (caps.Of(Large), caps.Of(Small)));
    }

    [Fact]
    public void Halve_AtOneRow_StaysAtOne()
    {
        Assert.Equal(1, caps.Halve(Large, 2));
        Assert.Equal(1, caps.Halve(Large, 1));
    }

    [Fact]
    public void Fitted_ManyFullPasses_TriesOneMoreRowUpToTheMaximum()
    {
        caps.Halve(Large, 8);
        for (var pass = 0; pass < BatchCaps.PassesBeforeGrowth; pass++)
        {
            Assert.Equal(4, caps.Of(Large));
            caps.Fitted(Large, 3);
            caps.Fitted(Large, 4);
        }

        Assert.Equal(5, caps.Of(Large));
        for (var pass = 0; pass < 10 * BatchCaps.PassesBeforeGrowth; pass++)
            caps.Fitted(Large, caps.Of(Large));
        Assert.Equal(Maximum, caps.Of(Large));
    }

    [Fact]
    public void Adopt_MeasuredPasses_BoundTheirShapeAndOthersByTheirCells()
    {
        caps.Adopt(Model, new BatchProfile("1x4x128x128", "Float32", [new(1, 1), new(2, 1.5), new(4, 3)]));
        Assert.Equal((2, Maximum), (caps.Of(Large), caps.Of(Small)));
        Assert.Equal(1, caps.Of(Large with { Shape = "1x4x512x512" }));
        caps.Halve(Large, 2);
        for (var pass = 0; pass < 10 * BatchCaps.PassesBeforeGrowth; pass++)
            caps.Fitted(Large, caps.Of(Large));
        Assert.Equal(2, caps.Of(Large));
        caps.Forget(Model);
        Assert.Equal(Maximum, caps.Of(Large));
    }

    [Theory]
    [InlineData(new[] { 1.0, 1.1, 1.3, 2.2, 4.0 }, 4)]     // 16 rows pay best, but 4 are what one row's owner can bear
    [InlineData(new[] { 1.0, 3.0, 9.0 }, 1)]
    [InlineData(new[] { 1.0, 1.0, 1.0 }, 4)]
    public void Of_SeveralTenantsWait_PassesTakeAtMostTwiceAsLongAsOneRow(double[] seconds, int rows)
    {
        var caps = new BatchCaps(Maximum);
        caps.Adopt(Model, new BatchProfile(Large.Shape, "Float32", [.. seconds.Select((time, i) => new MeasuredPass(1 << i, time))]));
        Assert.Equal(rows, caps.Of(Large, isShared: true));
        Assert.Equal(Math.Min(Maximum, caps.Of(Large)), caps.Of(Large, isShared: false));
    }

    [Theory]
    [InlineData(new[] { 1.0, 1.0, 1.0, 1.0 }, 8)]
    [InlineData(new[] { 1.0, 2.0, 4.0, 8.0 }, 1)]
    [InlineData(new[] { 1.0, 1.2, 2.3, 4.5 }, 4)]
    [InlineData(new[] { 1.0, 1.2, 3.0 }, 2)]
    [InlineData(new[] { 1.0 }, 1)]
    public void Rows_OfMeasuredPasses_AreTheFewestThatComeCloseToTheBestThroughput(double[] seconds, int rows)
    {
        var profile = new BatchProfile("1x1", "Float32", [.. seconds.Select((time, i) => new MeasuredPass(1 << i, time))]);
        Assert.Equal((rows, seconds[int.Log2(rows)] / rows), (profile.Rows, profile.SecondsPerRow));
    }

#pragma warning disable CA2201 // These are what the runtime and libtorch's binding throw.
    public static TheoryData<Exception, bool> Errors => new()
    {
        { new ExternalException("CUDA out of memory. Tried to allocate 20.00 MiB (GPU 0; ...)"), true },
        { new ExternalException("[enforce fail at alloc_cpu.cpp:66] . DefaultCPUAllocator: can't allocate memory: you tried to allocate 8 bytes."), true },
        { new ExternalException("DefaultCPUAllocator: not enough memory: you tried to allocate 8 bytes."), true },
        { new OutOfMemoryException(), true },
        { new InvalidOperationException("wrapped", new OutOfMemoryException()), true },
        { new ExternalException("CUDA error: an illegal memory access was encountered"), false },
        { new InvalidOperationException("out of memory, says the user"), false },
    };
#pragma warning restore CA2201

    [Theory]
    [MemberData(nameof(Errors))]
    public void MemoryExhaustion_LibtorchsWords_AreKnown(Exception error, bool expected) => Assert.Equal(expected, MemoryExhaustion.Is(error));
}
