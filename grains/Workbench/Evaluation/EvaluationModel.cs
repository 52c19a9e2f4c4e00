using Darkroom.Cli.CommandLine;
using Darkroom.Cli.Embedded;
using Darkroom.Grains.Checkpoints;
using Darkroom.Models.Llmra;
using Darkroom.Models.Pipelines;
using static TorchSharp.torch;

namespace Darkroom.Workbench.Evaluation;

/// <summary>Loads what is evaluated: a file, or an imported checkpoint through the same pipeline as in a silo.</summary>
internal static class EvaluationModel
{
    /// <summary>Loads it.</summary>
    /// <param name="choice">What the user said.</param>
    /// <param name="checkpoints">The imported checkpoints.</param>
    /// <param name="device">Where to.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <returns>The model; the caller disposes it.</returns>
    /// <exception cref="InputException">There is none.</exception>
    /// <exception cref="Darkroom.Models.Checkpoints.InvalidCheckpointException">It is damaged or incomplete.</exception>
    public static async Task<LoadedModel> LoadAsync(ModelChoice choice, OfflineCheckpoints checkpoints, Device device, CancellationToken cancellationToken)
    {
        choice.Require();
        if (await choice.ResolveAsync(checkpoints.Pipelines, cancellationToken) is not { } name)
            return LoadFile(choice.Path ?? ModelFile.Default(), device);
        var loaded = checkpoints.Pipelines.Load(name, device) ?? throw new InputException($"The checkpoint '{name}' was removed meanwhile.");
        try
        {
            // As in a silo: the shipped describer looks at pictures for pipelines that have none of their own.
            var shipped = ModelFile.Default();
            return loaded.Describer is null && File.Exists(shipped)
                ? loaded with { Describer = CompactLlmraCheckpoint.LoadDescriber(shipped, device) }
                : loaded;
        }
        catch
        {
            loaded.Dispose();
            throw;
        }
    }

    /// <summary>Finds the device.</summary>
    /// <param name="name">Its name, or null for the first CUDA device or the CPU.</param>
    /// <exception cref="InputException">There is no such device.</exception>
    public static Device ChooseDevice(string? name)
    {
        name ??= cuda.is_available() ? "cuda:0" : "cpu";
        if (name is "cpu")
            return CPU;
        if (!name.StartsWith("cuda:", StringComparison.Ordinal) || !int.TryParse(name["cuda:".Length..], out var index) || index < 0 || index >= cuda.device_count())
            throw new InputException($"There is no device '{name}'; allowed are cpu and cuda:N below {cuda.device_count()}.");
        return new Device(name);
    }

    private static LoadedModel LoadFile(string path, Device device) => File.Exists(path)
        ? PipelineLoader.Load(path, device)
        : throw new InputException($"There is no checkpoint '{path}'; give one with --model, or train one with './cluster train llmra'.");
}
