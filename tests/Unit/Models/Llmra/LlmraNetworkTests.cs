using Darkroom.Models.Checkpoints;
using Darkroom.Models.Describers;
using Darkroom.Models.Describers.Rain;
using Darkroom.Models.Llmra;
using Darkroom.Models.Pipelines;
using Darkroom.Models.Training.Data;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Models.Llmra;

public sealed class LlmraNetworkTests
{
    private static readonly LlmraConfig Toy = new(8, [1, 1, 1, 1], [1, 2, 2, 2], 2, 16, 12, 2, 8, 1, PixelUnshuffle: 2, ModulatedLevelCount: 3, ReduceFirstLevel: true);

    [Fact]
    public void PublishedConfig_IsValid() => LlmraConfig.Published.Validate();

    [Fact]
    public void Validate_HeadsThatDoNotDivide_NamesTheNumber()
    {
        var error = Assert.Throws<ArgumentException>(() => (Toy with { Heads = [3, 2, 2, 2] }).Validate());
        Assert.Contains("Heads is 3", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(33, 47, DcFormerBlocks.Transformer)]
    [InlineData(16, 16, DcFormerBlocks.Transformer)]
    [InlineData(33, 47, DcFormerBlocks.Gated)]
    public void Forward_AnySize_KeepsSize(int height, int width, DcFormerBlocks blocks)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var network = new LlmraNetwork(Toy with { Blocks = blocks });
        var restored = network.call(rand(2, 3, height, width), randn(2, 12, 16));
        Assert.Equal([2L, 3, height, width], restored.shape);
    }

    [Fact]
    public void Step_BatchOfStrangers_EqualsEachAlone()
    {
        const double Tolerance = 1e-5;                                          // sums in another order, values near 1
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var pipeline = ToyPipeline();
        var tiles = Enumerable.Range(0, 3).Select(_ => rand(1, 3, 32, 48)).ToArray();
        using var first = pipeline.Prepare(rand(1, 3, 20, 30), new Instruction(InstructionKind.Restore, "The image is dark."), new RunSettings());
        using var second = pipeline.Prepare(rand(1, 3, 20, 30), new Instruction(InstructionKind.Refine, "less noise"), new RunSettings());
        StepContext[] contexts = [new(first, 0, 1, 1, 0), new(second, 0, 1, 2, 0), new(first, 0, 1, 1, 1)];

        var together = pipeline.Step(cat(tiles, 0), contexts);

        for (var row = 0; row < tiles.Length; row++)
        {
            var alone = pipeline.Step(tiles[row], [contexts[row]]);
            Assert.True(together.narrow(0, row, 1).allclose(alone, atol: Tolerance), $"row {row}");
        }
    }

    [Fact]
    public void Restore_NothingWrong_LeavesThePictureAlone()
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var pipeline = ToyPipeline();
        using var conditioning = pipeline.Prepare(
            rand(1, 3, 16, 16), new Instruction(InstructionKind.Restore, DegradationSentences.NothingWrong), new RunSettings());
        var tile = rand(1, 3, 32, 32);
        Assert.True(tile.allclose(pipeline.Step(tile, [new StepContext(conditioning, 0, 1, 0, 0)]), rtol: 0, atol: 0));
    }

    [Fact]
    public void CountSteps_TwoSteps_IsRefused()
    {
        using var pipeline = ToyPipeline();
        Assert.Throws<ArgumentException>(() => pipeline.CountSteps(new RunSettings(Steps: 2)));
        Assert.Equal(1, pipeline.CountSteps(new RunSettings()));
    }

    [Fact]
    public void SaveThenLoad_Checkpoint_RestoresAlike()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("llmra").FullName, "toy.safetensors");
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var tokenizer = new DegradationTokenizer(InstructionWriter.Vocabulary);
        using var network = new CompactLlmra(Toy, tokenizer.VocabularySize);
        using var describer = new DescriberNetwork();
        using var rainHead = new RainHead();
        CompactLlmraCheckpoint.Save(path, network, describer, rainHead, tokenizer, ScalarType.Float32);

        using var loaded = PipelineLoader.Load(path, CPU);

        var tile = rand(1, 3, 32, 32);
        var context = network.Restorer.RefineContext(network.TextEncoder.call(tensor(tokenizer.Encode("less noise", Toy.TextTokens)).unsqueeze(0)));
        var expected = network.Restore(tile, context, network.Exposure.call(context));
        using var conditioning = loaded.Pipeline.Prepare(rand(1, 3, 16, 16), new Instruction(InstructionKind.Refine, "less noise"), new RunSettings());
        var actual = loaded.Pipeline.Step(tile, [new StepContext(conditioning, 0, 1, 0, 0)]);
        Assert.True(expected.allclose(actual, rtol: 0, atol: 0));
        Assert.Equal(64, loaded.Pipeline.Profile.ModelHash.Length);
        Assert.NotNull(loaded.Describer);
    }

    [Fact]
    public void Load_CheckpointWithoutRainHead_SaysHowToTrainOne()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("llmra").FullName, "old.safetensors");
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        SaveToy(path);
        KeepTensors(path, name => !name.StartsWith("rain.", StringComparison.Ordinal));

        var error = Assert.Throws<InvalidCheckpointException>(() => PipelineLoader.Load(path, CPU));
        Assert.Contains("no rain head", error.Message, StringComparison.Ordinal);
        Assert.Contains("llmra-rain.json", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_RainHeadLacksATensor_NamesIt()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("llmra").FullName, "half.safetensors");
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        SaveToy(path);
        KeepTensors(path, name => name != "rain.hidden.bias");

        var error = Assert.Throws<InvalidCheckpointException>(() => PipelineLoader.Load(path, CPU));
        Assert.Contains("hidden.bias", error.Message, StringComparison.Ordinal);
    }

    private static void SaveToy(string path)
    {
        var tokenizer = new DegradationTokenizer(InstructionWriter.Vocabulary);
        using var network = new CompactLlmra(Toy, tokenizer.VocabularySize);
        using var describer = new DescriberNetwork();
        using var rainHead = new RainHead();
        CompactLlmraCheckpoint.Save(path, network, describer, rainHead, tokenizer, ScalarType.Float32);
    }

    private static void KeepTensors(string path, Func<string, bool> isKept)
    {
        List<KeyValuePair<string, Tensor>> tensors;
        Dictionary<string, string> metadata;
        using (var file = SafetensorsFile.Open(path))
        {
            metadata = new Dictionary<string, string>(file.Metadata);
            tensors = [.. file.Entries.Keys.Where(isKept).Select(name => KeyValuePair.Create(name, file.Read(name)))];
        }

        SafetensorsWriter.Write(path, tensors, metadata);
    }

    [Fact]
    public void Load_OrdinarySafetensors_SaysWhatIsMissing()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("llmra").FullName, "plain.safetensors");
        using var scope = NewDisposeScope();
        SafetensorsWriter.Write(path, [new("a", ones(1))]);
        var error = Assert.Throws<InvalidCheckpointException>(() => PipelineLoader.Load(path, CPU));
        Assert.Contains(PipelineLoader.PipelineKey, error.Message, StringComparison.Ordinal);
    }

    private static LlmraPipeline ToyPipeline()
    {
        var tokenizer = new DegradationTokenizer(InstructionWriter.Vocabulary);
        return new LlmraPipeline(
            new CompactLlmra(Toy, tokenizer.VocabularySize), new ToneEstimator(), tokenizer,
            new PipelineProfile("llmra", "toy", new string('0', 64), 64, 8, Toy.SizeMultiple, 32), CPU);
    }
}
