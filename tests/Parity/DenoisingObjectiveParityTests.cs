using Darkroom.Models.Schedulers;
using Darkroom.Models.Training;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Parity;

public sealed class DenoisingObjectiveParityTests
{
    [Fact]
    public void Denoising_ReferencePredictions_GiveTheReferenceLossesAndGradient() => Fixture.ForEach("training_objectives", fixture =>
    {
        using var scope = NewDisposeScope();
        var schedule = new NoiseSchedule(SchedulerConfigReader.Read(fixture.Config.GetProperty("noise_schedule"), SchedulerKind.Ddpm));
        var (clean, noise, timesteps) = (fixture.Read("denoise.in.z0"), fixture.Read("denoise.in.noise"), fixture.Read("denoise.in.t"));
        var prediction = fixture.Read("denoise.in.model_output").requires_grad_(true);

        var noisy = schedule.AddNoise(clean, noise, timesteps);
        fixture.AssertClose("denoise.out.z_t", noisy);
        var velocity = schedule.Velocity(clean, noise, timesteps);
        fixture.AssertClose("denoise.out.velocity_target", velocity);
        fixture.AssertClose("denoise.out.loss_v", DenoisingObjective.Loss(velocity, prediction));
        fixture.AssertClose("denoise.out.per_sample", DenoisingObjective.LossPerRow(noise, prediction));
        fixture.AssertClose("denoise.out.z0_hat_from_eps", new DenoisingObjective(schedule).PredictedClean(noisy, prediction, timesteps));
        var loss = DenoisingObjective.Loss(noise, prediction);
        fixture.AssertClose("denoise.out.loss_epsilon", loss);
        loss.backward();
        fixture.AssertClose("denoise.out.grad_model_output", prediction.grad!);
    });
}
