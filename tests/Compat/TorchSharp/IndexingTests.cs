using System.Runtime.InteropServices;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Compat.Torch;

public sealed class IndexingTests
{
    private static Tensor Counting() => arange(24).view(2, 3, 4);

    [Fact]
    public void Get_NumbersSlicesEllipsis_MatchPython()
    {
        using var scope = NewDisposeScope();
        var x = Counting();

        Assert.Equal([20, 21, 22, 23], Values.Of(x[1, 2]));
        Assert.Equal([1, 5, 9, 13, 17, 21], Values.Of(x[TensorIndex.Ellipsis, 1]));
        Assert.Equal([7, 11, 19, 23], Values.Of(x[.., 1.., ^1]));
        Assert.Equal([2, 2, 4], x[TensorIndex.Colon, TensorIndex.Slice(0, null, 2)].shape);
        Assert.Equal([1, 3, 4], x[TensorIndex.None, 0].shape);
        Assert.Equal([12, 13], Values.Of(x[1, 0, ..2]));
        Assert.Equal([2, 3], Values.Of(x[0, 0, (2, 4)]));
    }

    [Fact]
    public void Get_Tensors_GatherAsInPython()
    {
        using var scope = NewDisposeScope();
        var x = Counting();

        Assert.Equal([21, 22, 23], Values.Of(x[x > 20]));
        Assert.Equal([11, 3, 23, 15], Values.Of(x[TensorIndex.Colon, TensorIndex.Tensor(tensor(new long[] { 2, 0 })), TensorIndex.Single(3)]));
        Assert.Equal([3, 4], x[tensor(new long[] { 1 })].squeeze(0).shape);
        var mask = tensor(new[] { true, false, false, false, false, true }).view(2, 3);
        Assert.Equal([0, 1, 2, 3, 20, 21, 22, 23], Values.Of(x[TensorIndex.Tensor(mask)]));
        Assert.Throws<ExternalException>(() => x[TensorIndex.Tensor(mask), TensorIndex.Single(1)]);
    }

    [Fact]
    public void Set_SliceMaskAndNumbers_WritesThrough()
    {
        using var scope = NewDisposeScope();
        var x = Counting();

        x[0] = zeros(1, dtype: ScalarType.Int64);
        x[.., 1] = 7;
        x[1, 2, 3] = -1;
        x[x == 20] = 100;

        Assert.Equal([0, 0, 0, 0, 7, 7, 7, 7, 0, 0, 0, 0, 12, 13, 14, 15, 7, 7, 7, 7, 100, 21, 22, -1], Values.Of(x));
    }

    [Fact]
    public void Get_OutOfRange_SaysSo()
    {
        using var scope = NewDisposeScope();
        var x = Counting();

        var error = Assert.ThrowsAny<Exception>(() => x[5]);

        Assert.Contains("out of range", error.Message, StringComparison.Ordinal);
    }
}
