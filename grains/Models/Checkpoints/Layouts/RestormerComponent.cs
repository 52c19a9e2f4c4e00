using System.Text.Json;
using Darkroom.Models.Restormer;

namespace Darkroom.Models.Checkpoints.Layouts;

/// <summary>Restormer's files, which come without a configuration: it is read off the names and shapes.</summary>
internal static class RestormerComponent
{
    private const int MaxDim = 512;

    private static readonly string[] Levels = ["encoder_level1", "encoder_level2", "encoder_level3", "latent"];

    public static ComponentKind Kind { get; } = new("restormer", config => new RestormerNetwork(Parse(config))) { IsIn = IsIn, Infer = Infer };

    private static bool IsIn(IReadOnlyDictionary<string, TensorEntry> entries) =>
        entries.ContainsKey("patch_embed.proj.weight") && entries.ContainsKey("encoder_level1.0.attn.temperature");

    /// <summary>Reads a configuration in the words of the official code.</summary>
    public static RestormerConfig Parse(JsonElement config) => new(
        config.GetProperty("dim").GetInt32(),
        Numbers(config, "num_blocks"),
        config.GetProperty("num_refinement_blocks").GetInt32(),
        Numbers(config, "heads"),
        config.GetProperty("ffn_expansion_factor").GetDouble(),
        config.GetProperty("bias").GetBoolean(),
        Enum.Parse<LayerNormKind>(config.GetProperty("LayerNorm_type").GetString()!));

    public static JsonElement Write(RestormerConfig config) => JsonSerializer.SerializeToElement(new Dictionary<string, object>
    {
        ["dim"] = config.Dim,
        ["num_blocks"] = config.BlockCounts,
        ["num_refinement_blocks"] = config.RefinementBlockCount,
        ["heads"] = config.Heads,
        ["ffn_expansion_factor"] = config.FeedForwardExpansion,
        ["bias"] = config.Bias,
        ["LayerNorm_type"] = config.NormKind.ToString(),
    });

    private static JsonElement Infer(IReadOnlyDictionary<string, TensorEntry> entries) => Write(new RestormerConfig(
        InferDim(entries),
        [.. Levels.Select(level => entries.Count($"{level}.{{0}}.attn.temperature"))],
        entries.Count("refinement.{0}.attn.temperature"),
        [.. Levels.Select(level => (int)entries.Size($"{level}.0.attn.temperature", 0))],
        InferExpansion(entries),
        entries.ContainsKey("encoder_level1.0.attn.qkv.bias"),
        entries.ContainsKey("encoder_level1.0.norm1.body.bias") ? LayerNormKind.WithBias : LayerNormKind.BiasFree));

    private static int[] Numbers(JsonElement config, string name) => [.. config.GetProperty(name).EnumerateArray().Select(number => number.GetInt32())];

    /// <summary>A tensor whose size grows with the square of the width must agree, so that a small file cannot ask for a huge network.</summary>
    private static int InferDim(IReadOnlyDictionary<string, TensorEntry> entries)
    {
        var dim = entries.Size("patch_embed.proj.weight", 0);
        var inner = entries.Size("down3_4.body.0.weight", 1);
        return dim <= MaxDim && inner == 4 * dim && entries.Size("down3_4.body.0.weight", 0) == 2 * dim
            ? (int)dim
            : throw new InvalidCheckpointException($"A Restormer of {dim} channels has {4 * dim} at its third level, and at most {MaxDim} at its first; this checkpoint has {inner} at its third.");
    }

    /// <summary>Hidden channels are the whole part of width times expansion; the published 2.66 is taken where it explains every level.</summary>
    private static double InferExpansion(IReadOnlyDictionary<string, TensorEntry> entries)
    {
        var (lowest, highest) = (0.0, double.MaxValue);
        foreach (var level in Levels)
        {
            double width = entries.Size($"{level}.0.ffn.project_in.weight", 1);
            var hidden = entries.Size($"{level}.0.ffn.project_in.weight", 0) / 2;
            lowest = Math.Max(lowest, hidden / width);
            highest = Math.Min(highest, (hidden + 1) / width);
        }

        const double published = 2.66;
        return published >= lowest && published < highest ? published : lowest;
    }
}
