using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Darkroom.Models.Checkpoints;
using Darkroom.Models.Schedulers;
using Darkroom.Models.Tokenizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Darkroom.Grains.Checkpoints.Pipelines;

/// <summary>What a pipeline is made of: networks and files of one stored checkpoint, fetched when they are asked for.</summary>
/// <remarks>It runs on a device's thread, which has no other work meanwhile; disposing it frees the networks unless they were kept.</remarks>
internal sealed class CheckpointParts(CheckpointReader reader, CheckpointManifest manifest, Device device) : IDisposable
{
    private const string SchedulerFile = "scheduler_config.json";

    private readonly List<nn.Module> loaded = [];

    /// <summary>Gets the checkpoint.</summary>
    public CheckpointManifest Manifest => manifest;

    /// <summary>Gets where the networks go.</summary>
    public Device Device => device;

    /// <summary>Gets the hash of everything that the checkpoint is made of, 64 hexadecimal digits.</summary>
    public string Hash { get; } = HashOf(manifest);

    /// <summary>Gets the bytes of the networks that were loaded.</summary>
    public long SizeBytes => loaded.SelectMany(network => network.parameters()).Sum(parameter => parameter.numel() * parameter.element_size());

    /// <summary>Loads the only network of a kind.</summary>
    /// <exception cref="InvalidCheckpointException">There is none, or more than one.</exception>
    public T Load<T>(string kind)
        where T : nn.Module => Load<T>(Only(kind));

    /// <summary>Loads a network.</summary>
    public T Load<T>(CheckpointComponent component)
        where T : nn.Module
    {
        var network = (T)Wait(reader.LoadAsync(manifest, component.Name, device));
        loaded.Add(network);
        return network;
    }

    /// <summary>Loads a network that the pipeline does not keep; the caller disposes it.</summary>
    public T LoadOnce<T>(CheckpointComponent component)
        where T : nn.Module => (T)Wait(reader.LoadAsync(manifest, component.Name, device));

    /// <summary>Fills a network from a stored one whose tensors are in part replaced.</summary>
    /// <param name="network">The network, without weights.</param>
    /// <param name="component">The stored network.</param>
    /// <param name="replaced">Tensors by name that are taken in place of the stored ones.</param>
    public T Make<T>(T network, CheckpointComponent component, IReadOnlyDictionary<string, Tensor> replaced)
        where T : nn.Module
    {
        loaded.Add(network);
        using var scope = NewDisposeScope();
        using var stored = Wait(reader.OpenAsync(manifest, component.Name));
        using var tensors = new ReplacedTensors(stored, replaced);
        network.to(device);
        foreach (var tensor in network.state_dict().Values)
            tensor.DetachFromDisposeScope();
        CheckpointLoader.Load(network, tensors);
        network.eval();
        return network;
    }

    /// <summary>Finds the networks of a kind.</summary>
    public IReadOnlyList<CheckpointComponent> Find(string kind) => [.. manifest.Components.Where(component => component.Kind == kind)];

    /// <summary>Finds the only network of a kind.</summary>
    /// <exception cref="InvalidCheckpointException">There is none, or more than one.</exception>
    public CheckpointComponent Only(string kind) => Find(kind) switch
    {
        [var component] => component,
        [] => throw new InvalidCheckpointException(
            $"Checkpoint '{manifest.Name}' has no network of kind '{kind}', which its pipeline needs; it has {string.Join(", ", manifest.Components.Select(part => part.Kind).Distinct(StringComparer.Ordinal))}. Put the published folders into one and import that."),
        var several => throw new InvalidCheckpointException(
            $"Checkpoint '{manifest.Name}' has {several.Count} networks of kind '{kind}' ({string.Join(", ", several.Select(part => part.Name))}); its pipeline needs one. Leave the others out and import again."),
    };

    /// <summary>Reads the scheduler's configuration for an update rule.</summary>
    /// <param name="kind">The update rule.</param>
    /// <param name="rules">Whose details hold.</param>
    /// <exception cref="InvalidCheckpointException">There is none, or it is damaged.</exception>
    public SchedulerConfig ReadScheduler(SchedulerKind kind, DiffusersRules rules = DiffusersRules.Version031)
    {
        var path = OnlyFile(SchedulerFile);
        try
        {
            using var json = JsonDocument.Parse(Wait(reader.ReadFileAsync(manifest, path)));
            return SchedulerConfigReader.Read(json.RootElement, kind, rules);
        }
        catch (JsonException error)
        {
            throw new InvalidCheckpointException($"Checkpoint '{manifest.Name}', {path}: it is not JSON: {error.Message}", error);
        }
    }

    /// <summary>Reads a tokenizer's file that lies beside a network.</summary>
    /// <param name="component">The network.</param>
    /// <param name="names">The names that it may have, the preferred first.</param>
    /// <param name="read">Reads the file at a path.</param>
    /// <exception cref="InvalidCheckpointException">There is none.</exception>
    public T ReadBeside<T>(CheckpointComponent component, IReadOnlyList<string> names, Func<string, T> read)
    {
        var path = names.Select(name => Join(component.Name, name)).FirstOrDefault(wanted => manifest.Files.Any(file => file.Path == wanted))
            ?? throw new InvalidCheckpointException(
                $"Checkpoint '{manifest.Name}' has no tokenizer for '{component.Name}': {string.Join(" or ", names)} must lie beside it.");
        // Readers tell the format by the file's name.
        var folder = Directory.CreateTempSubdirectory("darkroom-");
        try
        {
            var copy = Path.Combine(folder.FullName, Path.GetFileName(path));
            File.WriteAllBytes(copy, Wait(reader.ReadFileAsync(manifest, path)));
            return read(copy);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Reads a SentencePiece tokenizer that lies beside a network.</summary>
    public SentencePieceTokenizer ReadSentencePiece(CheckpointComponent component) =>
        ReadBeside(component, ["spiece.model", "tokenizer.model", "tokenizer.json"], SentencePieceTokenizer.Load);

    /// <summary>Reads the CLIP tokenizer of a text encoder: beside it, or in the folder <c>tokenizer</c> next to it as diffusers has it.</summary>
    public ClipTokenizer ReadClip(CheckpointComponent component) =>
        ReadBeside(component, ["../tokenizer/merges.txt", "../tokenizer/tokenizer.json", "merges.txt", "tokenizer.json"], ClipTokenizer.Load);

    /// <summary>Leaves the networks to the pipeline.</summary>
    /// <returns>Their bytes.</returns>
    public long Keep()
    {
        var size = SizeBytes;
        loaded.Clear();
        return size;
    }

    /// <inheritdoc/>
    public void Dispose() => loaded.ForEach(network => network.Dispose());

    private string OnlyFile(string name) => manifest.Files.Where(file => Path.GetFileName(file.Path) == name).ToList() switch
    {
        [var file] => file.Path,
        [] => throw new InvalidCheckpointException($"Checkpoint '{manifest.Name}' has no {name}, which its pipeline needs."),
        var several => throw new InvalidCheckpointException(
            $"Checkpoint '{manifest.Name}' has {several.Count} files {name} ({string.Join(", ", several.Select(file => file.Path))}); its pipeline needs one."),
    };

    private static string Join(string folder, string name) => name.StartsWith("../", StringComparison.Ordinal)
        ? Join(folder.Contains('/', StringComparison.Ordinal) ? folder[..folder.LastIndexOf('/')] : string.Empty, name[3..])
        : folder.Length == 0 ? name : $"{folder}/{name}";

    private static T Wait<T>(Task<T> task) => task.GetAwaiter().GetResult();

    private static string HashOf(CheckpointManifest manifest)
    {
        var text = new StringBuilder();
        foreach (var component in manifest.Components.OrderBy(part => part.Name, StringComparer.Ordinal))
            text.Append(component.Name).Append(' ').Append(component.Kind).Append(' ').Append(component.Config.GetRawText()).Append('\n');
        foreach (var blob in manifest.Blobs.OrderBy(blob => blob.Path, StringComparer.Ordinal))
            text.Append(blob.Path).Append(' ').Append(blob.Sha256).Append('\n');
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
