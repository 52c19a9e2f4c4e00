using System.Text.Json;
using Darkroom.Models.Checkpoints;
using Darkroom.Models.Clip;
using Darkroom.Models.Llama;
using Darkroom.Models.Mgie;
using Darkroom.Models.T5;
using Darkroom.Models.VlmImi;
using Xunit;

namespace Darkroom.Tests.Unit.Models.Checkpoints;

public sealed class ConfigReaderTests
{
    [Fact]
    public void AbsentKeys_HaveTheDefaultsOfTheLibrary()
    {
        Assert.Equal(new ClipTextConfig(49408, 512, 2048, 12, 8, 77, ClipActivation.QuickGelu, 1e-5, 512, false), ClipTextConfig.Parse(Json("{}")));
        Assert.Equal(new ClipVisionConfig(768, 3072, 12, 12, 3, 224, 32, ClipActivation.QuickGelu, 1e-5, 512, false), ClipVisionConfig.Parse(Json("{}")));
        Assert.Equal(new T5EncoderConfig(32128, 512, 64, 2048, 6, 8, 32, 128, T5FeedForwardKind.Relu, 1e-6), T5EncoderConfig.Parse(Json("{}")));
        Assert.Equal(new LlamaConfig(32000, 4096, 11008, 32, 32, 2048, 1e-6, 10000, 1, 2), LlamaConfig.Parse(Json("{}")));
        Assert.Equal(IpfmConfig.Published, IpfmConfig.Parse(Json("""{ "model": {} }""")));
        Assert.Equal(EditHeadConfig.Published, EditHeadConfig.Parse(Json("{}")));
    }

    [Fact]
    public void WholeClip_GivesBothTowersWithTheSharedProjection()
    {
        var json = Json("""
            { "architectures": ["CLIPModel"], "projection_dim": 768, "text_config": { "hidden_size": 768, "num_attention_heads": 12, "projection_dim": 512 },
              "vision_config": { "hidden_size": 1024, "num_attention_heads": 16, "patch_size": 14, "hidden_act": "gelu" } }
            """);
        var text = ClipTextConfig.Parse(json);
        Assert.Equal((768, 768, true), (text.Width, text.ProjectionWidth, text.HasProjection));
        var vision = ClipVisionConfig.Parse(json);
        Assert.Equal((1024, 768, true, 256L, ClipActivation.Gelu), (vision.Width, vision.ProjectionWidth, vision.HasProjection, vision.PatchCount, vision.Activation));
    }

    [Fact]
    public void Llava_TakesItsSections()
    {
        var config = LlavaConfig.Parse(Json("""
            { "image_token_index": 32000, "vision_feature_layer": -2, "vision_feature_select_strategy": "default",
              "text_config": { "vocab_size": 32064, "max_position_embeddings": 4096, "rms_norm_eps": 1e-05 },
              "vision_config": { "hidden_size": 1024, "image_size": 336, "patch_size": 14, "num_attention_heads": 16 } }
            """));
        Assert.Equal((32064, 4096, 1e-5, 0), (config.Language.VocabularySize, config.Language.MaxTokens, config.Language.Epsilon, config.Language.VisionWidth));
        Assert.Equal((576L, -2, false), (config.Vision.PatchCount, config.FeatureLayer, config.KeepsClassToken));
        Assert.Equal(1024, LlamaConfig.Parse(Json("""{ "mm_hidden_size": 1024 }""")).VisionWidth);
    }

    [Theory]
    [InlineData("clip", """{ "hidden_act": "relu" }""", "hidden_act = \"relu\"; supported is gelu or quick_gelu")]
    [InlineData("clip", """{ "hidden_size": 10, "num_attention_heads": 3 }""", "num_attention_heads = 3; supported is a divisor of hidden_size = 10")]
    [InlineData("clip", """{ "vocab_size": "many" }""", "vocab_size = \"many\"; supported is an integer from 1")]
    [InlineData("clip", "[]", "is not a JSON object")]
    [InlineData("vision", """{ "image_size": 8, "patch_size": 14 }""", "patch_size = 14; supported is at most image_size = 8")]
    [InlineData("t5", """{ "feed_forward_proj": "gated-silu" }""", "feed_forward_proj = \"gated-silu\"; supported is gated-gelu or relu")]
    [InlineData("t5", """{ "layer_norm_epsilon": 0 }""", "layer_norm_epsilon = 0; supported is a number greater than 0")]
    [InlineData("t5", """{ "relative_attention_num_buckets": 30 }""", "relative_attention_num_buckets = 30")]
    [InlineData("llama", """{ "rope_scaling": { "type": "linear", "factor": 2 } }""", "rope_scaling = {")]
    [InlineData("llama", """{ "num_key_value_heads": 8 }""", "num_key_value_heads = 8; supported is 32")]
    [InlineData("llama", """{ "attention_bias": true }""", "attention_bias = true; supported is false")]
    [InlineData("llama", """{ "tie_word_embeddings": true }""", "tie_word_embeddings = true; supported is false")]
    [InlineData("llava", """{ "text_config": {} }""", "vision_config = null")]
    [InlineData("llava", """{ "text_config": {}, "vision_config": {}, "vision_feature_select_strategy": "cls" }""", "vision_feature_select_strategy = \"cls\"")]
    [InlineData("ipfm", """{ "model": { "heads": 3 } }""", "heads = 3")]
    [InlineData("edit", """{ "nhead": 3 }""", "nhead = 3")]
    public void UnsupportedValue_IsRefusedByName(string network, string json, string message)
    {
        var error = Assert.Throws<InvalidCheckpointException>(object? () => network switch
        {
            "clip" => ClipTextConfig.Parse(Json(json)),
            "vision" => ClipVisionConfig.Parse(Json(json)),
            "t5" => T5EncoderConfig.Parse(Json(json)),
            "llama" => LlamaConfig.Parse(Json(json)),
            "llava" => LlavaConfig.Parse(Json(json)),
            "ipfm" => IpfmConfig.Parse(Json(json)),
            _ => EditHeadConfig.Parse(Json(json)),
        });
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}
