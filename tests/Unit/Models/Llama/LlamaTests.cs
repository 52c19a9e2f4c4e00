using Darkroom.Models.Clip;
using Darkroom.Models.Layers;
using Darkroom.Models.Llama;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Models.Llama;

public sealed class LlamaTests
{
    private static readonly LlamaConfig Toy = new(30, 16, 24, 2, 2, 24, 1e-6, 10000, 1, 2);

    [Fact]
    public void Generate_BatchWithLeftPadding_EqualsEachAlone()
    {
        using var scope = NewDisposeScope();
        using var model = Make();
        var options = new GreedyOptions(6, NoRepeatNGramSize: 2, EndIds: []);
        var together = GreedyGenerator.Generate(
            model, tensor(new long[] { 0, 0, 5, 6, 7, 8, 9, 10 }, [2, 4]), tensor(new long[] { 0, 0, 1, 1, 1, 1, 1, 1 }, [2, 4]), options);
        var second = GreedyGenerator.Generate(model, tensor(new long[] { 7, 8, 9, 10 }, [1, 4]), mask: null, options);
        Assert.Equal(second.Tokens[0], together.Tokens[1]);
        var first = GreedyGenerator.Generate(model, tensor(new long[] { 5, 6 }, [1, 2]), mask: null, options);
        Assert.Equal(first.Tokens[0], together.Tokens[0]);
    }

    [Fact]
    public void Generate_EndToken_StopsTheRowAndPadsIt()
    {
        using var scope = NewDisposeScope();
        using var model = Make();
        var prompts = tensor(new long[] { 3, 4, 5, 6 }, [2, 2]);
        var free = GreedyGenerator.Generate(model, prompts, mask: null, new GreedyOptions(8, NoRepeatNGramSize: 1, EndIds: []));
        var end = free.Tokens[0][2];                                            // no token comes twice, so it ends row 0 there
        var text = GreedyGenerator.Generate(model, prompts, mask: null, new GreedyOptions(8, NoRepeatNGramSize: 1, EndIds: [end], PadId: 29), keepHiddenStates: true);
        Assert.Equal(free.Tokens[0].Take(3), text.Tokens[0].Take(3));
        Assert.All(text.Tokens[0].Skip(3), token => Assert.Equal(29, token));
        Assert.Equal(text.Tokens[0].Count, text.Tokens[1].Count);
        Assert.Equal([2, 2 + text.Tokens[0].Count - 1, 16], text.HiddenStates!.shape);

        var alone = GreedyGenerator.Generate(model, prompts.narrow(0, 0, 1), mask: null, new GreedyOptions(8, NoRepeatNGramSize: 1, EndIds: [end]));
        Assert.Equal(free.Tokens[0].Take(3), alone.Tokens[0]);
    }

    [Fact]
    public void Generate_LongestSequence_StopsAtTheModelsLimit()
    {
        using var scope = NewDisposeScope();
        using var model = Make();
        var text = GreedyGenerator.Generate(model, ones(1, 20, dtype: ScalarType.Int64), mask: null, new GreedyOptions(100, 0, EndIds: []));
        Assert.Equal(5, text.Tokens[0].Count);                                  // the fifth is chosen by the 24th place, and not fed back
    }

    [Fact]
    public void Generate_Cancelled_Stops()
    {
        using var scope = NewDisposeScope();
        using var model = Make();
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => GreedyGenerator.Generate(
            model, ones(1, 2, dtype: ScalarType.Int64), mask: null, new GreedyOptions(2, 0, EndIds: []), cancellationToken: source.Token));
    }

    [Fact]
    public void Generate_LeavesNoTensorBehind()
    {
        using var model = Make();
        using var scope = NewDisposeScope();
        var ids = ones(1, 3, dtype: ScalarType.Int64);
        var before = scope.DisposablesCount;
        using (GreedyGenerator.Generate(model, ids, mask: null, new GreedyOptions(4, 0, EndIds: []), keepHiddenStates: true))
            Assert.Equal(before + 1, scope.DisposablesCount);
        Assert.Equal(before, scope.DisposablesCount);
    }

    [Fact]
    public void Llava_PromptWithPicture_TakesItsFeatures()
    {
        const int Image = 29;
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var vision = new ClipVisionConfig(8, 16, 2, 2, 3, 8, 4, ClipActivation.QuickGelu, 1e-5, 4, HasProjection: false);
        using var model = new LlavaModel(new LlavaConfig(vision, Toy, Image, FeatureLayer: -2, KeepsClassToken: false));
        Initializer.Reset(model, 1);
        var images = model.call(rand(2, 3, 8, 8));
        Assert.Equal([2, 4, 16], images.shape);
        var ids = tensor(new long[] { 1, Image, Image, Image, Image, 5, 1, 6, Image, Image, Image, Image }, [2, 6]);
        var embedded = model.Embed(ids, images);
        Assert.True(embedded[0].narrow(0, 1, 4).equal(images[0]).all().item<bool>());
        Assert.True(embedded[1].narrow(0, 2, 4).equal(images[1]).all().item<bool>());
        Assert.True(embedded[0][5].equal(model.Language.Embed(ids)[0][5]).all().item<bool>());

        var error = Assert.Throws<ArgumentException>(() => model.Embed(ids.narrow(1, 0, 5), images));
        Assert.Contains("3 to 4 image tokens (id 29); allowed are 4", error.Message, StringComparison.Ordinal);
    }

    private static LlamaForCausalLm Make()
    {
        var model = new LlamaForCausalLm(Toy);
        Initializer.Reset(model, 1);
        return model;
    }
}
