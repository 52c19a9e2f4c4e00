using System.Security.Cryptography;
using Darkroom.Models.Checkpoints;
using Darkroom.Models.Llmra;
using static TorchSharp.torch;

namespace Darkroom.Models.Pipelines;

/// <summary>Loads a checkpoint file into memory by the kind of pipeline that its metadata names.</summary>
public static class PipelineLoader
{
    /// <summary>The metadata key that names the pipeline.</summary>
    public const string PipelineKey = "darkroom.pipeline";

    /// <summary>Loads a checkpoint.</summary>
    /// <param name="path">Path of a safetensors file.</param>
    /// <param name="device">Where the weights go.</param>
    /// <returns>The model in evaluation mode; the caller disposes it.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidCheckpointException">The file is damaged or names no known pipeline.</exception>
    public static LoadedModel Load(string path, Device device)
    {
        using var file = SafetensorsFile.Open(path);
        file.Metadata.TryGetValue(PipelineKey, out var pipeline);
        return pipeline switch
        {
            CompactLlmraCheckpoint.PipelineName => CompactLlmraCheckpoint.Load(file, Path.GetFileNameWithoutExtension(path), Hash(path), device),
            null => throw new InvalidCheckpointException($"{path}: the metadata has no '{PipelineKey}'; expected a checkpoint made by this project."),
            _ => throw new InvalidCheckpointException($"{path}: '{PipelineKey}' is '{pipeline}'; allowed is '{CompactLlmraCheckpoint.PipelineName}'."),
        };
    }

    /// <summary>Tells which pipeline a checkpoint file is for, without loading it.</summary>
    /// <returns>The pipeline's name, or null if the file does not say.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidCheckpointException">The file is damaged.</exception>
    public static string? PipelineOf(string path)
    {
        using var file = SafetensorsFile.Open(path);
        return file.Metadata.GetValueOrDefault(PipelineKey);
    }

    private static string Hash(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
