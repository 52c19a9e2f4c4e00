using Darkroom.Models.Schedulers;
using Darkroom.Models.Training.Objectives;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Parity;

public sealed class CleanPredictionParityTests
{
    [Fact]
    public void PredictedClean_ReferencePredictions_IsTheReferences() => Fixture.ForEach("training_objectives", fixture =>
    {
        using var scope = NewDisposeScope();
        var schedule = new NoiseSchedule(SchedulerConfigReader.Read(fixture.Config.GetProperty("noise_schedule"), SchedulerKind.Ddpm));
        var timesteps = fixture.Read("denoise.in.t");
        var noisy = schedule.AddNoise(fixture.Read("denoise.in.z0"), fixture.Read("denoise.in.noise"), timesteps);
        fixture.AssertClose("denoise.out.z0_hat_from_eps", CleanPrediction.Of(schedule, noisy, fixture.Read("denoise.in.model_output"), timesteps));
    });
}
