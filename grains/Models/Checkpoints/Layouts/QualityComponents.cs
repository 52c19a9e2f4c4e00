using System.Text.Json;
using System.Text.RegularExpressions;
using Darkroom.Models.Quality;

namespace Darkroom.Models.Checkpoints.Layouts;

/// <summary>The networks of metrics that judge pictures, as torchvision, lpips and pytorch-fid publish them.</summary>
internal static partial class QualityComponents
{
    private const int FidClassCount = 1008;
    private const string InceptionPool = "Mixed_7c.branch_pool.conv.weight";

    public static ComponentKind AlexNet { get; } = new("alexnet", _ => TorchvisionFeatures.AlexNet())
    {
        IsIn = entries => IsConvolution(entries, 11, "features.0.weight", "net.slice1.0.weight") && IsConvolution(entries, 3, "features.10.weight", "net.slice5.10.weight"),
        Infer = _ => Empty(),
        Adapt = (_, files) => Features(files),
    };

    public static ComponentKind Vgg16 { get; } = new("vgg16", _ => TorchvisionFeatures.Vgg16())
    {
        IsIn = entries => IsConvolution(entries, 3, "features.26.weight", "net.slice5.26.weight") && IsConvolution(entries, 3, "features.28.weight", "net.slice5.28.weight")
            && !entries.ContainsKey("features.30.weight"),
        Infer = _ => Empty(),
        Adapt = (_, files) => Features(files),
    };

    public static ComponentKind LpipsHeads { get; } = new("lpips-heads", config => new LpipsHeads([.. config.GetProperty("channels").EnumerateArray().Select(channels => channels.GetInt64())]))
    {
        IsIn = entries => entries.ContainsKey("lin0.model.1.weight"),
        Infer = entries => JsonSerializer.SerializeToElement(new Dictionary<string, object>
        {
            ["channels"] = Enumerable.Range(0, entries.Count("lin{0}.model.1.weight")).Select(stage => entries.Size($"lin{stage}.model.1.weight", 1)).ToArray(),
        }),
        Adapt = (_, files) => new KeyRules { Ignored = NotHeads() }.Apply(files),
    };

    public static ComponentKind FidInception { get; } = new("fid-inception", _ => new FidInception())
    {
        IsIn = entries => entries.ContainsKey(InceptionPool),
        Infer = entries => entries.Size("fc.bias", 0) == FidClassCount
            ? Empty()
            : throw new InvalidCheckpointException(
                $"This Inception v3 has {entries.Size("fc.bias", 0)} classes, as torchvision's; FID and KID are defined by another one, of {FidClassCount}: pytorch-fid's pt_inception-2015-12-05-6726825d.pth."),
        Adapt = (_, files) => new KeyRules { Ignored = NotPool3() }.Apply(files),
    };

    public static ComponentKind Musiq { get; } = new("musiq", config => new Musiq(ParseMusiq(config)))
    {
        IsIn = entries => entries.ContainsKey("transformer_encoder.posembed_input.position_emb") && entries.ContainsKey("conv_root.weight"),
        Infer = entries =>
        {
            var width = entries.Size("embedding.weight", 0);
            return JsonSerializer.SerializeToElement(new Dictionary<string, long>
            {
                ["hidden_size"] = width,
                ["mlp_dim"] = entries.Size("transformer_encoder.transformer.encoderblock_0.mlp.fc1.weight", 0),
                ["num_heads"] = Math.Max(1, width / MusiqConfig.HeadWidth),
                ["num_layers"] = entries.Count("transformer_encoder.transformer.encoderblock_{0}.norm1.weight"),
                ["num_scales"] = entries.Size("transformer_encoder.scaleembed_input.scale_emb", 0),
                ["spatial_pos_grid_size"] = (long)Math.Sqrt(entries.Size("transformer_encoder.posembed_input.position_emb", 1)),
                ["num_class"] = entries.ContainsKey("head.weight") ? entries.Size("head.weight", 0) : entries.Size("head.0.weight", 0),
            });
        },
    };

    private static MusiqConfig ParseMusiq(JsonElement config)
    {
        var reader = new ConfigReader(config, "MUSIQ");
        return new MusiqConfig(
            (int)reader.Size("hidden_size", 384), (int)reader.Size("mlp_dim", 1152), (int)reader.Size("num_heads", 6), (int)reader.Size("num_layers", 14),
            (int)reader.Size("num_scales", 3), (int)reader.Size("spatial_pos_grid_size", 10), (int)reader.Size("num_class", 1));
    }

    private static ITensorSource Features(ITensorSource files) =>
        new KeyRules { Ignored = NotFeatures(), Renames = [(Slice(), "features.")] }.Apply(files);

    private static bool IsConvolution(IReadOnlyDictionary<string, TensorEntry> entries, long side, params string[] names) =>
        Array.Exists(names, name => entries.TryGetValue(name, out var entry) && entry.Shape is [_, _, var height, var width] && height == side && width == side);

    private static JsonElement Empty() => JsonSerializer.SerializeToElement(new Dictionary<string, object>());

    // torchvision's classifier, and what lpips has beside the network in one file.
    [GeneratedRegex(@"^classifier\.|^lins?[.\d]|^scaling_layer\.")]
    private static partial Regex NotFeatures();

    [GeneratedRegex(@"^net\.slice\d+\.")]
    private static partial Regex Slice();

    // lpips saves each head twice.
    [GeneratedRegex(@"^net\.|^lins\.|^scaling_layer\.")]
    private static partial Regex NotHeads();

    [GeneratedRegex(@"^fc\.|\.num_batches_tracked$|^AuxLogits\.")]
    private static partial Regex NotPool3();
}
