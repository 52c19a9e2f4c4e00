using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Compat.Torch;

[Collection(ProcessWideCollection.Name)]
public sealed class GeneratorTests
{
    [Fact]
    public void Generator_SameSeed_GivesTheSameNumbers()
    {
        using var scope = NewDisposeScope();
        using var first = new Generator(42);
        using var second = new Generator(42);

        Assert.True(randn(100, generator: first).Equals(randn(100, generator: second)));
        Assert.False(randn(100, generator: first).Equals(randn(100, generator: new Generator(43))));
        Assert.Equal(42, first.initial_seed());
    }

    [Fact]
    public void Generator_Own_DoesNotDisturbTheDefaultStream()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var expected = rand(8);
        manual_seed(1);
        _ = rand(100, generator: new Generator(5));

        Assert.True(rand(8).Equals(expected));
    }

    [Fact]
    public void State_SavedAndRestored_Continues()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        var state = generator.get_state();
        var expected = randn(32, generator: generator);
        generator.set_state(state);

        Assert.True(randn(32, generator: generator).Equals(expected));
        Assert.True(randperm(10, generator: generator.manual_seed(9)).Equals(randperm(10, generator: new Generator(9))));
    }

    [Fact]
    public void ManualSeed_Zero_GivesPythonsNumbers()
    {
        using var scope = NewDisposeScope();
        manual_seed(0);

        // python3 -c "import torch; torch.manual_seed(0); print(torch.randn(3))"
        Assert.Equal([1.5410, -0.2934, -2.1788], Values.Of(randn(3)), (a, b) => Math.Abs(a - b) < 1e-4);
    }
}
