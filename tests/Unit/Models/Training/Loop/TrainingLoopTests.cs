using Darkroom.Models.Checkpoints;
using Darkroom.Models.Training.Loop;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Models.Training.Loop;

public sealed class TrainingLoopTests : IDisposable
{
    private static readonly ToyOptions Recipe = new() { Steps = 40, LearningRate = 0.2, AveragingDecay = 0.8, CheckpointSteps = 1000, ReportSteps = 10, WarmupSteps = 3, Accumulation = 2 };

    private readonly string folder = Directory.CreateTempSubdirectory("darkroom-").FullName;

    private string StatePath => Path.Combine(folder, "state", "state.safetensors");

    private string ExportPath => Path.Combine(folder, "line.safetensors");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Run_ALine_IsFitted()
    {
        var (line, reports, isDone) = Train(Recipe with { Steps = 200 });
        Assert.True(isDone);
        Assert.InRange(line.Slope, 1.9, 2.1);
        Assert.InRange(line.Offset, 0.9, 1.1);
        Assert.Equal(20, reports.Count);
        Assert.True(reports[^1].Losses[0].Value < 0.05 * reports[0].Losses[0].Value);
        Assert.Equal(TimeSpan.Zero, reports[^1].Remaining);
    }

    [Fact]
    public void Resume_AfterACancellation_EndsWithTheBitsOfAnUninterruptedRun()
    {
        var whole = Train(Recipe);
        var (state, export) = (File.ReadAllBytes(StatePath), File.ReadAllBytes(ExportPath));
        using (var stop = new CancellationTokenSource())
        {
            var (_, _, isDone) = Train(Recipe, report => stop.Cancel(), stop);
            Assert.False(isDone);
        }

        var resumed = Train(Recipe, resume: true);
        Assert.True(resumed.IsDone);
        Assert.Equal(whole.Line, resumed.Line);
        Assert.Equal(export, File.ReadAllBytes(ExportPath));
        Assert.Equal(WithoutNotes(state), WithoutNotes(File.ReadAllBytes(StatePath)));
    }

    [Fact]
    public void Run_WithAnotherSeed_EndsElsewhere() => Assert.NotEqual(Train(Recipe).Line, Train(Recipe with { Seed = 2 }).Line);

    [Fact]
    public void Run_Exports_TheAverageAndKeepsTheWeights()
    {
        var (line, _, _) = Train(Recipe);
        using var file = SafetensorsFile.Open(ExportPath);
        using var slope = zeros(1);
        file.ReadInto("slope", slope);
        Assert.NotEqual(line.Slope, slope.item<float>());
        Assert.InRange(slope.item<float>(), 1.5, 2.5);
    }

    [Fact]
    public void Run_PassesOfOneStep_GiveTheMeanGradient()
    {
        const int Passes = 3;
        var options = Recipe with { Steps = 1, WarmupSteps = 0, Accumulation = Passes };
        var (slope, offset) = (0.0, 0.0);
        for (var pass = 0; pass < Passes; pass++)
        {
            using var scope = NewDisposeScope();
            using var draw = new TrainingDraw(options.Seed, 0, pass, Passes);
            var x = draw.Normal(CPU, options.BatchSize);
            var error = (5 * x) - ((2 * x) + 1 + (0.1 * draw.Normal(CPU, options.BatchSize)));
            slope += 2 * (error * x).mean().item<float>() / Passes;
            offset += 2 * error.mean().item<float>() / Passes;
        }

        Assert.Equal(Math.Sqrt((slope * slope) + (offset * offset)), Assert.Single(Train(options).Reports).GradientNorm, 1e-4);
    }

    [Fact]
    public void Run_ALossThatIsNotFinite_IsRefusedWithWhatToChange()
    {
        var error = Assert.Throws<TrainingDivergedException>(() => Train(Recipe with { Factor = double.NaN }));
        Assert.Contains("learningRate", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(ExportPath));
    }

    [Fact]
    public void Resume_WithoutATraining_IsRefused() =>
        Assert.Contains("no training to resume", Assert.Throws<ArgumentException>(() => Train(Recipe, resume: true)).Message, StringComparison.Ordinal);

    [Fact]
    public void Resume_WithOtherOptionsOrPictures_IsRefusedByName()
    {
        Train(Recipe with { Steps = 5 });
        var options = Assert.Throws<ArgumentException>(() => Train(Recipe with { LearningRate = 0.3 }, resume: true));
        Assert.Contains("learningRate was 0.2 and is 0.3", options.Message, StringComparison.Ordinal);
        Assert.Contains("--data", Assert.Throws<ArgumentException>(() => Train(Recipe, resume: true, pictures: "others")).Message, StringComparison.Ordinal);
        Assert.True(Train(Recipe, resume: true).IsDone);
    }

    [Fact]
    public void Resume_OfADamagedFile_IsRefused()
    {
        Train(Recipe with { Steps = 5 });
        var bytes = File.ReadAllBytes(StatePath);
        File.WriteAllBytes(StatePath, bytes[..^3]);
        Assert.Throws<InvalidCheckpointException>(() => Train(Recipe, resume: true));
    }

    private ((float Slope, float Offset) Line, List<TrainingReport> Reports, bool IsDone) Train(
        ToyOptions options, Action<TrainingReport>? onReport = null, CancellationTokenSource? stop = null, bool resume = false, string pictures = "none")
    {
        using var recipe = new ToyTraining(ExportPath, options);
        using var loop = new TrainingLoop(recipe, options, StatePath, pictures, TimeProvider.System);
        if (resume)
            loop.Resume();
        var reports = new List<TrainingReport>();
        var isDone = loop.Run(report => { reports.Add(report); onReport?.Invoke(report); }, stop?.Token ?? CancellationToken.None);
        return (recipe.Line, reports, isDone);
    }

    // The time that a training took is never the same.
    private static byte[] WithoutNotes(byte[] file)
    {
        var header = (int)BitConverter.ToInt64(file);
        return file[(8 + header)..];
    }
}
