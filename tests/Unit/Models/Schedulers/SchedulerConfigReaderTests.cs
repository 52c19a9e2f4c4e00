using System.Text.Json;
using Darkroom.Models.Checkpoints;
using Darkroom.Models.Schedulers;
using Xunit;

namespace Darkroom.Tests.Unit.Models.Schedulers;

public sealed class SchedulerConfigReaderTests
{
    private const string StableDiffusion21 = """
        {
          "_class_name": "PNDMScheduler", "_diffusers_version": "0.8.0", "beta_end": 0.012, "beta_schedule": "scaled_linear", "beta_start": 0.00085,
          "clip_sample": false, "num_train_timesteps": 1000, "prediction_type": "v_prediction", "set_alpha_to_one": false, "skip_prk_steps": true,
          "steps_offset": 1, "trained_betas": null
        }
        """;

    [Fact]
    public void Read_PublishedFile_TakesItsValuesAndTheDefaults()
    {
        var config = Read(StableDiffusion21);
        Assert.Equal(SchedulerKind.Pndm, config.Kind);
        Assert.Equal(PredictionType.Velocity, config.PredictionType);
        Assert.Equal(BetaSchedule.ScaledLinear, config.BetaSchedule);
        Assert.Equal(TimestepSpacing.Leading, config.TimestepSpacing);
        Assert.Equal(1, config.StepsOffset);
        Assert.False(config.SetAlphaToOne);
        Assert.Null(config.ClipRange);
    }

    [Fact]
    public void Read_ForAnotherSolver_TakesThatSolversDefaults()
    {
        using var json = JsonDocument.Parse(StableDiffusion21);
        var now = SchedulerConfigReader.Read(json.RootElement, SchedulerKind.UniPc);
        Assert.Equal((TimestepSpacing.Linspace, FinalSigma.Zero, 2), (now.TimestepSpacing, now.FinalSigma, now.SolverOrder));
        var then = SchedulerConfigReader.Read(json.RootElement, SchedulerKind.UniPc, DiffusersRules.Version017);
        Assert.Equal((TimestepSpacing.Linspace, FinalSigma.SigmaMin), (then.TimestepSpacing, then.FinalSigma));
    }

    [Theory]
    [InlineData("{}", "_class_name")]
    [InlineData("[]", "object")]
    [InlineData("""{"_class_name": "HeunDiscreteScheduler"}""", "HeunDiscreteScheduler")]
    [InlineData("""{"_class_name": "DDIMScheduler", "thresholding": true}""", "thresholding")]
    [InlineData("""{"_class_name": "DDIMScheduler", "num_train_timesteps": 1e9}""", "num_train_timesteps")]
    [InlineData("""{"_class_name": "DDIMScheduler", "num_train_timesteps": "many"}""", "num_train_timesteps")]
    [InlineData("""{"_class_name": "DDIMScheduler", "beta_start": -1}""", "beta_start")]
    [InlineData("""{"_class_name": "DDIMScheduler", "beta_schedule": "sigmoid"}""", "scaled_linear")]
    [InlineData("""{"_class_name": "DDIMScheduler", "trained_betas": [0.1, "x"]}""", "trained_betas")]
    [InlineData("""{"_class_name": "DDPMScheduler", "variance_type": "learned_range"}""", "learned_range")]
    [InlineData("""{"_class_name": "PNDMScheduler", "skip_prk_steps": false}""", "skip_prk_steps")]
    [InlineData("""{"_class_name": "UniPCMultistepScheduler", "solver_order": 4}""", "solver_order")]
    [InlineData("""{"_class_name": "UniPCMultistepScheduler", "use_beta_sigmas": true}""", "use_beta_sigmas")]
    public void Read_WhatIsNotOffered_IsRefusedByName(string json, string named) =>
        Assert.Contains(named, Assert.Throws<InvalidCheckpointException>(() => Read(json)).Message, StringComparison.Ordinal);

    [Fact]
    public void Create_TrainedBetasOfAnotherCount_IsRefused() =>
        Assert.Throws<ArgumentException>(() => new SchedulerConfig { TrainedBetas = [0.1, 0.2] }.Create(2));

    private static SchedulerConfig Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        return SchedulerConfigReader.Read(document.RootElement);
    }
}
