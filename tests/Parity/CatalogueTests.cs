using System.Text.Json;
using Darkroom.Models.Checkpoints;
using Darkroom.Models.Checkpoints.Layouts;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Parity;

/// <summary>An official file of the full size, as its manifest of names and shapes tells, passes the check of an import.</summary>
public sealed class CatalogueTests
{
    [Theory]
    [InlineData("sd15_unet", "UNet2DConditionModel")]
    [InlineData("sd21_unet", "UNet2DConditionModel")]
    [InlineData("ip2p_unet", "UNet2DConditionModel")]
    [InlineData("ip2p_unet", "")]
    [InlineData("sd_vae", "AutoencoderKL")]
    [InlineData("sd21_controlnet", "ControlNetModel")]
    [InlineData("sd15_clip_text", "CLIPTextModel")]
    [InlineData("sd21_clip_text", "CLIPTextModel")]
    [InlineData("clip_vitb_text_llmra_77x512", "CLIPTextModelWithProjection")]
    [InlineData("clip_vitl14_text_with_projection", "CLIPTextModelWithProjection")]
    [InlineData("clip_vitl14_vision", "CLIPVisionModelWithProjection")]
    [InlineData("flan_t5_large_encoder", "T5ForConditionalGeneration")]
    [InlineData("t5_v1_1_xxl_encoder", "T5EncoderModel")]
    [InlineData("diff_plugin_tpb", "")]
    [InlineData("diff_plugin_selector", "")]
    [InlineData("restormer", "")]
    [InlineData("restormer_biasfree", "")]
    [InlineData("vlm_imi_ipfms", "IPFM")]
    [InlineData("mgie_edit_head", "")]
    public void Manifest_FullSize_FitsItsArchitecture(string manifest, string className)
    {
        var expected = Manifest.Read(manifest);
        using var names = new NamesOnly(expected);
        var kind = Assert.Single(className.Length > 0 ? ComponentCatalogue.OfClass(className) : ComponentCatalogue.OfNames(names.Entries));
        var config = className.Length > 0 ? WithClass(Manifest.Config(manifest), className) : kind.Infer!(names.Entries);

        Assert.Equal(string.Empty, kind.Compare(config, kind.Adapt(className, names)).ToString());
    }

    private static JsonElement WithClass(JsonElement config, string className)
    {
        var settings = config.EnumerateObject().ToDictionary(property => property.Name, property => property.Value);
        settings["architectures"] = JsonSerializer.SerializeToElement(new[] { className });
        return JsonSerializer.SerializeToElement(settings);
    }
}

/// <summary>A file of which only the header is known.</summary>
internal sealed class NamesOnly(Dictionary<string, long[]> shapes) : ITensorSource
{
    public IReadOnlyDictionary<string, TensorEntry> Entries { get; } = shapes.ToDictionary(
        pair => pair.Key, pair => new TensorEntry(pair.Key, ScalarType.Float32, pair.Value, pair.Value.Aggregate(4L, (product, size) => product * size)));

    public void ReadInto(string name, Tensor target) => throw new NotSupportedException();

    public void Dispose()
    {
    }
}
