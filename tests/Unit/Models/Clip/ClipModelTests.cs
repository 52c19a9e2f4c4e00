using Darkroom.Models.Clip;
using Darkroom.Models.Layers;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Models.Clip;

public sealed class ClipModelTests
{
    private static readonly ClipTextConfig Text = new(20, 8, 16, 2, 2, 6, ClipActivation.QuickGelu, 1e-5, 4, HasProjection: false);
    private static readonly ClipVisionConfig Vision = new(8, 16, 2, 2, 3, 10, 4, ClipActivation.Gelu, 1e-5, 4, HasProjection: false);

    [Fact]
    public void Text_LaterTokens_AreNotSeen()
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var model = new ClipTextModel(Text);
        Initializer.Reset(model, 1);
        var first = model.call(tensor(new long[] { 1, 2, 3, 4 }, [1, 4]));
        var second = model.call(tensor(new long[] { 1, 2, 9, 9 }, [1, 4]));
        Assert.True(allclose(first.narrow(1, 0, 2), second.narrow(1, 0, 2)));
        Assert.False(allclose(first.narrow(1, 2, 2), second.narrow(1, 2, 2)));
    }

    [Fact]
    public void Text_WrongIds_AreRefusedByName()
    {
        using var scope = NewDisposeScope();
        using var model = new ClipTextModel(Text);
        Assert.Contains("7 tokens; allowed are at most 6", Refused(zeros(1, 7, dtype: ScalarType.Int64)), StringComparison.Ordinal);
        Assert.Contains("0 to 20; allowed are 0 to 19", Refused(tensor(new long[] { 0, 20 }, [1, 2])), StringComparison.Ordinal);
        Assert.Contains("Float32; allowed is Int64 or Int32", Refused(zeros(1, 2)), StringComparison.Ordinal);
        Assert.Contains("[3]; allowed is [any, any]", Refused(zeros(3, dtype: ScalarType.Int64)), StringComparison.Ordinal);
        Assert.Contains("text_projection", Assert.Throws<InvalidOperationException>(() => model.Project(zeros(1, 8))).Message, StringComparison.Ordinal);

        string Refused(Tensor ids) => Assert.Throws<ArgumentException>(() => model.call(ids)).Message;
    }

    [Fact]
    public void Vision_WrongPictureOrLayer_IsRefused()
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var model = new ClipVisionModel(Vision);
        Initializer.Reset(model, 1);
        Assert.Equal([2, 5, 8], model.call(rand(2, 3, 10, 10)).shape);          // 10 / 4 is 2 patches, 2 pixels are not seen
        Assert.Contains("[1, 3, 8, 8]; allowed is [any, 3, 10, 10]", Assert.Throws<ArgumentException>(() => model.call(rand(1, 3, 8, 8))).Message, StringComparison.Ordinal);
        Assert.Contains("-3 to 2", Assert.Throws<ArgumentException>(() => model.HiddenState(rand(1, 3, 10, 10), 3)).Message, StringComparison.Ordinal);
        Assert.Equal([1, 5, 8], model.HiddenState(rand(1, 3, 10, 10), -3).shape);
    }

    [Fact]
    public void Forward_LeavesNoTensorBehind()
    {
        using var guard = no_grad();
        using var text = new ClipTextModel(Text);
        using var vision = new ClipVisionModel(Vision);
        Initializer.Reset(text, 1);
        Initializer.Reset(vision, 1);
        using var scope = NewDisposeScope();
        var (ids, picture) = (ones(2, 5, dtype: ScalarType.Int64), rand(1, 3, 10, 10));
        var before = scope.DisposablesCount;
        var results = new List<Tensor> { text.call(ids), text.Penultimate(ids), vision.call(picture) };
        results.AddRange(text.HiddenStates(ids));
        results.AddRange(vision.HiddenStates(picture));
        Assert.Equal(before + results.Count, scope.DisposablesCount);
    }
}
