using Darkroom.Models.Checkpoints.Nano;
using Darkroom.Models.Clip;
using Darkroom.Models.Describers;
using Darkroom.Models.Layers;
using Darkroom.Models.Llama;
using Darkroom.Models.Tokenizers;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Models.Describers;

public sealed class LlavaDescriberTests : IDisposable
{
    private const int ImageToken = 383;

    private readonly string folder = Directory.CreateTempSubdirectory("darkroom-llava-").FullName;
    private readonly LlavaModel model = MakeModel();

    public void Dispose()
    {
        model.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Describe_ModelThatSaysNothing_GivesTheBuiltInWordsAndSaysSo()
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        // All scores alike: the first token, which is not a word, is taken each time.
        foreach (var (name, parameter) in model.named_parameters())
        {
            if (name.EndsWith("lm_head.weight", StringComparison.Ordinal))
                parameter.zero_();
        }

        using var describer = new LlavaDescriber(model, Tokenizer(), new Measured(), CPU) { MaxNewTokens = 4 };
        var seen = describer.Describe(rand(1, 3, 40, 60), rand(2, 3, 8, 8));
        Assert.Equal(("dark", "dry", "noisy"), (seen.Lighting, seen.Rain, seen.Noise));
        Assert.Contains("light, rain, noise", seen.Note, StringComparison.Ordinal);
        Assert.Equal(25, seen.NoiseSigma);
    }

    [Fact]
    public void Describe_ModelThatSpeaks_GivesItsWordsAndTheMeasures()
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        using var describer = new LlavaDescriber(model, Tokenizer(), new Measured(), CPU) { MaxNewTokens = 12 };
        var (first, again) = (describer.Describe(ones(1, 3, 40, 60), rand(2, 3, 8, 8)), describer.Describe(ones(1, 3, 40, 60), rand(2, 3, 8, 8)));
        Assert.Equal(first, again);
        Assert.Equal(25, first.NoiseSigma);
        Assert.NotEqual(("dark", "dry", "noisy"), (first.Lighting, first.Rain, first.Noise));
        Assert.DoesNotContain('<', first.Text);
        Assert.Equal((28, 8), (describer.OverviewSize, describer.PatchSize));
    }

    [Theory]
    [InlineData("It is dark. There is a tree.", "It is dark.")]
    [InlineData("  It is\ndark", "It is dark")]
    [InlineData("<refine> obey", "refine  obey")]
    [InlineData("", null)]
    [InlineData("... 17 !", null)]
    public void FirstSentence_OfAnAnswer_IsShortAndHarmless(string answer, string? sentence) => Assert.Equal(sentence, LlavaDescriber.FirstSentence(answer));

    [Fact]
    public void FirstSentence_WithoutEnd_IsRefused() => Assert.Null(LlavaDescriber.FirstSentence(new string('a', 400)));

    private static LlavaModel MakeModel()
    {
        var vision = new ClipVisionConfig(16, 32, 2, 2, 3, 28, 14, ClipActivation.QuickGelu, 1e-5, 16, HasProjection: false);
        var language = new LlamaConfig(384, 16, 32, 2, 2, 512, 1e-6, 10000, 1, 2);
        var model = new LlavaModel(new LlavaConfig(vision, language, ImageToken, -2, KeepsClassToken: false));
        Initializer.Reset(model, 3);
        return model;
    }

    private SentencePieceTokenizer Tokenizer()
    {
        NanoCheckpoint.Write("mgie", seed: 1, Path.Combine(folder, "mgie"));
        return SentencePieceTokenizer.Load(Path.Combine(folder, "mgie", "LLaVA-7B-v1", "tokenizer.json"));
    }

    private sealed class Measured : IImageDescriber
    {
        public int PatchSize => 8;

        public ImageDescription Describe(Tensor overview, Tensor patches) => new(25, 0.1, 0.9, "dark", "dry", "noisy");
    }
}
