using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Compat.Torch;

public sealed class TensorTests
{
    [Fact]
    public void Add_BroadcastShapes_GivesOuterSum()
    {
        using var scope = NewDisposeScope();
        var sum = tensor(new[] { 1f, 2f }).view(2, 1) + tensor(new[] { 10f, 20f, 30f });

        Assert.Equal([2, 3], sum.shape);
        Assert.Equal([11, 21, 31, 12, 22, 32], Values.Of(sum));
    }

    [Fact]
    public void Operators_ScalarsOnBothSides_KeepTheirOrder()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new[] { 1f, 2f, 4f });

        Assert.Equal([9, 8, 6], Values.Of(10 - x));
        Assert.Equal([-9, -8, -6], Values.Of(x - 10));
        Assert.Equal([8, 4, 2], Values.Of(8 / x));
        Assert.Equal([0.5, 1, 2], Values.Of(x / 2));
        Assert.Equal([3, 5, 9], Values.Of(2 * x + 1));
        Assert.Equal([1, 0, 1], Values.Of(tensor(new[] { 1f, 2f, 3f }) % 2));
        Assert.Equal([0, 1, 1], Values.Of(1 < x));
        Assert.Equal([1, 1, 0], Values.Of(x <= 2));
        Assert.Equal([-1, -2, -4], Values.Of(-x));
    }

    [Fact]
    public void Arithmetic_IntegerAndReal_PromotesToDefaultType()
    {
        using var scope = NewDisposeScope();

        Assert.Equal(ScalarType.Float32, (arange(3) + 0.5).dtype);
        Assert.Equal(ScalarType.Int64, (arange(3) + 1).dtype);
        Assert.Equal(ScalarType.Float16, (ones(2, dtype: ScalarType.Float16) * 2.5).dtype);
        Assert.Equal(ScalarType.Float64, (ones(2, dtype: ScalarType.Float64) + ones(2)).dtype);
    }

    [Fact]
    public void InPlace_Operators_ReturnTheSameObjectAndChangeIt()
    {
        using var scope = NewDisposeScope();
        var x = ones(3);

        Assert.Same(x, x.add_(2).mul_(3).sub_(ones(3)).div_(2));
        Assert.Equal([4, 4, 4], Values.Of(x));
        Assert.Equal([0, 0, 0], Values.Of(x.zero_()));
        Assert.Equal([5, 5, 5], Values.Of(x.fill_(5)));
        Assert.Equal([1, 2, 3], Values.Of(x.copy_(tensor(new[] { 1f, 2f, 3f }))));
        Assert.Equal([2, 2, 3], Values.Of(x.clamp_(2, 3)));
    }

    [Fact]
    public void Reductions_OverDimensions_MatchHandComputedValues()
    {
        using var scope = NewDisposeScope();
        var x = arange(6, dtype: ScalarType.Float32).view(2, 3);

        Assert.Equal([15], Values.Of(x.sum()));
        Assert.Equal([3, 5, 7], Values.Of(x.sum(0L)));
        Assert.Equal([3, 5, 7], Values.Of(x.sum([0])));
        Assert.Equal([3, 12], Values.Of(x.sum(new long[] { 1 })));
        Assert.Equal([2, 1], x.mean([1], keepdim: true).shape);
        Assert.Equal([1, 1], Values.Of(x.std(1)));
        Assert.Equal([2.0 / 3, 2.0 / 3], Values.Of(x.var(1, unbiased: false)), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal([3, 4, 5], Values.Of(x.amax([0])));
        Assert.Equal([0, 3], Values.Of(x.amin(1)));
        Assert.Equal([2, 2], Values.Of(x.argmax(1)));
        Assert.Equal([0, 1, 3, 3, 7, 12], Values.Of(x.cumsum(1)));
        Assert.Equal(Math.Sqrt(55), x.norm().item<float>(), 5);
        Assert.True(x.any().item<bool>());
        Assert.False(x.all().item<bool>());
    }

    [Fact]
    public void Einsum_MatrixProduct_EqualsMatmul()
    {
        using var scope = NewDisposeScope();
        var a = randn(2, 3, 4);
        var b = randn(2, 5, 4);

        Assert.True(einsum("bij,bkj->bik", a, b).allclose(a.matmul(b.transpose(-2, -1)), 1e-5, 1e-6));
    }

    [Fact]
    public void Views_ShareMemory_CopiesDoNot()
    {
        using var scope = NewDisposeScope();
        var x = zeros(2, 3);

        x.view(6)[4] = 1;
        x.transpose(0, 1)[0, 1] = 2;
        x.clone()[0, 0] = 9;

        Assert.Equal([0, 0, 0, 2, 1, 0], Values.Of(x));
        Assert.False(x.transpose(0, 1).is_contiguous());
        Assert.Equal([1, 3], x.t().stride());
    }

    [Fact]
    public void SplitAndJoin_RoundTrip_GivesTheSameTensor()
    {
        using var scope = NewDisposeScope();
        var x = arange(24).view(2, 3, 4);

        Assert.True(cat(x.split(new long[] { 1, 3 }, 2), 2).Equals(x));
        Assert.True(cat(x.chunk(2, 2), 2).Equals(x));
        Assert.True(stack(x.unbind(1), 1).Equals(x));
        Assert.True(x.permute(2, 0, 1).permute(1, 2, 0).Equals(x));
        Assert.True(x.roll([1], [2]).roll([-1], [2]).Equals(x));
        Assert.True(x.flip(0, 1).flip(0, 1).Equals(x));
    }

    [Fact]
    public void To_SameTypeAndDevice_SharesMemoryUnlessCopyIsAsked()
    {
        using var scope = NewDisposeScope();
        var x = zeros(2);

        x.to(ScalarType.Float32).fill_(1);
        Assert.Equal([1, 1], Values.Of(x));
        x.to(ScalarType.Float32, copy: true).fill_(2);
        Assert.Equal([1, 1], Values.Of(x));
        var moved = x.to(ScalarType.Int64, disposeAfter: true);
        Assert.True(x.IsInvalid);
        Assert.Equal(ScalarType.Int64, moved.dtype);
    }

    [Fact]
    public void Sort_Topk_Where_MatchHandComputedValues()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new[] { 3f, 1f, 2f });

        Assert.Equal([1, 2, 3], Values.Of(x.sort().Values));
        Assert.Equal([1, 2, 0], Values.Of(x.argsort()));
        var (values, indexes) = x.topk(2);
        Assert.Equal([3, 2], Values.Of(values));
        Assert.Equal([0, 2], Values.Of(indexes));
        Assert.Equal([3, 0, 2], Values.Of(where(x > 1.5, x, zeros(1))));
        Assert.Equal([0, 2], Values.Of((x > 1.5).nonzero().squeeze(1)));
        Assert.Equal([3, 2], Values.Of(x.gather(0, tensor(new long[] { 0, 2 }))));
        Assert.Equal([9, 1, 9], Values.Of(x.masked_fill(x > 1.5, 9)));
    }
}
