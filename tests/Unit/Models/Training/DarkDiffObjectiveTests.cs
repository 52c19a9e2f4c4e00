using Darkroom.Models.Layers;
using Darkroom.Models.Schedulers;
using Darkroom.Models.Training.Objectives;
using Darkroom.Tests.Unit.Models.DarkDiff;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Models.Training;

/// <summary>Both stages of DarkDiff learn two pictures by heart.</summary>
public sealed class DarkDiffObjectiveTests
{
    private const int Side = 16;

    [Fact]
    public void FirstStage_TwoPictures_HalvesTheErrorWhileTheDiscriminatorLearns()
    {
        using var scope = NewDisposeScope();
        using var networks = TinyDarkDiff.Create(1);
        using var discriminator = new PatchDiscriminator(width: 8, halvings: 1);
        Initializer.Reset(discriminator, 4);
        using var features = new RandomFeatures();
        var objective = new ResidualVaeObjective(networks.Autoencoder, discriminator, features, new ResidualVaeWeights());
        using var optimizer = optim.AdamW(networks.Autoencoder.parameters(), 5e-3);
        using var opponent = optim.AdamW(discriminator.parameters(), 1e-3);
        var (noisy, clean, noise) = (Pictures(1), Pictures(2), randn(2, 4, Side / 2, Side / 2, generator: new Generator(3)));

        double first = 0, last = 0;
        for (var step = 0; step < 60; step++)
        {
            using var inner = NewDisposeScope();
            var losses = objective.Compute(noisy, clean, noise);
            optimizer.zero_grad();
            losses.Total.backward();
            optimizer.step();

            var judged = ResidualVaeObjective.DiscriminatorLoss(discriminator.call((clean * 2) - 1), discriminator.call(losses.Decoded.detach()));
            opponent.zero_grad();
            judged.backward();
            opponent.step();
            last = losses.Absolute.ToDouble() + losses.Perceptual.ToDouble();
            first = step == 0 ? last : first;
            Assert.InRange(losses.AdaptiveWeight, 0, 1e4);
        }

        Assert.InRange(last, 0, first / 2);
    }

    [Fact]
    public void SecondStage_TwoPictures_LowersTheLossAndLeavesTheAutoencoderAlone()
    {
        using var scope = NewDisposeScope();
        using var networks = TinyDarkDiff.Create(1);
        networks.FreezeAutoencoder();
        var before = networks.Autoencoder.parameters().Select(parameter => parameter.sum().ToSingle()).ToArray();
        var schedule = new NoiseSchedule(new SchedulerConfig { BetaStart = 0.00085, BetaEnd = 0.012, BetaSchedule = BetaSchedule.ScaledLinear });
        var objective = new DarkDiffObjective(networks, schedule, decoderWeight: 1);
        using var optimizer = optim.AdamW(networks.UNet.parameters().Concat(networks.Context.parameters()), 5e-3);
        var batch = new DarkDiffBatch(Pictures(1), Pictures(2), Pictures(3));
        var (text, noise) = (zeros(2, TinyDarkDiff.TextTokens, TinyDarkDiff.TextWidth), randn(2, 4, Side / 2, Side / 2, generator: new Generator(4)));
        var timesteps = tensor([300L, 600L]);

        double first = 0, last = 0;
        for (var step = 0; step < 60; step++)
        {
            using var inner = NewDisposeScope();
            var losses = objective.Compute(batch, text, noise, timesteps);
            optimizer.zero_grad();
            losses.Total.backward();
            optimizer.step();
            last = losses.Diffusion.ToDouble();
            first = step == 0 ? last : first;
        }

        Assert.InRange(last, 0, first / 2);
        Assert.Equal(before, networks.Autoencoder.parameters().Select(parameter => parameter.sum().ToSingle()).ToArray());
    }

    [Fact]
    public void Divergence_OfTheNormalDistribution_IsZero()
    {
        using var scope = NewDisposeScope();
        var zero = zeros(2, 4, 3, 3);
        Assert.Equal(0, ResidualVaeObjective.Divergence(zero, zero).ToDouble());
        Assert.Equal(0.5 * 36, ResidualVaeObjective.Divergence(zero + 1, zero).ToDouble(), 1e-4);
    }

    [Fact]
    public void DiscriminatorLoss_OfSureJudgements_IsZero()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(0, ResidualVaeObjective.DiscriminatorLoss(full([2, 1], 1.5f), full([2, 1], -1.5f)).ToDouble());
        Assert.Equal(2.5, ResidualVaeObjective.DiscriminatorLoss(full([2, 1], -1.5f), full([2, 1], 1.5f)).ToDouble());
    }

    private static Tensor Pictures(ulong seed)
    {
        using var scope = NewDisposeScope();
        // Soft shapes, not noise: what a picture of a few cells can hold.
        var coarse = rand(2, 3, 4, 4, generator: new Generator(seed));
        return nn.functional.interpolate(coarse, [Side, Side], mode: InterpolationMode.Bilinear, align_corners: false).MoveToOuterDisposeScope();
    }

    /// <summary>Random convolutions in the place of a network that was trained to see.</summary>
    private sealed class RandomFeatures : IPerceptualFeatures, IDisposable
    {
        private readonly Conv2d layer = new(3, 8, 3, padding: 1);

        public RandomFeatures()
        {
            Initializer.Reset(layer, 9);
            foreach (var parameter in layer.parameters())
                parameter.requires_grad = false;
        }

        public IReadOnlyList<Tensor> Features(Tensor image) => [layer.call(image).relu()];

        public void Dispose() => layer.Dispose();
    }
}
