using Darkroom.Imaging;
using Darkroom.Imaging.Codecs;
using Darkroom.Models.Describers;
using Darkroom.Models.Pipelines;
using Darkroom.Models.Training.Data;
using Darkroom.Workbench.Evaluation;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Models.Describers;

/// <summary>What the describer that ships says; the photographs are development pictures, which nothing is trained on.</summary>
public sealed class ShippedDescriberTests : IDisposable
{
    private const int SceneSize = 320;

    private readonly LoadedModel model = PipelineLoader.Load(Path.Combine(RepositoryRoot.Path, "weights", "llmra-compact.safetensors"), CPU);

    [Fact]
    public void Describe_DrawnSceneWithAndWithoutRain_SaysWhich()
    {
        using var scope = NewDisposeScope();
        // A scene that training has not drawn: its seeds are thousands of the configuration's.
        var scene = tensor(DrawnScenes.Draw(SceneSize, seed: 77), dtype: ScalarType.Byte).view(3, SceneSize, SceneSize).to(ScalarType.Float32) / 255;
        var streaks = RainStreaks.Draw(SceneSize, SceneSize, 0.9, new Random(4), new Generator(4));
        var rainy = 1 - (1 - scene) * (1 - streaks.clamp(0, 1));

        Assert.Equal(DegradationSentences.Rain(false), Describe(scene).Rain);
        Assert.Equal(DegradationSentences.Rain(true), Describe(rainy).Rain);
    }

    [Theory]
    [InlineData("SIRR_synth_rain_pairs/rain", true)]
    [InlineData("SIRR_synth_rain_pairs/clean", false)]
    [InlineData("BSDS_color12", false)]
    public void Describe_DevelopmentSet_TellsRainFromItsAbsence(string folder, bool isRainy)
    {
        var path = Path.Combine(RepositoryRoot.Path, "..", "shared", "images", "dev", folder);
        Assert.SkipUnless(Directory.Exists(path), $"The development pictures '{path}' are not here.");
        var decoder = new ImageDecoder(new ImagingOptions());
        var restorer = new PictureRestorer(model, CPU);
        foreach (var item in EvaluationSet.Clean(path))
        {
            var description = restorer.Describe(decoder.Decode(File.ReadAllBytes(item.ReferencePath!)))!;
            Assert.True((description.Rain == DegradationSentences.Rain(true)) == isRainy, $"{item.Name}: {description}");
        }
    }

    public void Dispose() => model.Dispose();

    private ImageDescription Describe(Tensor picture)
    {
        var planar = new PlanarImage(SceneSize, SceneSize, isGrey: false, bitDepth: 8);
        picture.contiguous().data<float>().CopyTo(planar.Pixels.AsSpan());
        return new PictureRestorer(model, CPU).Describe(planar)!;
    }
}
