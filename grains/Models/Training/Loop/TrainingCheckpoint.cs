using System.Text.Json;
using Darkroom.Models.Checkpoints;
using Darkroom.Models.Checkpoints.Layouts;
using Darkroom.Models.Schedulers;
using Darkroom.Models.Tokenizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Darkroom.Models.Training.Loop;

/// <summary>The checkpoint that a training begins with, and the folder in the same layout that the result is written into.</summary>
/// <remarks>The result is the checkpoint with the networks that learn in the place of the old ones: it is imported and served as it is.</remarks>
public sealed class TrainingCheckpoint
{
    private const string WeightExtension = ".safetensors";
    private const string SchedulerFile = "scheduler_config.json";

    private readonly FoundCheckpoint found;
    private readonly string output;

    private TrainingCheckpoint(FoundCheckpoint found, string output, Device device)
    {
        (this.found, this.output) = (found, output);
        Device = device;
    }

    /// <summary>Gets where networks go.</summary>
    public Device Device { get; }

    /// <summary>Opens a checkpoint.</summary>
    /// <param name="source">Folder or file; the output folder itself when a training goes on.</param>
    /// <param name="output">Folder of the result.</param>
    /// <param name="device">Where networks go.</param>
    /// <exception cref="InvalidCheckpointException">It holds nothing that is known.</exception>
    public static TrainingCheckpoint Open(string source, string output, Device device) => new(CheckpointFinder.Find(source), Path.GetFullPath(output), device);

    /// <summary>Copies everything to the output folder, once, before a training begins.</summary>
    public void CopyFiles()
    {
        var weights = found.Components.SelectMany(component => component.WeightFiles.Concat(component.Index is { } index ? [index] : []));
        foreach (var file in weights.Concat(found.OtherFiles).Distinct(StringComparer.Ordinal).Where(file => TargetOf(file) != file))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(TargetOf(file))!);
            File.Copy(file, TargetOf(file), overwrite: true);
        }
    }

    /// <summary>Finds the networks of a kind.</summary>
    public IReadOnlyList<FoundComponent> Find(string kind) => [.. found.Components.Where(component => component.Kind.Name == kind)];

    /// <summary>Finds the only network of a kind.</summary>
    /// <exception cref="InvalidCheckpointException">There is none, or more than one.</exception>
    public FoundComponent Only(string kind) => Find(kind) switch
    {
        [var component] => component,
        [] => throw new InvalidCheckpointException(
            $"'{found.Root}' has no network of kind '{kind}', which this training needs; it has {string.Join(", ", found.Components.Select(part => part.Kind.Name).Distinct(StringComparer.Ordinal))}."),
        var several => throw new InvalidCheckpointException(
            $"'{found.Root}' has {several.Count} networks of kind '{kind}' ({string.Join(", ", several.Select(part => part.Name))}); this training needs one."),
    };

    /// <summary>Loads the only network of a kind.</summary>
    /// <returns>In float32; the caller disposes it.</returns>
    public T Load<T>(string kind)
        where T : nn.Module => Load<T>(Only(kind));

    /// <summary>Loads a network.</summary>
    /// <returns>In float32; the caller disposes it.</returns>
    /// <exception cref="InvalidCheckpointException">It is damaged, or does not fit its configuration.</exception>
    public T Load<T>(FoundComponent component)
        where T : nn.Module
    {
        using var tensors = component.Open();
        return Fill((T)component.Kind.Make(component.Config), tensors);
    }

    /// <summary>Fills a network from a file whose tensors are in part replaced.</summary>
    /// <param name="network">The network, without weights.</param>
    /// <param name="component">The file.</param>
    /// <param name="replaced">Tensors by name that are taken in place of the file's.</param>
    /// <returns>The network; the caller disposes it.</returns>
    public T Fill<T>(T network, FoundComponent component, IReadOnlyDictionary<string, Tensor> replaced)
        where T : nn.Module
    {
        using var stored = component.Open();
        using var tensors = new ReplacedTensors(stored, replaced);
        return Fill(network, tensors);
    }

    /// <summary>Refuses a network that could not be written back; call it before a training begins.</summary>
    /// <exception cref="InvalidCheckpointException">Its file is no safetensors file, or it is cut into several.</exception>
    public static void RequireWritable(FoundComponent component)
    {
        if (component.Index is not null || component.WeightFiles is not [var file] || Path.GetExtension(file) != WeightExtension)
        {
            throw new InvalidCheckpointException(
                $"'{component.Name}' is to learn, so it must be in one {WeightExtension} file; it is in {string.Join(", ", component.WeightFiles.Take(2).Select(Path.GetFileName))}. Convert it first.");
        }
    }

    /// <summary>Writes a network that has learnt into the file that it came from; other networks in the file stay.</summary>
    /// <param name="component">Where it came from.</param>
    /// <param name="network">The network.</param>
    public void Write(FoundComponent component, nn.Module network)
    {
        RequireWritable(component);
        using var scope = NewDisposeScope();
        var path = TargetOf(component.WeightFiles[0]);
        var tensors = network.state_dict().ToDictionary(pair => component.Kind.FilePrefix + pair.Key, pair => pair.Value, StringComparer.Ordinal);
        Dictionary<string, string> metadata;
        using (var file = SafetensorsFile.Open(path))
        {
            metadata = file.Metadata.ToDictionary(StringComparer.Ordinal);
            if (found.Components.Count(other => other.WeightFiles.Contains(component.WeightFiles[0])) > 1)
            {
                foreach (var entry in file.Entries.Values.Where(entry => !tensors.ContainsKey(entry.Name)))
                {
                    var kept = empty([.. entry.Shape], entry.Type);
                    file.ReadInto(entry.Name, kept);
                    tensors.Add(entry.Name, kept);
                }
            }
        }

        SafetensorsWriter.Write(path, tensors, metadata);
    }

    /// <summary>Reads the noise schedule.</summary>
    /// <param name="kind">The update rule that asks.</param>
    /// <exception cref="InvalidCheckpointException">There is none, more than one, or it is damaged.</exception>
    public SchedulerConfig ReadScheduler(SchedulerKind kind)
    {
        var files = found.OtherFiles.Where(file => Path.GetFileName(file) == SchedulerFile).ToList();
        if (files is not [var path])
            throw new InvalidCheckpointException($"'{found.Root}' has {files.Count} files {SchedulerFile}; this training needs one.");
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllText(path));
            return SchedulerConfigReader.Read(json.RootElement, kind);
        }
        catch (JsonException error)
        {
            throw new InvalidCheckpointException($"{path} is not JSON: {error.Message}", error);
        }
    }

    /// <summary>Reads the CLIP tokenizer of a text encoder: beside it, or in the folder <c>tokenizer</c> next to it as diffusers has it.</summary>
    /// <exception cref="InvalidCheckpointException">There is none.</exception>
    public ClipTokenizer ReadClip(FoundComponent component) =>
        ClipTokenizer.Load(Beside(component, "../tokenizer/merges.txt", "../tokenizer/tokenizer.json", "merges.txt", "tokenizer.json"));

    /// <summary>Reads the SentencePiece tokenizer that lies beside a network.</summary>
    /// <exception cref="InvalidCheckpointException">There is none.</exception>
    public SentencePieceTokenizer ReadSentencePiece(FoundComponent component) =>
        SentencePieceTokenizer.Load(Beside(component, "spiece.model", "tokenizer.model", "tokenizer.json"));

    private T Fill<T>(T network, ITensorSource tensors)
        where T : nn.Module
    {
        network.to(Device);
        foreach (var tensor in network.state_dict().Values)
            tensor.DetachFromDisposeScope();
        CheckpointLoader.Load(network, tensors);
        return network;
    }

    private string Beside(FoundComponent component, params IReadOnlyList<string> names)
    {
        var folder = Path.GetDirectoryName(component.WeightFiles[0])!;
        return names.Select(name => Path.GetFullPath(Path.Combine(folder, name))).FirstOrDefault(File.Exists)
            ?? throw new InvalidCheckpointException($"'{found.Root}' has no tokenizer for '{component.Name}': {string.Join(" or ", names)} must lie beside it.");
    }

    /// <summary>Gets the path that a file beside a network has in the output folder.</summary>
    /// <param name="component">The network.</param>
    /// <param name="name">Name of the file.</param>
    public string TargetBeside(FoundComponent component, string name) => Path.Combine(Path.GetDirectoryName(TargetOf(component.WeightFiles[0]))!, name);

    private string TargetOf(string file) => Path.Combine(output, Path.GetRelativePath(found.Root, file));
}
