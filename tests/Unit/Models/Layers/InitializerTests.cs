using Darkroom.Models.Clip;
using Darkroom.Models.DiffPlugin;
using Darkroom.Models.Layers;
using Darkroom.Models.Llama;
using Darkroom.Models.Mgie;
using Darkroom.Models.T5;
using Darkroom.Models.VlmImi;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Models.Layers;

public sealed class InitializerTests
{
    private static readonly ClipVisionConfig Vision = new(8, 16, 2, 2, 3, 8, 4, ClipActivation.Gelu, 1e-5, 4, HasProjection: true);
    private static readonly LlamaConfig Language = new(30, 16, 24, 2, 2, 24, 1e-6, 10000, 1, 2, VisionWidth: 8);

    public static TheoryData<string> Names => [.. Networks.Keys];

    private static Dictionary<string, Func<nn.Module>> Networks => new()
    {
        ["clip text"] = () => new ClipTextModel(new ClipTextConfig(20, 8, 16, 2, 2, 6, ClipActivation.QuickGelu, 1e-5, 4, HasProjection: true)),
        ["clip vision"] = () => new ClipVisionModel(Vision),
        ["t5 1.0"] = () => new T5Encoder(new T5EncoderConfig(20, 8, 3, 16, 2, 2, 8, 20, T5FeedForwardKind.Relu, 1e-6)),
        ["t5 1.1"] = () => new T5Encoder(new T5EncoderConfig(20, 8, 3, 16, 2, 2, 8, 20, T5FeedForwardKind.GatedGelu, 1e-6)),
        ["llama"] = () => new LlamaForCausalLm(Language),
        ["llava"] = () => new LlavaModel(new LlavaConfig(Vision, Language with { VisionWidth = 0 }, 29, -2, KeepsClassToken: false)),
        ["edit head"] = () => new EditHead(new EditHeadConfig(12, 8, 6, 5, 16, 2, 1, 1)),
        ["ipfm"] = () => new InstructionPriorFusionModule(new IpfmConfig(6, 10, 8, 2, 2, 4, 12)),
        ["selector"] = () => new PluginSelector(8),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void Reset_EveryParameter_IsDrawnFromTheSeed(string name)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var first = Networks[name]();
        using var second = Networks[name]();
        foreach (var parameter in first.parameters().Concat(second.parameters()))
            parameter.fill_(float.NaN);
        Initializer.Reset(first, 5);
        Initializer.Reset(second, 5);
        foreach (var (key, parameter) in first.named_parameters())
            Assert.True(parameter.equal(second.get_parameter(key)!).all().item<bool>(), key);   // NaN equals nothing, so none is left
    }
}
