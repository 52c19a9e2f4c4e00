using static TorchSharp.torch;

namespace Darkroom.Models.Layers;

/// <summary>Gives a network random weights.</summary>
public static class Initializer
{
    /// <summary>
    /// Draws weights as PyTorch's layers do: uniform in +-1/sqrt(fan in) for convolutions, linear layers and their biases,
    /// standard normal for embeddings, 1 and 0 for norms. Modules with parameters of their own say how; other parameters, and
    /// buffers, are left.
    /// </summary>
    /// <param name="network">The network.</param>
    /// <param name="seed">Seed of a generator of its own: the same seed gives the same weights.</param>
    public static void Reset(nn.Module network, int seed)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)seed);
        foreach (var module in network.modules().Prepend(network).Distinct())
        {
            switch (module)
            {
                case Linear linear:
                    Fill(linear.Weight, linear.Bias, linear.Weight.shape[1]);
                    break;
                case Conv2d convolution:
                    var shape = convolution.Weight.shape;
                    Fill(convolution.Weight, convolution.Bias, shape[1] * shape[2] * shape[3]);
                    break;
                case Embedding embedding:
                    embedding.Weight.normal_(0, 1, generator);
                    break;
                case IOwnInitialization own:
                    own.Initialize(generator);
                    break;
                case GroupNorm or LayerNorm or RmsNorm:
                    foreach (var (name, parameter) in module.named_parameters(recurse: false))
                        nn.init.constant_(parameter, name == "weight" ? 1 : 0);
                    break;
            }
        }

        void Fill(Tensor weight, Tensor? bias, long fanIn)
        {
            var bound = 1 / Math.Sqrt(fanIn);
            weight.uniform_(-bound, bound, generator);
            if (bias is not null)
                bias.uniform_(-bound, bound, generator);
        }
    }
}
