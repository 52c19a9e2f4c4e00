using System.Text.Json;
using Darkroom.Models.Checkpoints.Pickles;

namespace Darkroom.Models.Checkpoints;

/// <summary>Opens files of tensors by what they are.</summary>
public static class TensorFiles
{
    /// <summary>The extension of the index of a checkpoint in several files; before it stands the extension of the files.</summary>
    public const string IndexExtension = ".index.json";

    private const string SafetensorsExtension = ".safetensors";
    private const int MaxIndexBytes = 32 << 20;

    /// <summary>The extensions of files with tensors.</summary>
    private static readonly string[] Extensions = [SafetensorsExtension, ".bin", ".pt", ".pth", ".ckpt"];

    /// <summary>Whether a name is that of a file with tensors.</summary>
    public static bool IsName(string path) => Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a name is that of a pickle, which is converted before it is kept.</summary>
    public static bool IsPickleName(string path) => IsName(path) && !path.EndsWith(SafetensorsExtension, StringComparison.OrdinalIgnoreCase);

    /// <summary>Opens a safetensors file, or one of torch.save.</summary>
    /// <param name="path">Path of the file; its extension says which.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidCheckpointException">It is damaged, hostile, or something else.</exception>
    public static ITensorSource Open(string path)
    {
        if (!IsName(path))
            throw new InvalidCheckpointException($"{path}: tensors are in files that end in {string.Join(", ", Extensions)}.");
        return IsPickleName(path) ? TorchPickleFile.Open(path) : SafetensorsFile.Open(path);
    }

    /// <summary>Reads the index of a checkpoint in several files.</summary>
    /// <param name="path">Path of the index.</param>
    /// <returns>The names of the files, which are beside the index.</returns>
    /// <exception cref="InvalidCheckpointException">It is damaged, names a file elsewhere, or names one that is not there.</exception>
    public static IReadOnlyList<string> ReadIndex(string path) => [.. ReadWeightMap(path).Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>Opens all files of an index as one.</summary>
    /// <param name="path">Path of the index, such as <c>model.safetensors.index.json</c>.</param>
    /// <exception cref="InvalidCheckpointException">The index is damaged, a file is missing, or has not the tensors that the index says.</exception>
    public static ITensorSource OpenIndex(string path)
    {
        var map = ReadWeightMap(path);
        var folder = Path.GetDirectoryName(path)!;
        var sources = new Dictionary<string, ITensorSource>(StringComparer.Ordinal);
        try
        {
            foreach (var name in map.Values.Distinct(StringComparer.Ordinal))
                sources.Add(name, Open(Path.Combine(folder, name)));
            var absent = map.Where(pair => !sources[pair.Value].Entries.ContainsKey(pair.Key)).ToList();
            if (absent.Count > 0)
                throw new InvalidCheckpointException($"{path}: {absent.Count} tensors are not in the files that the index says, such as '{absent[0].Key}' in {absent[0].Value}.");
            return new JoinedTensors([.. sources.Values]);
        }
        catch
        {
            foreach (var source in sources.Values)
                source.Dispose();
            throw;
        }
    }

    private static Dictionary<string, string> ReadWeightMap(string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            if (new FileInfo(path).Length > MaxIndexBytes)
                throw new InvalidCheckpointException($"{path} has more than the {MaxIndexBytes} bytes allowed for an index.");
            using var document = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { MaxDepth = 8 });
            foreach (var property in document.RootElement.GetProperty("weight_map").EnumerateObject())
            {
                var name = property.Value.GetString() ?? string.Empty;
                if (name != Path.GetFileName(name) || !IsName(name))
                    throw new InvalidCheckpointException($"{path}: the index names '{name}'; allowed are files of tensors in the same folder.");
                map[property.Name] = name;
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new InvalidCheckpointException($"{path} is no index of a checkpoint: {error.Message}", error);
        }

        var missing = map.Values.Distinct(StringComparer.Ordinal).Where(name => !File.Exists(Path.Combine(folder, name))).ToList();
        if (map.Count == 0 || missing.Count > 0)
            throw new InvalidCheckpointException(map.Count == 0 ? $"{path} names no tensors." : $"{path}: the index names {string.Join(", ", missing)}, which are not there.");
        return map;
    }
}
