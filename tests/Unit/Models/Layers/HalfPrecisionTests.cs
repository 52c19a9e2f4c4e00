using Darkroom.Models.Clip;
using Darkroom.Models.Layers;
using Darkroom.Models.Llama;
using Darkroom.Models.Mgie;
using Darkroom.Models.T5;
using Darkroom.Models.VlmImi;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Models.Layers;

/// <summary>Text networks whose weights are bfloat16, as large checkpoints are.</summary>
public sealed class HalfPrecisionTests
{
    private const double Tolerance = 0.15;       // of values near 1 behind two layers: bfloat16 has 8 bits, so 0.4 % an operator

    public static TheoryData<string> Names => [.. Networks.Keys];

    private static Dictionary<string, (Func<nn.Module> Make, Func<nn.Module, ScalarType, Tensor> Run)> Networks => new()
    {
        ["clip text"] = (
            () => new ClipTextModel(new ClipTextConfig(20, 16, 32, 2, 2, 6, ClipActivation.QuickGelu, 1e-5, 4, HasProjection: false)),
            (network, _) => ((ClipTextModel)network).call(Ids(6))),
        ["clip vision"] = (
            () => new ClipVisionModel(new ClipVisionConfig(16, 32, 2, 2, 3, 8, 4, ClipActivation.Gelu, 1e-5, 4, HasProjection: false)),
            (network, type) => ((ClipVisionModel)network).call(Ramp(1, 3, 8, 8).to(type))),
        ["t5"] = (
            () => new T5Encoder(new T5EncoderConfig(20, 16, 8, 32, 2, 2, 8, 20, T5FeedForwardKind.GatedGelu, 1e-6)),
            (network, _) => ((T5Encoder)network).call(Ids(6), tensor(new long[] { 1, 1, 1, 1, 0, 0 }, [1, 6]))),
        ["llama"] = (
            () => new LlamaForCausalLm(new LlamaConfig(20, 16, 32, 2, 2, 24, 1e-6, 10000, 1, 2)),
            (network, _) => Cached((LlamaForCausalLm)network)),
        ["edit head"] = (
            () => new EditHead(new EditHeadConfig(12, 16, 6, 5, 32, 2, 1, 1)),
            (network, type) => ((EditHead)network).call(Ramp(1, 8, 12).to(type), Ramp(1, 8, 12).to(type))),
        ["ipfm"] = (
            () => new InstructionPriorFusionModule(new IpfmConfig(6, 10, 16, 1, 2, 4, 12)),
            (network, type) => ((InstructionPriorFusionModule)network).call(Ramp(1, 7, 12).to(type), tensor(new long[] { 321 }))),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void Bfloat16Weights_GiveNearlyTheSame(string name)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var network = Networks[name].Make();
        Initializer.Reset(network, 1);
        var expected = Networks[name].Run(network, ScalarType.Float32);
        network.to(ScalarType.BFloat16);
        var actual = Networks[name].Run(network, ScalarType.BFloat16);
        Assert.Equal(ScalarType.BFloat16, actual.dtype);
        var largest = expected.abs().max().item<float>();
        Assert.InRange((actual.to(ScalarType.Float32) - expected).abs().max().item<float>() / largest, 0, Tolerance);
    }

    private static Tensor Cached(LlamaForCausalLm model)
    {
        var ids = Ids(6);
        var mask = tensor(new long[] { 0, 1, 1, 1, 1, 1 }, [1, 6]);
        var prompt = model.Embed(ids.narrow(1, 0, 5));
        using var cache = new LlamaCache(model.Config, 1, 6, prompt.dtype, CPU);
        model.Run(prompt, mask.narrow(1, 0, 5), cache);
        return model.Logits(model.Run(model.Embed(ids.narrow(1, 5, 1)), mask, cache));
    }

    private static Tensor Ids(int count) => arange(1, count + 1, dtype: ScalarType.Int64).unsqueeze(0);

    private static Tensor Ramp(params long[] shape) => linspace(-1, 1, shape.Aggregate((a, b) => a * b)).reshape(shape);
}
