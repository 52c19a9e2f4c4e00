using Darkroom.Models.Layers;
using Darkroom.Models.Mgie;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Models.Mgie;

public sealed class EditHeadTests
{
    private static readonly EditHeadConfig Toy = new(12, 8, 6, 5, 16, 2, 2, 2);

    [Fact]
    public void OneEmbeddingForABatch_EqualsOneForEach()
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var head = Make();
        var (states, embeddings) = (randn(3, 8, 12), randn(1, 8, 12));
        var features = head.call(states, embeddings);
        Assert.Equal([3, 5, 6], features.shape);
        Assert.True(allclose(features, head.call(states, embeddings.expand(3, 8, 12))));
    }

    [Fact]
    public void WrongShape_IsRefusedByName()
    {
        using var scope = NewDisposeScope();
        using var head = Make();
        Assert.Contains("[1, 8, 11]; allowed is [any, any, 12]", Refused(zeros(1, 8, 11), zeros(1, 8, 12)), StringComparison.Ordinal);
        Assert.Contains("[1, 7, 12]; allowed is [1, 8, 12]", Refused(zeros(1, 8, 12), zeros(1, 7, 12)), StringComparison.Ordinal);
        Assert.Contains("[]; allowed is [2, 8, 12]", Refused(zeros(2, 8, 12), zeros([])), StringComparison.Ordinal);

        string Refused(Tensor states, Tensor embeddings) => Assert.Throws<ArgumentException>(() => head.call(states, embeddings)).Message;
    }

    [Fact]
    public void Forward_LeavesNoTensorBehind()
    {
        using var guard = no_grad();
        using var head = Make();
        using var scope = NewDisposeScope();
        var states = randn(1, 8, 12);
        var before = scope.DisposablesCount;
        head.call(states, states);
        Assert.Equal(before + 1, scope.DisposablesCount);
    }

    private static EditHead Make()
    {
        var head = new EditHead(Toy);
        Initializer.Reset(head, 1);
        return head;
    }
}
