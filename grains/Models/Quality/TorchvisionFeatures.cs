using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using Conv2d = Darkroom.Models.Layers.Conv2d;

namespace Darkroom.Models.Quality;

/// <summary>The convolutions of AlexNet or VGG16 as torchvision has them (<c>features.N</c>), with what each of five stages sees.</summary>
/// <remarks>Krizhevsky 2014, arXiv:1404.5997, and Simonyan and Zisserman 2015, arXiv:1409.1556; the classifiers are not needed.</remarks>
public sealed class TorchvisionFeatures : nn.Module<Tensor, IReadOnlyList<Tensor>>
{
    private readonly int[] taps;

    [ComponentName(Name = "features")]
    private readonly ModuleList<nn.Module<Tensor, Tensor>> layers;

    private TorchvisionFeatures(string name, IEnumerable<nn.Module<Tensor, Tensor>> layers, int[] taps)
        : base(name)
    {
        this.taps = taps;
        this.layers = new ModuleList<nn.Module<Tensor, Tensor>>([.. layers]);
        RegisterComponents();
    }

    /// <summary>Gets how many channels the stages of AlexNet have.</summary>
    public static IReadOnlyList<long> AlexNetChannels { get; } = [64, 192, 384, 256, 256];

    /// <summary>Gets how many channels the stages of VGG16 have.</summary>
    public static IReadOnlyList<long> Vgg16Channels { get; } = [64, 128, 256, 512, 512];

    /// <summary>Makes AlexNet without weights.</summary>
    public static TorchvisionFeatures AlexNet() => new(
        nameof(AlexNet),
        [
            new Conv2d(3, 64, 11, stride: 4, padding: 2), nn.ReLU(), nn.MaxPool2d(3, 2),
            new Conv2d(64, 192, 5, padding: 2), nn.ReLU(), nn.MaxPool2d(3, 2),
            new Conv2d(192, 384, 3, padding: 1), nn.ReLU(),
            new Conv2d(384, 256, 3, padding: 1), nn.ReLU(),
            new Conv2d(256, 256, 3, padding: 1), nn.ReLU(),
        ],
        [1, 4, 7, 9, 11]);

    /// <summary>Makes VGG16 without weights.</summary>
    public static TorchvisionFeatures Vgg16()
    {
        var layers = new List<nn.Module<Tensor, Tensor>>();
        var taps = new List<int>();
        var inputs = 3L;
        foreach (var (outputs, count) in Vgg16Channels.Zip((int[])[2, 2, 3, 3, 3]))
        {
            if (layers.Count > 0)
                layers.Add(nn.MaxPool2d(2, 2));
            for (var i = 0; i < count; i++)
            {
                layers.AddRange([new Conv2d(inputs, outputs, 3, padding: 1), nn.ReLU()]);
                inputs = outputs;
            }

            taps.Add(layers.Count - 1);
        }

        return new(nameof(Vgg16), layers, [.. taps]);
    }

    /// <param name="input">[B, 3, H, W], normalised as the network was trained.</param>
    /// <returns>What the stages see, [B, C, h, w] each; the caller disposes them.</returns>
    public override IReadOnlyList<Tensor> forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var seen = new List<Tensor>();
        var hidden = input;
        for (var i = 0; i < layers.Count; i++)
        {
            hidden = layers[i].call(hidden);
            if (taps.Contains(i))
                seen.Add(hidden.MoveToOuterDisposeScope());
        }

        return seen;
    }
}
