using static TorchSharp.torch;

namespace Darkroom.Bench.Binding;

/// <summary>Weights and inputs as plain float32, which needs no library on either side.</summary>
internal static class PeerFiles
{
    /// <summary>Writes what peer.py reads at its start.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="network">Gives the weights.</param>
    /// <param name="picture">Input of the forward pass, [1, 3, S, S].</param>
    /// <param name="degraded">Input of the training step, [2, 3, S, S].</param>
    /// <param name="target">Target of the training step, [2, 3, S, S].</param>
    public static void Write(string folder, BindingNetwork network, Tensor picture, Tensor degraded, Tensor target)
    {
        Write(folder, "weights.bin", Weights(network));
        Write(folder, "forward.bin", picture);
        Write(folder, "input.bin", degraded);
        Write(folder, "target.bin", target);
    }

    /// <summary>Strings all weights together, by name.</summary>
    public static Tensor Weights(BindingNetwork network) =>
        cat([.. network.named_parameters().OrderBy(pair => pair.name, StringComparer.Ordinal).Select(pair => pair.parameter.detach().reshape(-1))]);

    private static void Write(string folder, string name, Tensor tensor) =>
        File.WriteAllBytes(Path.Combine(folder, name), tensor.contiguous().bytes.ToArray());
}
