using Darkroom.Models.Checkpoints;
using Darkroom.Models.Training.Objectives;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using Conv2d = Darkroom.Models.Layers.Conv2d;

namespace Darkroom.Models.Perceptual;

/// <summary>The convolutions of VGG16, whose activations say how alike two pictures look.</summary>
/// <remarks>
/// Simonyan and Zisserman 2014, arXiv:1409.1556; the last activation of each of the five resolutions, as LPIPS (Zhang et al. 2018,
/// arXiv:1801.03924) takes them. The weights are torchvision's (<c>vgg16</c>, names <c>features.*</c>), which the user brings.
/// </remarks>
public sealed class Vgg16Features : nn.Module, IPerceptualFeatures
{
    private const string Prefix = "features.";

    // Channels of the convolutions of each resolution, and their places in torchvision's sequence.
    private static readonly (int Channels, int[] Places)[] Blocks = [(64, [0, 2]), (128, [5, 7]), (256, [10, 12, 14]), (512, [17, 19, 21]), (512, [24, 26, 28])];

    // LPIPS' scaling of [-1, 1] to what the network was trained on.
    private static readonly float[] Shift = [-0.030f, -0.088f, -0.188f];
    private static readonly float[] Scale = [0.458f, 0.448f, 0.450f];

    private static readonly int[] AllPlaces = [.. Blocks.SelectMany(block => block.Places)];

    [ComponentName(Name = "layers")]
    private readonly ModuleList<Conv2d> layers;

    /// <summary>Makes a network without weights.</summary>
    public Vgg16Features()
        : base(nameof(Vgg16Features))
    {
        var outputs = Blocks.SelectMany(block => block.Places.Select(_ => block.Channels)).ToList();
        layers = new ModuleList<Conv2d>([.. outputs.Select((width, index) => new Conv2d(index == 0 ? 3 : outputs[index - 1], width, 3, padding: 1))]);
        RegisterComponents();
    }

    /// <summary>Loads a network that stays as it is.</summary>
    /// <param name="path">torchvision's file or a safetensors file of the same names; the classifier in it is not needed.</param>
    /// <param name="device">Where to.</param>
    /// <exception cref="InvalidCheckpointException">It is damaged, or not VGG16.</exception>
    public static Vgg16Features Load(string path, Device device)
    {
        var names = AllPlaces.SelectMany((place, index) => ((string[])["weight", "bias"]).Select(kind => (Own: $"layers.{index}.{kind}", Published: $"{Prefix}{place}.{kind}")));
        using var file = new RenamedTensors(TensorFiles.Open(path), names.ToDictionary(pair => pair.Own, pair => pair.Published));
        var network = new Vgg16Features();
        network.to(device);
        foreach (var parameter in network.parameters())
        {
            parameter.DetachFromDisposeScope();
            parameter.requires_grad = false;
        }

        CheckpointLoader.Load(network, file);
        return network;
    }

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Features(Tensor image)
    {
        using var scope = NewDisposeScope();
        var hidden = (image - tensor(Shift, device: image.device).view(1, 3, 1, 1)) / tensor(Scale, device: image.device).view(1, 3, 1, 1);
        var features = new List<Tensor>();
        var index = 0;
        foreach (var (_, places) in Blocks)
        {
            if (index > 0)
                hidden = nn.functional.max_pool2d(hidden, 2, 2);
            for (var i = 0; i < places.Length; i++)
                hidden = layers[index++].call(hidden).relu();
            features.Add(hidden.alias().MoveToOuterDisposeScope());
        }

        return features;
    }
}
