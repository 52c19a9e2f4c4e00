using Darkroom.Models.Checkpoints;
using Darkroom.Models.Checkpoints.Layouts;
using Darkroom.Models.Llmra;
using Darkroom.Models.Training.Data;
using Darkroom.Models.Training.Loop;
using Darkroom.Models.Training.Recipes;
using TorchSharp;
using Xunit;

namespace Darkroom.Tests.Unit.Models.Training.Recipes;

/// <summary>Each recipe learns by heart, leaves alone what is frozen, writes a whole checkpoint, and goes on as if nothing had happened.</summary>
public sealed class RecipeTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("darkroom-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>The loss falls to the stated share of the first one; the adversarial one is left out, since two play.</summary>
    [Theory]
    [InlineData("diff-plugin", "noise", 25, 0.8)]
    [InlineData("diff-plugin-selector", "contrast", 30, 0.2)]
    [InlineData("darkdiff-vae", "absolute", 25, 0.6)]
    [InlineData("darkdiff-unet", "noise", 25, 0.8)]
    [InlineData("mgie", "total", 20, 0.7)]
    public void Train_OneBatch_IsLearntByHeart(string name, string loss, int steps, double share)
    {
        var losses = NanoTraining.Train(NanoTraining.OptionsOf(name, steps), NanoTraining.WriteBase(name, folder), Path.Combine(folder, "out"));
        Assert.Equal(steps, losses.Count);
        Assert.InRange(Of(losses[^1]) / Of(losses[0]), 0, share);

        double Of(IReadOnlyList<(string Name, double Value)> all) => all.Single(pair => pair.Name == loss).Value;
    }

    [Theory]
    [InlineData("diff-plugin", "derain/")]
    [InlineData("diff-plugin-selector", "PromptTunner")]
    [InlineData("darkdiff-vae", "vae")]
    [InlineData("darkdiff-unet", "unet", "context")]
    [InlineData("mgie", "mgie_7b/")]
    public void Train_AFewSteps_ReplacesWhatLearnsAndNothingElse(string name, params string[] learns)
    {
        var (start, output) = (NanoTraining.WriteBase(name, folder), Path.Combine(folder, "out"));
        NanoTraining.Train(NanoTraining.OptionsOf(name, 2), start, output);
        var (before, after) = (CheckpointFinder.Find(start), CheckpointFinder.Find(output));
        Assert.Equal(before.Layout, after.Layout);
        Assert.Equal(before.Components.Select(component => (component.Name, component.Kind.Name)), after.Components.Select(component => (component.Name, component.Kind.Name)));
        Assert.All(after.Components, component => Assert.True(component.Compare().IsEmpty, component.Name));
        foreach (var file in Directory.GetFiles(start, "*", SearchOption.AllDirectories))
        {
            var path = Path.GetRelativePath(start, file);
            var isSame = File.ReadAllBytes(file).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(output, path)));
            Assert.True(isSame != (path.EndsWith(".safetensors", StringComparison.Ordinal) && learns.Any(part => path.StartsWith(part, StringComparison.Ordinal))), path);
        }
    }

    [Theory]
    [InlineData("diff-plugin")]
    [InlineData("darkdiff-vae")]
    [InlineData("mgie")]
    public void Train_Resumed_EndsWithTheBitsOfAnUninterruptedOne(string name)
    {
        var options = NanoTraining.OptionsOf(name, 4) with { Overfit = false };
        var start = NanoTraining.WriteBase(name, folder);
        var (whole, parts) = (Path.Combine(folder, "whole"), Path.Combine(folder, "parts"));
        NanoTraining.Train(options, start, whole);
        Assert.Equal(2, NanoTraining.Train(options, start, parts, stopAfter: 2).Count);
        Assert.Equal(2, NanoTraining.Train(options, null, parts).Count);
        foreach (var file in Directory.GetFiles(whole, "*.safetensors", SearchOption.AllDirectories).Where(file => !file.Contains(".training", StringComparison.Ordinal)))
            Assert.True(File.ReadAllBytes(file).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(parts, Path.GetRelativePath(whole, file)))), file);
    }

    [Fact]
    public void Selector_AfterATraining_FindsTheTasksOfSentencesItDidNotSee()
    {
        using var pictures = NanoTraining.Pictures();
        var options = (SelectorTrainingOptions)NanoTraining.OptionsOf("diff-plugin-selector", 1);
        using var recipe = new SelectorRecipe(options, new(NanoTraining.WriteBase("diff-plugin-selector", folder), Path.Combine(folder, "out"), pictures, torch.CPU));
        recipe.Begin();
        recipe.Export();
        Assert.InRange(recipe.Metrics!.MeanAveragePrecision, 0.01, 1);
        var line = Assert.Single(recipe.Summary);
        Assert.All((string[])["ZTA", "CP", "CF1", "OP", "OR", "OF1", "mAP"], name => Assert.Contains(name, line, StringComparison.Ordinal));
    }

    [Fact]
    public void DarkDiff_PerceptualLossWithoutVgg_IsRefusedWithWhatToDo()
    {
        var options = (DarkDiffTrainingOptions)NanoTraining.OptionsOf("darkdiff-vae", 1) with { PerceptualWeight = 1 };
        var error = Assert.Throws<ArgumentException>(() => NanoTraining.Train(options, NanoTraining.WriteBase("darkdiff-vae", folder), Path.Combine(folder, "out")));
        Assert.Contains("--perceptual", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_FromACheckpointOfAnotherPipeline_NamesWhatIsMissing()
    {
        var error = Assert.Throws<InvalidCheckpointException>(() => NanoTraining.Train(NanoTraining.OptionsOf("mgie", 1), NanoTraining.WriteBase("darkdiff-vae", folder), Path.Combine(folder, "out")));
        Assert.Contains("'llama'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(0, 2)]
    [InlineData(4, 0)]
    public void Llmra_BothRecipes_LearnByHeart(int restoreRows, int dialogueRows)
    {
        var options = new LlmraTrainingOptions
        {
            Steps = 25, BatchSize = 4, RestoreRows = restoreRows, DialogueRows = dialogueRows, PatchSizes = [32], PhaseEnds = [],
            PlainShare = 0, WarmupSteps = 0, LearningRate = 3e-3, Overfit = true, ReportSteps = 1, AveragingDecay = 0.5,
        };
        var output = Path.Combine(folder, "out");
        Directory.CreateDirectory(output);
        using var pictures = new TrainingPictures([.. Enumerable.Range(0, 2).Select(seed => new TrainingTile(DrawnScenes.Draw(96, seed), 96, 96, CompactLlmraCheckpoint.OverviewSize))]);
        using var recipe = new LlmraRecipe(options, new(null, output, pictures, torch.CPU));
        using var loop = new TrainingLoop(recipe, options, Path.Combine(output, ".training", "state"), pictures.Hash, TimeProvider.System);
        var losses = new List<double>();
        loop.Run(
            report =>
            {
                Assert.Equal(restoreRows > 0, report.Losses.Any(loss => loss.Name == "triplet"));
                losses.Add(report.Losses.Single(loss => loss.Name == "absolute").Value);
            },
            CancellationToken.None);
        Assert.InRange(losses[^1] / losses[0], 0, 0.8);
        using var file = SafetensorsFile.Open(Path.Combine(output, LlmraParts.FileName));
        Assert.NotEmpty(file.Entries);
    }
}
