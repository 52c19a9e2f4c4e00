using Darkroom.Imaging;
using Darkroom.Imaging.Metrics;
using Darkroom.Imaging.Samples;
using Xunit;

namespace Darkroom.Tests.Unit.Imaging.Samples;

public sealed class SampleSceneTests
{
    [Theory]
    [InlineData(96, 64)]
    [InlineData(50, 90)]
    [InlineData(16, 16)]
    public void Draw_AnySize_FillsEveryPixelInRange(int width, int height)
    {
        var scene = SampleScene.Draw(width, height);
        Assert.Equal((width, height, 3), (scene.Width, scene.Height, scene.Channels));
        Assert.All(scene.Pixels, value => Assert.InRange(value, 0f, 1.2f));
        Assert.DoesNotContain(Enumerable.Range(0, width * height), i => scene.Plane(0)[i] + scene.Plane(1)[i] + scene.Plane(2)[i] == 0);
    }

    [Fact]
    public void Draw_SameSeed_IsTheSame() => Assert.Equal(SampleScene.Draw(96, 64, 5).Pixels, SampleScene.Draw(96, 64, 5).Pixels);

    [Fact]
    public void Draw_OtherSeed_IsAnother() => Assert.NotEqual(SampleScene.Draw(96, 64, 5).Pixels, SampleScene.Draw(96, 64, 6).Pixels);

    [Fact]
    public void Draw_Scene_HasColourLightAndFineDetail()
    {
        var scene = SampleScene.Draw(192, 128);
        var (sky, meadow) = (scene.ReadTile(8, 4, 32, 16), scene.ReadTile(8, 100, 32, 16));
        Assert.True(sky.Skip(2 * 512).Average() > sky.Take(512).Average(), "the sky is blue");
        Assert.True(Roughness(meadow) > 4 * Roughness(sky), $"meadow {Roughness(meadow)}, sky {Roughness(sky)}");
    }

    [Theory]
    [InlineData(5)]
    [InlineData(25)]
    [InlineData(50)]
    public void AddNoise_Sigma_IsTheDeviation(double sigma)
    {
        var clean = new PlanarImage(200, 200);
        clean.Pixels.AsSpan().Fill(0.98f);   // near white: clipping would show
        var noisy = SampleDegradation.AddNoise(clean, sigma, 1);
        var errors = noisy.Pixels.Select(value => (value - 0.98) * 255).ToArray();
        Assert.Equal(0, errors.Average(), sigma * 0.02);
        Assert.Equal(sigma, Math.Sqrt(errors.Average(e => e * e)), sigma * 0.02);
        Assert.Equal(noisy.Pixels, SampleDegradation.AddNoise(clean, sigma, 1).Pixels);
        Assert.NotEqual(noisy.Pixels, SampleDegradation.AddNoise(clean, sigma, 2).Pixels);
        Assert.All(clean.Pixels, value => Assert.Equal(0.98f, value));
    }

    [Fact]
    public void Darken_WithoutNoise_ScalesTheLight()
    {
        var picture = TestPictures.Random(20, 20);
        var dark = SampleDegradation.Darken(picture, 0.1, 0, 1);
        for (var i = 0; i < picture.Pixels.Length; i++)
            Assert.Equal(0.1f * Colour.ToLinear(picture.Pixels[i]), Colour.ToLinear(dark.Pixels[i]), 1e-5f);
    }

    [Fact]
    public void Darken_MoreShotNoise_IsNoisier()
    {
        var picture = TestPictures.Smooth(64, 64);
        var clean = SampleDegradation.Darken(picture, 0.1, 0, 1);
        var little = Psnr.Compute(SampleDegradation.Darken(picture, 0.1, 0.0002, 1), clean);
        var much = Psnr.Compute(SampleDegradation.Darken(picture, 0.1, 0.002, 1), clean);
        Assert.True(much < little - 5, $"{much} dB and {little} dB");
    }

    [Fact]
    public void AddRain_Strength_BrightensStreaksOnly()
    {
        var picture = new PlanarImage(256, 256);
        picture.Pixels.AsSpan().Fill(0.3f);
        Assert.Equal(picture.Pixels, SampleDegradation.AddRain(picture, 0, 1).Pixels);

        var light = SampleDegradation.AddRain(picture, 0.3, 1);
        var heavy = SampleDegradation.AddRain(picture, 1, 1);

        Assert.All(heavy.Pixels, value => Assert.True(value >= 0.3f));
        Assert.True(heavy.Pixels.Average() > light.Pixels.Average());
        Assert.InRange(heavy.Pixels.Count(value => value > 0.32f) / (double)heavy.Pixels.Length, 0.02, 0.6);
        Assert.True(heavy.Pixels.Max() > 0.45f);
    }

    private static double Roughness(float[] tile)
    {
        var sum = 0.0;
        for (var i = 1; i < tile.Length; i++)
            sum += Math.Abs(tile[i] - tile[i - 1]);
        return sum / tile.Length;
    }
}
