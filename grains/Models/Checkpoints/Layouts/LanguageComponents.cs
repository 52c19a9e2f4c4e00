using System.Text.RegularExpressions;
using Darkroom.Models.Llama;
using Darkroom.Models.T5;

namespace Darkroom.Models.Checkpoints.Layouts;

/// <summary>Language models: T5's encoder, LLaMA, and LLaVA in transformers' layout.</summary>
internal static partial class LanguageComponents
{
    public static ComponentKind T5Encoder { get; } = new("t5-encoder", config => new T5Encoder(T5EncoderConfig.Parse(config)))
    {
        Classes = ["T5EncoderModel", "T5ForConditionalGeneration", "T5Model", "T5WithLMHeadModel"],
        IsIn = entries => entries.ContainsKey("encoder.block.0.layer.0.SelfAttention.q.weight"),
        Adapt = (_, files) => new KeyRules { Ignored = NotEncoder(), Ties = [(T5.T5Encoder.TiedNames[0], T5.T5Encoder.TiedNames[1])] }.Apply(files),
    };

    public static ComponentKind Llama { get; } = new("llama", config => new LlamaForCausalLm(LlamaConfig.Parse(config)))
    {
        Classes = ["LlamaForCausalLM", "LlavaLlamaForCausalLM"],
        IsIn = entries => entries.ContainsKey("model.layers.0.self_attn.q_proj.weight"),
        Adapt = (_, files) => new KeyRules { Ignored = Frequencies() }.Apply(files),
    };

    public static ComponentKind Llava { get; } = new("llava", config => new LlavaModel(LlavaConfig.Parse(config)))
    {
        Classes = ["LlavaForConditionalGeneration"],
        IsIn = entries => entries.ContainsKey("multi_modal_projector.linear_1.weight"),
        Adapt = (_, files) => new KeyRules { Ignored = Frequencies() }.Apply(files),
    };

    // The whole T5 is published; only its encoder is used.
    [GeneratedRegex(@"^decoder\.|^lm_head\.")]
    private static partial Regex NotEncoder();

    // Older versions of the library saved what is computed at the start, and CLIP's positions.
    [GeneratedRegex(@"\.rotary_emb\.inv_freq$|\.position_ids$")]
    private static partial Regex Frequencies();
}
