using System.Text.Json;
using Darkroom.Models.Checkpoints;
using Darkroom.Models.Checkpoints.Layouts;
using Darkroom.Models.Checkpoints.Nano;
using Darkroom.Models.StableDiffusion;
using Darkroom.Models.Training.Data;
using Darkroom.Models.Training.Loop;
using Darkroom.Models.Training.VlmImi;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Models.Training.VlmImi;

/// <summary>VLM-IMI's training writes a checkpoint in the official layout, and goes on where it was stopped.</summary>
public sealed class VlmImiRecipeTests : IDisposable
{
    private static readonly VlmImiTrainingOptions Options = new() { PictureSize = 32, BatchSize = 2, Steps = 4, LearningRate = 1e-3, ReportSteps = 2, CheckpointSteps = 100, MinLitMean = 0 };

    private readonly string folder = Directory.CreateTempSubdirectory("darkroom-").FullName;
    private readonly TrainingPictures pictures = new([.. Enumerable.Range(1, 2).Select(seed => new TrainingTile(DrawnScenes.Draw(64, seed), 64, 64, 48))]);

    public VlmImiRecipeTests() => NanoCheckpoint.WriteSmallVlmImi(1, Start);

    private string Start => Path.Combine(folder, "start");

    public void Dispose()
    {
        pictures.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData(VlmImiTrainingPart.Enhancement, "controlnet, ipfm")]
    [InlineData(VlmImiTrainingPart.Base, "ipfm, t5-encoder, unet")]
    [InlineData(VlmImiTrainingPart.Autoencoder, "vae")]
    public void Run_EachPart_ChangesItsOwnNetworksAlone(VlmImiTrainingPart part, string changed)
    {
        var output = Train(Options with { Part = part, Steps = 2 });
        var (before, after) = (Hashes(Start), Hashes(output));
        Assert.Equal(before.Keys, after.Keys);
        Assert.Equal(changed, string.Join(", ", before.Keys.Where(kind => before[kind] != after[kind])));
        Assert.Equal("vlm-imi", CheckpointFinder.Find(output).Layout);
    }

    [Theory]
    [InlineData(VlmImiTrainingPart.Enhancement)]
    [InlineData(VlmImiTrainingPart.Base)]
    public void Resume_AfterACancellation_EndsWithTheBitsOfAnUninterruptedTraining(VlmImiTrainingPart part)
    {
        var recipe = Options with { Part = part, StartsControlNet = true };
        var whole = Train(recipe, "whole");
        using var stop = new CancellationTokenSource();
        var halves = Train(recipe, "halves", _ => stop.Cancel(), cancellationToken: stop.Token);
        Assert.NotEqual(Hashes(whole), Hashes(halves));
        Train(recipe, "halves", resumes: true);
        Assert.Equal(Hashes(whole), Hashes(halves));
    }

    [Theory]
    [InlineData(VlmImiTrainingPart.Enhancement, 0.4)]
    [InlineData(VlmImiTrainingPart.Base, 0.2)]
    [InlineData(VlmImiTrainingPart.Autoencoder, 0.6)]
    public void Run_OnePairAgainAndAgain_IsLearntByHeart(VlmImiTrainingPart part, double factor)
    {
        var losses = new List<double>();
        Train(
            Options with { Part = part, Overfit = true, Steps = 40, LearningRate = 4e-3, ReportSteps = 1, Schedule = RateSchedule.Constant },
            report: report => losses.Add(report.Losses[0].Value));
        Assert.InRange(losses[^1] / losses[0], 0, factor);
    }

    [Fact]
    public void Run_Autoencoder_WritesTheFactorThatGivesLatentsASpreadOfOne()
    {
        var found = CheckpointFinder.Find(Train(Options with { Part = VlmImiTrainingPart.Autoencoder, Steps = 1 }));
        var component = found.Components.Single(component => component.Kind.Name == "vae");
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var vae = new AutoencoderKL(AutoencoderConfig.Parse(component.Config));
        using (var tensors = component.Open())
            CheckpointLoader.Load(vae, tensors);
        using var latents = vae.Encode((pictures.Tiles[0].Crop(64, new Random(1)).unsqueeze(0) * 2) - 1);
        Assert.InRange(latents.Mean().std().item<float>() * vae.Config.ScalingFactor, 0.5, 2);
        Assert.NotEqual(1, vae.Config.ScalingFactor);
    }

    [Fact]
    public void Recipe_OfDarkPicturesAlone_IsRefused()
    {
        var error = Assert.Throws<ArgumentException>(() => Train(Options with { MinLitMean = 0.99 }));
        Assert.Contains("minLitMean", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "minStops": 5, "maxStops": 4 }""", "minStops is 5, allowed is 0 to MaxStops, 4")]
    [InlineData("""{ "pictureSize": 100 }""", "pictureSize is 100")]
    [InlineData("""{ "emptyCaptionShare": 1.5 }""", "emptyCaptionShare is 1.5, allowed is 0 to 1")]
    [InlineData("""{ "part": "decoder" }""", "part")]
    public void Options_OutOfRange_AreRefused(string json, string message)
    {
        var error = Assert.Throws<ArgumentException>(() => TrainingOptionsFile.Parse<VlmImiTrainingOptions>(json, "recipe"));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Defaults_AreThePapersTraining() => Assert.Equal(
        (VlmImiTrainingPart.Enhancement, 512, false), (new VlmImiTrainingOptions().Part, new VlmImiTrainingOptions().PictureSize, new VlmImiTrainingOptions().StartsControlNet));

    [Fact]
    public void ControlNetStart_ChangesNothingYetAndSeesTheDark()
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var found = CheckpointFinder.Find(Start);
        using var unet = new UNet2DCondition(UNetConfig.Parse(ConfigOf("unet")));
        using var controlNet = new ControlNet(ControlNetConfig.Parse(ConfigOf("controlnet")));
        NanoWeights.Fill(unet, 3);
        NanoWeights.Fill(controlNet, 4);
        ControlNetStart.Apply(controlNet, unet);
        var (noisy, timestep, text) = (randn(1, 4, 8, 8), tensor(new long[] { 500 }), randn(1, 8, 64));
        using var residuals = controlNet.Run(noisy, timestep, text, full([1, 3, 32, 32], -0.9));
        Assert.True(unet.Predict(noisy, timestep, text, null).Equals(unet.Predict(noisy, timestep, text, residuals)));
        var weight = controlNet.state_dict()["controlnet_cond_embedding.conv_in.weight"].flatten(1);
        var bias = controlNet.state_dict()["controlnet_cond_embedding.conv_in.bias"];
        Assert.InRange((bias - weight.sum(1)).abs().max().item<float>(), 0, 1e-5);                 // black gives 0
        Assert.InRange(weight[-1].abs().max().item<float>() / weight[0].abs().max().item<float>(), 8, 32);

        JsonElement ConfigOf(string kind) => found.Components.Single(component => component.Kind.Name == kind).Config;
    }

    private string Train(VlmImiTrainingOptions options, string name = "out", Action<TrainingReport>? report = null, bool resumes = false, CancellationToken cancellationToken = default)
    {
        var output = Path.Combine(folder, name);
        using var recipe = new VlmImiRecipe(options, new TrainingSetup(resumes ? output : Start, output, pictures, CPU));
        using var loop = new TrainingLoop(recipe, options, Path.Combine(folder, $"{name}.state.safetensors"), pictures.Hash, TimeProvider.System);
        if (resumes)
            loop.Resume();
        loop.Run(report ?? (_ => { }), cancellationToken);
        return output;
    }

    private static SortedDictionary<string, string> Hashes(string checkpoint) => new(
        CheckpointFinder.Find(checkpoint).Components.ToDictionary(
            component => component.Kind.Name,
            component => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(component.WeightFiles[0])))),
        StringComparer.Ordinal);
}
