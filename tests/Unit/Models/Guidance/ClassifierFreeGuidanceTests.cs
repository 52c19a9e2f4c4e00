using Darkroom.Models.Guidance;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Models.Guidance;

public sealed class ClassifierFreeGuidanceTests
{
    [Fact]
    public void Combine_ScaleOfEachRow_IsItsOwn()
    {
        using var scope = NewDisposeScope();
        var combined = ClassifierFreeGuidance.Combine(zeros(3, 1, 2), ones(3, 1, 2), 1, 2, 7.5);
        Assert.Equal([1, 1, 2, 2, 7.5f, 7.5f], combined.data<float>().ToArray());
    }

    [Fact]
    public void CombineDual_ScalesOfOne_GiveTheFullPrediction()
    {
        using var scope = NewDisposeScope();
        var (unconditional, image, full) = (zeros(1, 2), full_like(zeros(1, 2), 2), full_like(zeros(1, 2), 5));
        Assert.Equal([5f, 5f], ClassifierFreeGuidance.CombineDual(unconditional, image, full, [1], [1]).data<float>().ToArray());
    }

    [Fact]
    public void Combine_ShapesOrScalesThatDiffer_AreRefused()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => ClassifierFreeGuidance.Combine(zeros(2, 3), zeros(2, 4), 1));
        Assert.Throws<ArgumentException>(() => ClassifierFreeGuidance.Combine(zeros(3, 3), zeros(3, 3), 1, 2));
    }
}
