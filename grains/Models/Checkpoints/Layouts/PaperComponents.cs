using System.Text.Json;
using System.Text.RegularExpressions;
using Darkroom.Models.DiffPlugin;
using Darkroom.Models.Llmra;
using Darkroom.Models.Mgie;
using Darkroom.Models.VlmImi;

namespace Darkroom.Models.Checkpoints.Layouts;

/// <summary>The networks that the papers' own repositories publish.</summary>
internal static partial class PaperComponents
{
    private const string EditPrefix = "edit_head.";

    public static ComponentKind Ipfm { get; } = new("ipfm", config => new InstructionPriorFusionModule(IpfmConfig.Parse(config)))
    {
        Classes = [PublishedConfig.IpfmClass],
        IsIn = entries => entries.ContainsKey("connector.latents"),
    };

    /// <summary>LLMRA's restorer; its authors publish nothing, so its configuration is in our own words.</summary>
    public static ComponentKind Llmra { get; } = new("llmra", config => new LlmraNetwork(
        config.Deserialize<LlmraConfig>() ?? throw new InvalidCheckpointException("The configuration of LLMRA is empty."))) { Classes = [nameof(LlmraNetwork)] };

    public static ComponentKind PluginSelector { get; } = new("plugin-selector", config => new PluginSelector(new ConfigReader(config, "plugin selector").Size("dim", DiffPlugin.PluginSelector.PublishedWidth)))
    {
        IsIn = entries => entries.ContainsKey("logit_scale") && entries.ContainsKey("proj_v.weight") && entries.ContainsKey("proj_t.weight"),
        Infer = entries => Settings(("dim", entries.Size("proj_v.weight", 0))),
    };

    public static ComponentKind EditHead { get; } = new("edit-head", config => new EditHead(EditHeadConfig.Parse(config)))
    {
        IsIn = entries => entries.ContainsKey("edit_head.llm2hid.weight"),
        Infer = entries => Settings(
            ("llm_dim", entries.Size("edit_head.llm2hid.weight", 1)),
            ("hidden", entries.Size("edit_head.llm2hid.weight", 0)),
            ("out", entries.Size("edit_head.hid2feat.weight", 0)),
            ("queries", entries.Size("edit_head.query", 1)),
            ("ffn", entries.Size("edit_head.mapper.encoder.layers.0.linear1.weight", 0)),
            ("enc_layers", entries.Count("edit_head.mapper.encoder.layers.{0}.norm1.weight")),
            ("dec_layers", entries.Count("edit_head.mapper.decoder.layers.{0}.norm1.weight"))),
        FilePrefix = EditPrefix,
        Adapt = (_, files) => new KeyRules { Prefix = EditPrefix }.Apply(files),
    };

    public static ComponentKind EditEmbeddings { get; } = new("edit-embeddings", config => new EditEmbeddings(EditEmbeddingsConfig.Parse(config)))
    {
        IsIn = entries => entries.ContainsKey("edit_head.llm2hid.weight") && entries.ContainsKey("model.embed_tokens.weight"),
        Infer = entries => Settings(
            ("vocab_size", entries.Size("model.embed_tokens.weight", 0)),
            ("hidden_size", entries.Size("model.embed_tokens.weight", 1)),
            ("image_tokens", entries.Size("emb", 1))),
        Adapt = (_, files) => new KeyRules { Ignored = EditHeadNames() }.Apply(files),
    };

    private static JsonElement Settings(params (string Name, long Value)[] settings) =>
        JsonSerializer.SerializeToElement(settings.ToDictionary(setting => setting.Name, setting => setting.Value));

    [GeneratedRegex(@"^edit_head\.")]
    private static partial Regex EditHeadNames();
}
