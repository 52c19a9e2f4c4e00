using System.Text.Json;
using Darkroom.Models.Checkpoints.Layouts;
using static TorchSharp.torch;

namespace Darkroom.Models.Checkpoints.Nano;

/// <summary>Writes networks with random weights into a folder, each with its configuration.</summary>
/// <param name="root">The folder.</param>
/// <param name="seed">Seed of the first network; each later one has the next.</param>
internal sealed class NanoFolder(string root, int seed)
{
    private int nextSeed = seed;

    /// <summary>Writes a network and, beside it, its configuration.</summary>
    /// <param name="folder">Its folder, with slashes.</param>
    /// <param name="kind">Name of its kind.</param>
    /// <param name="weights">Name of the file with its tensors.</param>
    /// <param name="config">Its configuration, as published.</param>
    public void Write(string folder, string kind, string weights, string config)
    {
        WriteText($"{folder}/{WeightFiles.ConfigName}", config);
        WriteWeights($"{folder}/{weights}", (kind, Parse(config)));
    }

    /// <summary>Writes several networks into one file, without a configuration.</summary>
    public void WriteWeights(string path, params (string Kind, JsonElement Config)[] networks)
    {
        using var scope = NewDisposeScope();
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var (kind, config) in networks)
        {
            using var network = ComponentCatalogue.Find(kind).Make(config);
            NanoWeights.Fill(network, nextSeed++);
            foreach (var (name, tensor) in network.state_dict())
                tensors.Add(ComponentCatalogue.Find(kind).FilePrefix + name, tensor.detach().clone());
        }

        SafetensorsWriter.Write(PathOf(path), tensors);
    }

    /// <summary>Writes a text file; a raw literal's indentation is its own.</summary>
    public void WriteText(string path, string text) => File.WriteAllText(PathOf(path), text.ReplaceLineEndings("\n") + "\n");

    /// <summary>Reads JSON.</summary>
    public static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    private string PathOf(string path)
    {
        var full = Path.Combine(root, path.Replace('/', Path.DirectorySeparatorChar));
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        return full;
    }
}

/// <summary>Random weights for whatever a network is made of.</summary>
internal static class NanoWeights
{
    private const double LogitScale = 2.6592;   // log(1 / 0.07), where CLIP's training begins

    /// <summary>
    /// Fills every parameter: matrices and kernels uniformly in +-1/sqrt(fan in), scales with 1, biases with 0. Layers that official
    /// training begins at zero are random too, so that everything has an influence on the result.
    /// </summary>
    public static void Fill(nn.Module network, int seed)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)seed);
        foreach (var (name, tensor) in network.state_dict().OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (!tensor.is_floating_point())
                continue;
            if (tensor.dim() == 0)
                nn.init.constant_(tensor, LogitScale);
            else if (tensor.dim() == 1 || name.EndsWith("temperature", StringComparison.Ordinal))
                nn.init.constant_(tensor, name.EndsWith("bias", StringComparison.Ordinal) ? 0 : 1);
            else
                Uniform(tensor, 1 / Math.Sqrt(tensor.numel() / (double)tensor.shape[0]), generator);
        }
    }

    private static void Uniform(Tensor tensor, double bound, Generator generator) => tensor.uniform_(-bound, bound, generator);
}
