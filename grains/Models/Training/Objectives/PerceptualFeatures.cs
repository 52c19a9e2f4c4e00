using Darkroom.Models.Quality;
using Darkroom.Models.Training.Loop;
using static TorchSharp.torch;

namespace Darkroom.Models.Training.Objectives;

/// <summary>What the five stages of VGG16 see, the same network and scaling as LPIPS has.</summary>
public sealed class PerceptualFeatures : IPerceptualFeatures, IDisposable
{
    // ImageNet's mean and deviation for values in [-1, 1].
    private static readonly float[] Shift = [-0.030f, -0.088f, -0.188f];
    private static readonly float[] Scale = [0.458f, 0.448f, 0.450f];

    private readonly TorchvisionFeatures network;

    private PerceptualFeatures(TorchvisionFeatures network) => this.network = network;

    /// <summary>Loads a network that stays as it is.</summary>
    /// <param name="path">VGG16 as torchvision publishes it: a file, or a folder with it.</param>
    /// <param name="device">Where to.</param>
    /// <exception cref="Darkroom.Models.Checkpoints.InvalidCheckpointException">It is damaged, or not VGG16.</exception>
    public static PerceptualFeatures Load(string path, Device device)
    {
        var network = TrainingCheckpoint.Open(path, path, device).Load<TorchvisionFeatures>("vgg16");
        foreach (var parameter in network.parameters())
            parameter.requires_grad = false;
        return new PerceptualFeatures(network);
    }

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Features(Tensor image)
    {
        using var scope = NewDisposeScope();
        var scaled = (image - tensor(Shift, device: image.device).view(1, 3, 1, 1)) / tensor(Scale, device: image.device).view(1, 3, 1, 1);
        return [.. network.call(scaled).Select(map => map.MoveToOuterDisposeScope())];
    }

    /// <inheritdoc/>
    public void Dispose() => network.Dispose();
}
