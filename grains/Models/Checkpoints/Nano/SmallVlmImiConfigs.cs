namespace Darkroom.Models.Checkpoints.Nano;

/// <summary>Configurations of a VLM-IMI that is large enough to learn something and small enough to be trained on a CPU and to ship.</summary>
/// <remarks>
/// What differs from the nano one, which is for tests: a cell has 4 x 4 pixels, not 8 x 8, since a VAE this small cannot keep more in four channels;
/// attention only below full resolution, where it costs little. The schedule ends in pure noise and the first step taken is the last
/// timestep (Lin et al. 2023, arXiv:2305.08891): with Stable Diffusion's, which leaves a little of the picture at the last timestep,
/// no result can be much brighter or darker than mid-grey, and light is what this model is about.
/// </remarks>
internal static class SmallVlmImiConfigs
{
    private const string Encoder = """
        "in_channels": 4, "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"],
          "block_out_channels": [32, 48, 64], "layers_per_block": 1, "cross_attention_dim": 64, "attention_head_dim": [2, 3, 4],
          "norm_num_groups": 8, "norm_eps": 1e-05, "act_fn": "silu", "use_linear_projection": true
        """;

    public const string UNet = $$"""
        {
          "_class_name": "UNet2DConditionModel",
          "sample_size": 32, "out_channels": 4,
          "up_block_types": ["CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"],
          {{Encoder}}
        }
        """;

    public const string ControlNet = $$"""
        {
          "_class_name": "ControlNetModel",
          "conditioning_channels": 3, "conditioning_embedding_out_channels": [16, 16, 32],
          {{Encoder}}
        }
        """;

    public const string Ipfm = """
        {
          "model": { "time_channel": 32, "time_embed_dim": 64, "embedding_dim": 64, "layers": 2, "heads": 4, "num_latents": 8, "input_dim": 32 }
        }
        """;

    public const string Scheduler = """
        {
          "_class_name": "DDIMScheduler",
          "num_train_timesteps": 1000, "beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear",
          "prediction_type": "v_prediction", "rescale_betas_zero_snr": true, "timestep_spacing": "trailing",
          "clip_sample": false, "set_alpha_to_one": false, "steps_offset": 0, "trained_betas": null
        }
        """;

    public const string Vae = """
        {
          "_class_name": "AutoencoderKL",
          "in_channels": 3, "out_channels": 3, "latent_channels": 4,
          "down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D"],
          "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D"],
          "block_out_channels": [16, 32, 48], "layers_per_block": 1, "norm_num_groups": 8, "act_fn": "silu",
          "sample_size": 128, "scaling_factor": 1.0
        }
        """;
}
