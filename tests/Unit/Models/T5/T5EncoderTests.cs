using Darkroom.Models.Layers;
using Darkroom.Models.T5;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Models.T5;

public sealed class T5EncoderTests
{
    private static readonly T5EncoderConfig Toy = new(20, 8, 3, 16, 2, 2, 8, 20, T5FeedForwardKind.GatedGelu, 1e-6);

    [Fact]
    public void Padding_IsNotSeen()
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var encoder = Make();
        var ids = tensor(new long[] { 3, 4, 5, 0, 0 }, [1, 5]);
        var others = tensor(new long[] { 3, 4, 5, 7, 8 }, [1, 5]);
        var mask = tensor(new long[] { 1, 1, 1, 0, 0 }, [1, 5]);
        var (padded, other) = (encoder.call(ids, mask), encoder.call(others, mask));
        Assert.True(allclose(padded.narrow(1, 0, 3), other.narrow(1, 0, 3)));
        var alone = encoder.call(ids.narrow(1, 0, 3), mask.narrow(1, 0, 3));
        Assert.True(allclose(alone, padded.narrow(1, 0, 3), 1e-4, 1e-6));
    }

    [Fact]
    public void MaskOfAnotherShape_IsRefused()
    {
        using var scope = NewDisposeScope();
        using var encoder = Make();
        var error = Assert.Throws<ArgumentException>(() => encoder.call(ones(1, 4, dtype: ScalarType.Int64), ones(1, 3, dtype: ScalarType.Int64)));
        Assert.Contains("[1, 3]; allowed is [1, 4]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EmbeddingTable_IsOneUnderBothNames()
    {
        using var encoder = Make();
        var state = encoder.state_dict();
        Assert.All(T5Encoder.TiedNames, name => Assert.Contains(name, state.Keys));
        using var guard = no_grad();
        state[T5Encoder.TiedNames[0]].zero_();
        Assert.Equal(0, state[T5Encoder.TiedNames[1]].abs().max().item<float>());
    }

    [Fact]
    public void Forward_LeavesNoTensorBehind()
    {
        using var guard = no_grad();
        using var encoder = Make();
        using var scope = NewDisposeScope();
        var ids = ones(2, 5, dtype: ScalarType.Int64);
        var mask = ones_like(ids);
        mask.narrow(1, 3, 2).zero_().Dispose();
        var before = scope.DisposablesCount;
        encoder.call(ids, mask);
        Assert.Equal(before + 1, scope.DisposablesCount);
    }

    private static T5Encoder Make()
    {
        var encoder = new T5Encoder(Toy);
        Initializer.Reset(encoder, 1);
        return encoder;
    }
}
