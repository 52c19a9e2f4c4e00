using System.Text.Json;
using Darkroom.Models.Checkpoints;
using Darkroom.Models.Checkpoints.Layouts;
using Darkroom.Models.Schedulers;
using TorchSharp;
using static TorchSharp.torch;

namespace Darkroom.Models.Training.Loop;

/// <summary>The checkpoint that a training begins with and writes into: a folder in the layout that is served, whose learnt networks are replaced in place.</summary>
/// <param name="found">What the folder holds.</param>
/// <param name="device">Where networks go.</param>
public sealed class TrainingCheckpoint(FoundCheckpoint found, Device device)
{
    private const string WeightExtension = ".safetensors";
    private const string SchedulerFile = "scheduler_config.json";

    /// <summary>Gets where networks go.</summary>
    public Device Device => device;

    /// <summary>Gets the folder.</summary>
    public string Root => found.Root;

    /// <summary>Copies the checkpoint that a training is to begin with.</summary>
    /// <param name="source">Folder or file.</param>
    /// <param name="folder">Where to; made if it is not there.</param>
    /// <exception cref="InvalidCheckpointException">The source holds nothing that is known.</exception>
    /// <exception cref="ArgumentException">The folder has other files in it, or is the source.</exception>
    public static void Copy(string source, string folder)
    {
        var found = CheckpointFinder.Find(source);
        var target = Path.GetFullPath(folder);
        if (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any())
            throw new ArgumentException($"The output folder '{folder}' is not empty; give another one, or --resume to go on with the training in it.");
        var weights = found.Components.SelectMany(component => component.WeightFiles.Concat(component.Index is { } index ? [index] : []));
        foreach (var file in weights.Concat(found.OtherFiles).Distinct(StringComparer.Ordinal))
        {
            var copy = Path.Combine(target, Path.GetRelativePath(found.Root, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    /// <summary>Opens a folder.</summary>
    /// <exception cref="InvalidCheckpointException">It holds nothing that is known.</exception>
    public static TrainingCheckpoint Open(string folder, Device device) => new(CheckpointFinder.Find(folder), device);

    /// <summary>Finds the networks of a kind.</summary>
    public IReadOnlyList<FoundComponent> Find(string kind) => [.. found.Components.Where(component => component.Kind.Name == kind)];

    /// <summary>Finds the only network of a kind.</summary>
    /// <exception cref="InvalidCheckpointException">There is none, or more than one.</exception>
    public FoundComponent Only(string kind) => Find(kind) switch
    {
        [var component] => component,
        [] => throw new InvalidCheckpointException(
            $"'{Root}' has no network of kind '{kind}', which this training needs; it has {string.Join(", ", found.Components.Select(part => part.Kind.Name).Distinct(StringComparer.Ordinal))}."),
        var several => throw new InvalidCheckpointException(
            $"'{Root}' has {several.Count} networks of kind '{kind}' ({string.Join(", ", several.Select(part => part.Name))}); this training needs one."),
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
        var network = (T)component.Kind.Make(component.Config);
        network.to(device);
        foreach (var tensor in network.state_dict().Values)
            tensor.DetachFromDisposeScope();
        CheckpointLoader.Load(network, tensors);
        return network;
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
        var path = component.WeightFiles[0];
        var tensors = network.state_dict().ToDictionary(pair => component.Kind.FilePrefix + pair.Key, pair => pair.Value, StringComparer.Ordinal);
        Dictionary<string, string> metadata;
        using (var file = SafetensorsFile.Open(path))
        {
            metadata = file.Metadata.ToDictionary(StringComparer.Ordinal);
            if (found.Components.Count(other => other.WeightFiles.Contains(path)) > 1)
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
            throw new InvalidCheckpointException($"'{Root}' has {files.Count} files {SchedulerFile}; this training needs one.");
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

    /// <summary>Finds a file that lies in one of some places beside a network.</summary>
    /// <param name="component">The network.</param>
    /// <param name="names">Paths relative to its folder, the preferred first.</param>
    /// <exception cref="InvalidCheckpointException">There is none.</exception>
    public string Beside(FoundComponent component, params IReadOnlyList<string> names)
    {
        var folder = Path.GetDirectoryName(component.WeightFiles[0])!;
        return names.Select(name => Path.GetFullPath(Path.Combine(folder, name))).FirstOrDefault(File.Exists)
            ?? throw new InvalidCheckpointException($"'{Root}' has none of {string.Join(", ", names)} beside '{component.Name}'.");
    }
}
