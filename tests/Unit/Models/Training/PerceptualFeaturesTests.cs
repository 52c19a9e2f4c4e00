using Darkroom.Models.Checkpoints;
using Darkroom.Models.Quality;
using Darkroom.Models.Training.Objectives;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Models.Training;

public sealed class PerceptualFeaturesTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("darkroom-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Load_Vgg16_TellsPicturesApartAndDoesNotLearn()
    {
        using var scope = NewDisposeScope();
        var path = Path.Combine(folder, "vgg16.safetensors");
        using (var network = TorchvisionFeatures.Vgg16())
        {
            SafetensorsWriter.Write(path, network.state_dict().ToDictionary(pair => pair.Key, pair => pair.Value.dim() == 1
                ? zeros(pair.Value.shape)
                : randn(pair.Value.shape) / Math.Sqrt(pair.Value.shape[1] * 4.5)));
        }

        using var features = PerceptualFeatures.Load(path, CPU);
        var picture = rand(1, 3, 32, 32);
        picture.requires_grad = true;
        var maps = features.Features(picture);
        Assert.Equal(TorchvisionFeatures.Vgg16Channels, maps.Select(map => map.shape[1]));
        Assert.Equal(0, ResidualVaeObjective.Perceptual(maps, features.Features(picture)).ToDouble(), 1e-6);
        var distance = ResidualVaeObjective.Perceptual(maps, features.Features(rand(1, 3, 32, 32)));
        distance.backward();
        Assert.True(distance.ToDouble() > 1e-6);
        Assert.True(picture.grad!.abs().sum().ToDouble() > 0);
    }
}
