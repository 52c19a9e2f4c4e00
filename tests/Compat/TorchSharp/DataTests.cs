using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Compat.Torch;

public sealed class DataTests
{
    [Fact]
    public void Tensor_FromArray_OwnsACopyInTheNaturalType()
    {
        using var scope = NewDisposeScope();
        var source = new[] { 1f, 2f };
        var x = tensor(source);
        source[0] = 9;

        Assert.Equal([1, 2], Values.Of(x));
        Assert.Equal(ScalarType.Float32, x.dtype);
        Assert.Equal(ScalarType.Int64, tensor(new long[] { 1 }).dtype);
        Assert.Equal(ScalarType.Float16, tensor(source, dtype: ScalarType.Float16).dtype);
        Assert.Equal([2, 3], tensor(new float[,] { { 1, 2, 3 }, { 4, 5, 6 } }).shape);
        Assert.Equal([2, 1], tensor(source, [2, 1]).shape);
        Assert.Throws<ArgumentException>(() => tensor(source, [3]));
    }

    [Fact]
    public void Data_OfATransposedView_ReadsAndWritesInItsOrder()
    {
        using var scope = NewDisposeScope();
        var x = arange(6, dtype: ScalarType.Float32).view(2, 3);
        var turned = x.transpose(0, 1);

        Assert.Equal([0, 3, 1, 4, 2, 5], turned.data<float>().ToArray());
        var target = new float[3];
        turned.data<float>().CopyTo(target, 1, 2);
        Assert.Equal([0, 1, 4], target);
        turned.data<float>()[2, 1] = 50;
        turned.data<float>().CopyFrom(new float[] { 100, 101 });
        Assert.Equal([100, 1, 2, 101, 4, 50], Values.Of(x));
    }

    [Fact]
    public void Bytes_OfAContiguousTensor_AreItsMemory()
    {
        using var scope = NewDisposeScope();
        var x = zeros(2, dtype: ScalarType.Int32);

        x.bytes[4] = 7;

        Assert.Equal([0, 7], Values.Of(x));
        Assert.Equal(8, x.bytes.Length);
        Assert.Throws<InvalidOperationException>(() => zeros(2, 3).t().bytes[0]);
        Assert.Throws<ArgumentException>(() => x.bytes = new byte[3]);
    }

    [Fact]
    public void Item_AndConversions_GiveTheNumber()
    {
        using var scope = NewDisposeScope();

        Assert.Equal(2.5f, tensor(2.5f).item<float>());
        Assert.Equal(2.5, tensor(2.5f).ToDouble());
        Assert.Equal(3, tensor(3L).ToInt32());
        Assert.Equal(3f, (float)tensor(3L));
        Assert.Equal((Half)1.5, tensor(1.5f).half().item<Half>());
        Assert.True(tensor(true).item<bool>());
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.Int64)]
    [InlineData(ScalarType.Byte)]
    [InlineData(ScalarType.Bool)]
    public void SaveAndLoad_EachType_GivesTheSameTensor(ScalarType type)
    {
        using var scope = NewDisposeScope();
        var x = randint(0, 2, [3, 5, 2], dtype: type).transpose(0, 2);
        var file = Path.GetTempFileName();
        try
        {
            x.save(file);
            var loaded = load(file);

            Assert.Equal(type, loaded.dtype);
            Assert.True(loaded.Equals(x));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Load_IntoAnotherShapeOrGarbage_Throws()
    {
        using var scope = NewDisposeScope();
        var stream = new MemoryStream();
        ones(2, 3).Save(stream);

        Assert.False(stream.CanRead);   // saving closes it
        Assert.Throws<ArgumentException>(() => ones(3, 2).Load(new BinaryReader(new MemoryStream(stream.ToArray()))));
        Assert.ThrowsAny<SystemException>(() => Tensor.Load(new MemoryStream([120, 1, 1, 0])));   // TorchSharp: of libtorch
        Assert.Throws<EndOfStreamException>(() => Tensor.Load(new MemoryStream([6, 1, 100, 0, 0])));
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(1f)]
    [InlineData(1.00390625f)]
    [InlineData(-3.14159f)]
    [InlineData(1e38f)]
    [InlineData(float.PositiveInfinity)]
    public void BFloat16_Rounding_EqualsLibtorchs(float value)
    {
        using var scope = NewDisposeScope();

        Assert.Equal(tensor(value).bfloat16().@float().item<float>(), new BFloat16(value).ToSingle());
    }
}
