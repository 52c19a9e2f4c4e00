using System.Text.Json;
using Darkroom.Bench.Harness;
using Darkroom.Models.Layers;
using Darkroom.Models.T5;
using static TorchSharp.torch;

namespace Darkroom.Bench.Models;

/// <summary>VLM-IMI's text encoder at its published size, beside PyTorch.</summary>
internal sealed class T5Benchmark : IBenchmark
{
    private const int TokenCount = 128;          // VLM-IMI's max_length: shorter texts are padded to it
    private const int TextLength = 60;
    private const string FlanT5Large = """
        { "vocab_size": 32128, "d_model": 1024, "d_kv": 64, "d_ff": 2816, "num_layers": 24, "num_heads": 16, "relative_attention_num_buckets": 32,
          "relative_attention_max_distance": 128, "feed_forward_proj": "gated-gelu", "layer_norm_epsilon": 1e-6 }
        """;

    public string Name => "t5";

    public string Description => "forward pass of the Flan-T5-large encoder beside PyTorch, random weights";

    public Task RunAsync(BenchmarkTable table, CancellationToken cancellationToken)
    {
        using var document = JsonDocument.Parse(FlanT5Large);
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        using var encoder = new T5Encoder(T5EncoderConfig.Parse(document.RootElement));
        Initializer.Reset(encoder, seed: 1);
        var ids = (arange(TokenCount) * 37 % encoder.Config.VocabularySize).to(ScalarType.Int64).unsqueeze(0);
        var mask = (arange(TokenCount) < TextLength).to(ScalarType.Int64).unsqueeze(0);
        var inputs = new Dictionary<string, Tensor> { ["input_ids"] = ids, ["attention_mask"] = mask };
        PeerComparison.Run(
            table, "t5", encoder, FlanT5Large, inputs, () => encoder.call(ids, mask), new PeerPlan(WarmUps: 2, Repetitions: 9, MaxDifference: 1e-4),
            $"Flan-T5-large, 1x{TokenCount} tokens");
        return Task.CompletedTask;
    }
}
