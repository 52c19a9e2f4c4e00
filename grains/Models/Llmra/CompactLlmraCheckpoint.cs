using System.Text.Json;
using Darkroom.Models.Checkpoints;
using Darkroom.Models.Describers;
using Darkroom.Models.Describers.Rain;
using Darkroom.Models.Pipelines;
using TorchSharp;
using static TorchSharp.torch;

namespace Darkroom.Models.Llmra;

/// <summary>The file form of the compact restorer: restorer and describer, with configuration and vocabulary in the metadata.</summary>
public static class CompactLlmraCheckpoint
{
    /// <summary>What <see cref="PipelineLoader.PipelineKey"/> says in such a file.</summary>
    public const string PipelineName = "llmra";

    private const string ConfigKey = "darkroom.llmra.config";
    private const string VocabularyKey = "darkroom.llmra.vocabulary";
    private const string RestorerPrefix = "restore.";
    private const string DescriberPrefix = "describe.";
    private const string RainPrefix = "rain.";
    private const int MaxVocabularyWords = 20_000;
    private const int TileSize = 272;   // 512 pixels are two tiles
    private const int TileOverlap = 32;

    /// <summary>Longest side of the overview that CEM and the describer see (pixels).</summary>
    public const int OverviewSize = BuiltInDescriber.TrainedOverviewSize;

    /// <summary>Writes a checkpoint.</summary>
    /// <param name="path">Path of the file; replaced at once when whole.</param>
    /// <param name="network">The restorer.</param>
    /// <param name="describer">The describer.</param>
    /// <param name="rainHead">The describer's rain head.</param>
    /// <param name="tokenizer">The restorer's tokenizer.</param>
    /// <param name="type">Element type to store; float16 halves the file and costs the restorer less than 0.01 dB.</param>
    public static void Save(string path, CompactLlmra network, DescriberNetwork describer, RainHead rainHead, DegradationTokenizer tokenizer, ScalarType type)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var tensors = State(network, RestorerPrefix).Concat(State(describer, DescriberPrefix)).Concat(State(rainHead, RainPrefix));
        SafetensorsWriter.Write(path, tensors, new Dictionary<string, string>
        {
            [PipelineLoader.PipelineKey] = PipelineName,
            [ConfigKey] = JsonSerializer.Serialize(network.Config),
            [VocabularyKey] = string.Join(' ', tokenizer.Words),
        });

        IEnumerable<KeyValuePair<string, Tensor>> State(nn.Module module, string prefix) =>
            module.state_dict().Select(pair => KeyValuePair.Create(prefix + pair.Key, pair.Value.to(type)));
    }

    /// <summary>Reads the parts of a checkpoint.</summary>
    /// <param name="file">The file.</param>
    /// <param name="device">Where the weights go.</param>
    /// <returns>Restorer, describer and tokenizer in evaluation mode; the caller disposes the first two.</returns>
    /// <exception cref="InvalidCheckpointException">Metadata or tensors are not those of a compact LLMRA.</exception>
    public static (CompactLlmra Network, DescriberNetwork Describer, DegradationTokenizer Tokenizer) LoadParts(SafetensorsFile file, Device device)
    {
        var (network, tokenizer) = LoadRestorer(file, device);
        try
        {
            return (network, Fill(new DescriberNetwork(), file, DescriberPrefix, device), tokenizer);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>Whether a file has a rain head; those of before there was one have not.</summary>
    /// <param name="file">The file.</param>
    public static bool HasRainHead(SafetensorsFile file) =>
        file.Entries.Keys.Any(key => key.StartsWith(RainPrefix, StringComparison.Ordinal));

    /// <summary>Reads the describer's rain head.</summary>
    /// <param name="file">The file.</param>
    /// <param name="device">Where the weights go.</param>
    /// <returns>The head in evaluation mode; the caller disposes it.</returns>
    /// <exception cref="InvalidCheckpointException">The file has none, or its tensors are not those of a rain head.</exception>
    public static RainHead LoadRainHead(SafetensorsFile file, Device device) => HasRainHead(file)
        ? Fill(new RainHead(), file, RainPrefix, device)
        : throw new InvalidCheckpointException(
            $"The checkpoint has no rain head (tensors '{RainPrefix}*'): its describer cannot tell rain. Train one into it: ./cluster train llmra --config grains/Workbench/Training/llmra-rain.json --resume FILE.");

    /// <summary>Reads the restorer of a checkpoint and leaves its describer alone.</summary>
    /// <param name="file">The file.</param>
    /// <param name="device">Where the weights go.</param>
    /// <returns>Restorer and tokenizer in evaluation mode; the caller disposes the first.</returns>
    /// <exception cref="InvalidCheckpointException">Metadata or tensors are not those of a compact LLMRA.</exception>
    public static (CompactLlmra Network, DegradationTokenizer Tokenizer) LoadRestorer(SafetensorsFile file, Device device)
    {
        var tokenizer = new DegradationTokenizer(ReadVocabulary(file));
        return (Fill(new CompactLlmra(ReadConfig(file), tokenizer.VocabularySize), file, RestorerPrefix, device), tokenizer);
    }

    /// <summary>Reads the describer of a checkpoint and leaves its restorer alone.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="device">Where the weights go.</param>
    /// <returns>The describer; the caller disposes it.</returns>
    /// <exception cref="InvalidCheckpointException">The file is not a compact LLMRA.</exception>
    public static BuiltInDescriber LoadDescriber(string path, Device device)
    {
        using var file = SafetensorsFile.Open(path);
        return ReadDescriber(file, device);
    }

    /// <summary>Reads a checkpoint as a served model.</summary>
    internal static LoadedModel Load(SafetensorsFile file, string name, string hash, Device device)
    {
        var (network, tokenizer) = LoadRestorer(file, device);
        ToneEstimator? tone = null;
        BuiltInDescriber describer;
        try
        {
            tone = Fill(new ToneEstimator(), file, $"{DescriberPrefix}{DescriberNetwork.TonePrefix}.", device);
            describer = ReadDescriber(file, device);
        }
        catch
        {
            tone?.Dispose();
            network.Dispose();
            throw;
        }

        var profile = new PipelineProfile(PipelineName, name, hash, TileSize, TileOverlap, network.Config.SizeMultiple, OverviewSize);
        var size = (network.parameters().Sum(parameter => parameter.numel()) + describer.ParameterCount) * sizeof(float);
        return new LoadedModel(new LlmraPipeline(network, tone, tokenizer, profile, device), describer, size);
    }

    private static BuiltInDescriber ReadDescriber(SafetensorsFile file, Device device)
    {
        var rainHead = LoadRainHead(file, device);
        try
        {
            return new BuiltInDescriber(Fill(new DescriberNetwork(), file, DescriberPrefix, device), rainHead, device);
        }
        catch
        {
            rainHead.Dispose();
            throw;
        }
    }

    private static T Fill<T>(T network, SafetensorsFile file, string prefix, Device device)
        where T : nn.Module
    {
        try
        {
            // Loading may happen inside a caller's dispose scope; the weights outlive it.
            foreach (var parameter in network.parameters())
                parameter.DetachFromDisposeScope();
            CheckpointLoader.Load(network, file, prefix);
            network.eval();
            return network.to(device);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    private static LlmraConfig ReadConfig(SafetensorsFile file)
    {
        try
        {
            var config = JsonSerializer.Deserialize<LlmraConfig>(Require(file, ConfigKey))
                ?? throw new InvalidCheckpointException($"'{ConfigKey}' is empty.");
            config.Validate();
            return config;
        }
        catch (Exception error) when (error is JsonException or ArgumentException or NotSupportedException)
        {
            throw new InvalidCheckpointException($"'{ConfigKey}' is not a configuration: {error.Message}", error);
        }
    }

    private static string[] ReadVocabulary(SafetensorsFile file)
    {
        var words = Require(file, VocabularyKey).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length > MaxVocabularyWords || words.Distinct(StringComparer.Ordinal).Count() != words.Length)
            throw new InvalidCheckpointException($"'{VocabularyKey}' has {words.Length} words; allowed are at most {MaxVocabularyWords}, none twice.");
        return words;
    }

    private static string Require(SafetensorsFile file, string key) => file.Metadata.TryGetValue(key, out var value)
        ? value
        : throw new InvalidCheckpointException($"The metadata has no '{key}'.");
}
