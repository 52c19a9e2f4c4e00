using Darkroom.Models.Describers;
using Darkroom.Models.Describers.Rain;
using Darkroom.Models.Llmra;
using Darkroom.Models.Pipelines;
using Darkroom.Models.Training.Data;
using static TorchSharp.torch;

namespace Darkroom.Bench.Pipelines;

/// <summary>LLMRA with the published restorer, random weights; text encoder and describer are those that the project trains.</summary>
internal sealed class FullSizeLlmra : IFullSizeCheckpoint
{
    private readonly DegradationTokenizer tokenizer = new(InstructionWriter.Vocabulary);

    public FullSizeLlmra()
    {
        using var scope = NewDisposeScope();
        using var network = new CompactLlmra(LlmraConfig.Published, tokenizer.VocabularySize);
        ParameterCount = network.parameters().Sum(parameter => parameter.numel());
    }

    public long ParameterCount { get; }

    public string Note => "CEM, CT and DC-former of 48 channels and [4, 6, 6, 8] blocks, text 77 x 512";

    public int Steps => 1;

    public Task<LoadedModel> LoadAsync(BenchCheckpoints checkpoints, Action written, CancellationToken cancellationToken) =>
        Task.FromResult(checkpoints.LoadFile(Write, written));

    private void Write(string path)
    {
        using var scope = NewDisposeScope();
        using var network = new CompactLlmra(LlmraConfig.Published, tokenizer.VocabularySize);
        using var describer = new DescriberNetwork();
        using var rainHead = new RainHead();
        CompactLlmraCheckpoint.Save(path, network, describer, rainHead, tokenizer, ScalarType.Float16);
    }
}
