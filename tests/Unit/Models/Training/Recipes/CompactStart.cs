using Darkroom.Models.Describers;
using Darkroom.Models.Describers.Rain;
using Darkroom.Models.Llmra;
using Darkroom.Models.Training.Data;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Models.Training.Recipes;

/// <summary>What a part of the compact LLMRA is trained from in tests: a checkpoint of random weights, and drawn pictures.</summary>
internal static class CompactStart
{
    private const int TileSize = 128;

    public static string Write(string folder)
    {
        var path = Path.Combine(folder, "start.safetensors");
        var tokenizer = new DegradationTokenizer(InstructionWriter.Vocabulary);
        using var network = new CompactLlmra(LlmraConfig.Compact, tokenizer.VocabularySize);
        using var describer = new DescriberNetwork();
        using var head = new RainHead();
        CompactLlmraCheckpoint.Save(path, network, describer, head, tokenizer, ScalarType.Float16);
        return path;
    }

    public static List<TrainingTile> Tiles(int count = 4, int overviewSize = 16) =>
        [.. Enumerable.Range(0, count).Select(seed => new TrainingTile(DrawnScenes.Draw(TileSize, seed), TileSize, TileSize, overviewSize))];
}
