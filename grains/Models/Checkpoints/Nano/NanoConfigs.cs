namespace Darkroom.Models.Checkpoints.Nano;

/// <summary>Configurations of the nano networks, in the words of the libraries that publish the real ones. Their widths fit each other.</summary>
internal static class NanoConfigs
{
    /// <summary>Width of the tokens that the nano UNets attend to.</summary>
    private const int TextWidth = 64;

    /// <summary>Width of the nano language models.</summary>
    private const int LanguageWidth = 32;

    public const string Vae = """
        {
          "_class_name": "AutoencoderKL",
          "in_channels": 3, "out_channels": 3, "latent_channels": 4,
          "down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D"],
          "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D"],
          "block_out_channels": [16, 32, 32, 32], "layers_per_block": 1, "norm_num_groups": 8, "act_fn": "silu",
          "sample_size": 64, "scaling_factor": 0.18215
        }
        """;

    public const string ClipVision = """
        {
          "architectures": ["CLIPVisionModelWithProjection"], "model_type": "clip_vision_model",
          "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 3, "num_attention_heads": 4,
          "image_size": 56, "patch_size": 14, "num_channels": 3, "hidden_act": "quick_gelu", "layer_norm_eps": 1e-05, "projection_dim": 64
        }
        """;

    public const string T5 = """
        {
          "architectures": ["T5ForConditionalGeneration"], "model_type": "t5",
          "vocab_size": 384, "d_model": 32, "d_kv": 8, "d_ff": 64, "num_layers": 2, "num_heads": 4,
          "feed_forward_proj": "gated-gelu", "relative_attention_num_buckets": 32, "relative_attention_max_distance": 128,
          "layer_norm_epsilon": 1e-06, "pad_token_id": 0, "eos_token_id": 1, "tie_word_embeddings": false
        }
        """;

    public const string Ipfm = """
        {
          "model": { "time_channel": 16, "time_embed_dim": 64, "embedding_dim": 64, "layers": 2, "heads": 4, "num_latents": 8, "input_dim": 32 }
        }
        """;

    public const string Llama = """
        {
          "architectures": ["LlavaLlamaForCausalLM"], "model_type": "llava",
          "vocab_size": 384, "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
          "max_position_embeddings": 512, "rms_norm_eps": 1e-06, "hidden_act": "silu", "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2,
          "mm_hidden_size": 32, "mm_vision_select_layer": -2, "mm_use_im_start_end": true, "tie_word_embeddings": false
        }
        """;

    public const string Llava = """
        {
          "architectures": ["LlavaForConditionalGeneration"], "model_type": "llava",
          "image_token_index": 383, "projector_hidden_act": "gelu", "vision_feature_layer": -2, "vision_feature_select_strategy": "default",
          "vision_config": {
            "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 3, "num_attention_heads": 4,
            "image_size": 56, "patch_size": 14, "num_channels": 3, "hidden_act": "quick_gelu", "layer_norm_eps": 1e-05, "projection_dim": 64
          },
          "text_config": {
            "vocab_size": 384, "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
            "max_position_embeddings": 512, "rms_norm_eps": 1e-06, "hidden_act": "silu", "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2,
            "tie_word_embeddings": false
          }
        }
        """;

    public const string Llmra = """
        {
          "_class_name": "LlmraNetwork",
          "Dim": 8, "BlockCounts": [1, 1, 1, 1], "Heads": [1, 2, 4, 8], "FeedForwardExpansion": 2.66,
          "TextDim": 64, "TextTokens": 77, "TextHeads": 4, "ContextWidth": 8, "MlpRatio": 2
        }
        """;

    public const string TaskPromptBranch = """{ "clip_v_dim": 32, "num_cross_proj_layers": 2, "out": 64 }""";

    public const string PluginSelector = """{ "dim": 64 }""";

    public static readonly string EditHead = $$"""{ "llm_dim": {{LanguageWidth}}, "hidden": 32, "out": {{TextWidth}}, "queries": 77, "ffn": 64, "nhead": 4, "enc_layers": 2, "dec_layers": 2 }""";

    public static readonly string EditEmbeddings = $$"""{ "vocab_size": 395, "hidden_size": {{LanguageWidth}}, "image_tokens": 8 }""";

    public static string ClipText(string activation) => $$"""
        {
          "architectures": ["CLIPTextModel"], "model_type": "clip_text_model",
          "vocab_size": {{NanoTokenizers.ClipVocabularySize}}, "hidden_size": {{TextWidth}}, "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4,
          "max_position_embeddings": 77, "hidden_act": "{{activation}}", "layer_norm_eps": 1e-05, "projection_dim": {{TextWidth}},
          "bos_token_id": {{NanoTokenizers.ClipVocabularySize - 2}}, "eos_token_id": {{NanoTokenizers.ClipVocabularySize - 1}}
        }
        """;

    /// <summary>A UNet as Stable Diffusion 1 has it: convolutions around its transformers, eight heads.</summary>
    public static string UNet1(int channels) => $$"""
        {
          "_class_name": "UNet2DConditionModel",
          "sample_size": 8, "in_channels": {{channels}}, "out_channels": 4,
          "down_block_types": ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"],
          "up_block_types": ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"],
          "block_out_channels": [32, 64, 64, 64], "layers_per_block": 1, "cross_attention_dim": {{TextWidth}}, "attention_head_dim": 8,
          "norm_num_groups": 32, "norm_eps": 1e-05, "act_fn": "silu"
        }
        """;

    /// <summary>A network of Stable Diffusion 2: linear maps around its transformers, more heads where it is wider.</summary>
    /// <param name="className">Its class.</param>
    /// <param name="more">More settings, each with a comma behind it.</param>
    public static string UNet2(string className = "UNet2DConditionModel", string more = "") => $$"""
        {
          "_class_name": "{{className}}", {{more}}
          "sample_size": 8, "in_channels": 4, "out_channels": 4,
          "down_block_types": ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"],
          "up_block_types": ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"],
          "block_out_channels": [16, 32, 48, 48], "layers_per_block": 1, "cross_attention_dim": {{TextWidth}}, "attention_head_dim": [1, 2, 3, 3],
          "norm_num_groups": 8, "norm_eps": 1e-05, "act_fn": "silu", "use_linear_projection": true
        }
        """;

    public static string ControlNet2 => UNet2("ControlNetModel", "\"conditioning_channels\": 3, \"conditioning_embedding_out_channels\": [8, 8, 16, 16],");

    public static string DarkDiffUNet => UNet2("DarkDiffUNet", "\"region_sizes\": [8, 4, 2],");

    public static string DarkDiffVae => Vae.Replace("AutoencoderKL", "DarkDiffResidualAutoencoder", StringComparison.Ordinal);

    public const string SpatialComplementBranch = """
        {
          "_class_name": "ControlNetModel",
          "in_channels": 4, "down_block_types": ["CrossAttnDownBlock2D"], "block_out_channels": [32], "layers_per_block": 1,
          "cross_attention_dim": 64, "attention_head_dim": 8, "norm_num_groups": 32, "norm_eps": 1e-05, "act_fn": "silu"
        }
        """;

    /// <summary>The noise schedule of Stable Diffusion.</summary>
    /// <param name="className">diffusers' class.</param>
    /// <param name="prediction">What the UNet predicts.</param>
    public static string Scheduler(string className, string prediction) => $$"""
        {
          "_class_name": "{{className}}",
          "num_train_timesteps": 1000, "beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear",
          "prediction_type": "{{prediction}}", "clip_sample": false, "set_alpha_to_one": false, "steps_offset": 1, "trained_betas": null
        }
        """;

    /// <summary>The list of a Stable Diffusion's parts.</summary>
    public static string ModelIndex(string scheduler, bool hasText) => $$"""
        {
          "_class_name": "StableDiffusionPipeline",
          "scheduler": ["diffusers", "{{scheduler}}"],{{(hasText ? "\n  \"text_encoder\": [\"transformers\", \"CLIPTextModel\"],\n  \"tokenizer\": [\"transformers\", \"CLIPTokenizer\"]," : string.Empty)}}
          "unet": ["diffusers", "UNet2DConditionModel"],
          "vae": ["diffusers", "AutoencoderKL"]
        }
        """;
}
