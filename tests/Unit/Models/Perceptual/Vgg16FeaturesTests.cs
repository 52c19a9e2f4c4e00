using Darkroom.Models.Checkpoints;
using Darkroom.Models.Perceptual;
using Darkroom.Models.Training.Objectives;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Models.Perceptual;

public sealed class Vgg16FeaturesTests : IDisposable
{
    private static readonly (int Place, int Inputs, int Outputs)[] Convolutions =
    [
        (0, 3, 64), (2, 64, 64), (5, 64, 128), (7, 128, 128), (10, 128, 256), (12, 256, 256), (14, 256, 256),
        (17, 256, 512), (19, 512, 512), (21, 512, 512), (24, 512, 512), (26, 512, 512), (28, 512, 512),
    ];

    private readonly string folder = Directory.CreateTempSubdirectory("darkroom-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Load_TorchvisionsNames_GivesFiveMapsThatTellPicturesApart()
    {
        using var scope = NewDisposeScope();
        using var features = Vgg16Features.Load(Write(Convolutions), CPU);
        Assert.All(features.parameters(), parameter => Assert.False(parameter.requires_grad));
        var (one, two) = (rand(1, 3, 32, 32), rand(1, 3, 32, 32));
        var maps = features.Features(one);
        Assert.Equal([(64, 32), (128, 16), (256, 8), (512, 4), (512, 2)], maps.Select(map => ((int)map.shape[1], (int)map.shape[2])));
        Assert.Equal(0, ResidualVaeObjective.Perceptual(maps, features.Features(one)).ToDouble(), 1e-6);
        Assert.True(ResidualVaeObjective.Perceptual(maps, features.Features(two)).ToDouble() > 1e-6);
    }

    [Fact]
    public void Load_AnotherNetwork_IsRefused() => Assert.Throws<InvalidCheckpointException>(() => Vgg16Features.Load(Write(Convolutions[..4]), CPU));

    private string Write(IEnumerable<(int Place, int Inputs, int Outputs)> convolutions)
    {
        using var scope = NewDisposeScope();
        var path = Path.Combine(folder, "vgg16.safetensors");
        var tensors = new Dictionary<string, Tensor> { ["classifier.0.weight"] = zeros(2, 2) };
        foreach (var (place, inputs, outputs) in convolutions)
        {
            tensors.Add($"features.{place}.weight", (randn(outputs, inputs, 3, 3) / Math.Sqrt(inputs * 4.5)).to(ScalarType.Float16));
            tensors.Add($"features.{place}.bias", zeros(outputs));
        }

        SafetensorsWriter.Write(path, tensors);
        return path;
    }
}
