using System.Text.Json;
using Darkroom.Models.DarkDiff;
using Darkroom.Models.Layers;
using Darkroom.Models.StableDiffusion;
using Darkroom.Tests.Unit.Models.StableDiffusion;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Models.DarkDiff;

public sealed class RegionConditioningTests
{
    [Fact]
    public void Attention_ChangeOfOneRegionsCondition_StaysInTheRegion()
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var attention = new RegionCrossAttention(channels: 4, heads: 2, region: 2);
        Initializer.Reset(attention, 1);
        var (map, condition) = (rand(1, 4, 4, 6), rand(1, 4, 4, 6));
        var changed = condition.clone();
        changed.narrow(2, 2, 2).narrow(3, 4, 2).add_(1);                        // the last region
        var difference = (attention.Attend(map, condition) - attention.Attend(map, changed)).abs();
        Assert.Equal(0, difference.narrow(2, 0, 2).sum().item<float>());
        Assert.Equal(0, difference.narrow(3, 0, 4).sum().item<float>());
        Assert.True(difference.narrow(2, 2, 2).narrow(3, 4, 2).amax([1]).min().item<float>() > 0);
    }

    [Fact]
    public void Attention_MapThatRegionsDoNotFill_IsRefused()
    {
        using var scope = NewDisposeScope();
        using var attention = new RegionCrossAttention(4, 2, 2);
        var error = Assert.Throws<ArgumentException>(() => attention.Attend(rand(1, 4, 4, 5), rand(1, 4, 4, 5)));
        Assert.Contains("5 x 4; allowed are multiples of the region's side, 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void UNet_RegionsOfAnotherNumberOfBlocks_AreRefused()
    {
        Assert.Contains("2 region sizes; allowed are 1", Assert.Throws<ArgumentException>(() => RegionConditioning.CreateUNet(Config, [2, 2])).Message, StringComparison.Ordinal);
        Assert.Equal(3, RegionConditioning.LatentMultiple(Config, [3]));
        Assert.Equal(24, RegionConditioning.LatentMultiple(UNetConfig.Parse(JsonDocument.Parse("{}").RootElement), [3, 4, 2]));   // 3, 8, 8 cells
    }

    [Fact]
    public void Predict_SeesTheCondition_AndLeavesNoTensorBehind()
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var unet = RegionConditioning.CreateUNet(Config, [2]);
        using var processor = new ContextProcessor(Config.Encoder);
        Initializer.Reset(unet, 1);
        Initializer.Reset(processor, 2);
        var (sample, time, text) = (rand(1, 4, 6, 6), tensor(10L), rand(1, 5, 6));
        var features = processor.Run(rand(1, 4, 6, 6), time, text);
        var others = processor.Run(rand(1, 4, 6, 6), time, text);
        Assert.Equal([1], features.Select(block => block.Count));
        var before = scope.DisposablesCount;
        using var first = RegionConditioning.Predict(unet, sample, time, text, features);
        using var second = RegionConditioning.Predict(unet, sample, time, text, others);
        Assert.Equal(before + 2, scope.DisposablesCount);
        Assert.False(allclose(first, second, atol: 1e-5));
    }

    private static UNetConfig Config { get; } = UNetConfig.Parse(JsonDocument.Parse(UNetTests.Settings.Replace("MORE", "", StringComparison.Ordinal)).RootElement);
}
