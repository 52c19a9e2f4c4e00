using Darkroom.Models.Schedulers;
using Darkroom.Models.Training.Objectives;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Parity.Pipelines;

/// <summary>The losses and measures that VLM-IMI and Diff-Plugin are trained and judged by.</summary>
public sealed class TrainingObjectiveParityTests
{
    private const string Prefix = "training_objectives";

    public static TheoryData<string> Fixtures => PipelineFixtures.Named(Prefix, Prefix);

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void Denoising_ReferenceBatch_GivesTheReferenceLossesAndGradient(string name)
    {
        using var fixture = Fixture.Open(name);
        using var scope = NewDisposeScope();
        var schedule = new NoiseSchedule(SchedulerConfigReader.Read(fixture.Config.GetProperty("noise_schedule"), SchedulerKind.Ddpm));
        Tensor Input(string key) => fixture.Read($"denoise.in.{key}");
        var (clean, noise, timesteps, answer) = (Input("z0"), Input("noise"), Input("t"), Input("model_output").requires_grad_());
        fixture.AssertClose("denoise.out.z_t", schedule.AddNoise(clean, noise, timesteps));

        var loss = DenoisingObjective.Loss(answer, DenoisingObjective.Target(schedule, PredictionType.Epsilon, clean, noise, timesteps));
        fixture.AssertClose("denoise.out.loss_epsilon", loss);
        loss.backward();
        fixture.AssertClose("denoise.out.grad_model_output", answer.grad!);

        var velocity = DenoisingObjective.Target(schedule, PredictionType.Velocity, clean, noise, timesteps);
        fixture.AssertClose("denoise.out.velocity_target", velocity);
        fixture.AssertClose("denoise.out.loss_v", DenoisingObjective.Loss(answer, velocity));
    }

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void Selector_ReferenceBatch_GivesTheReferenceLossesAndGradients(string name)
    {
        using var fixture = Fixture.Open(name);
        using var scope = NewDisposeScope();
        Tensor Input(string key) => fixture.Read($"contrastive.in.{key}");
        foreach (var (loss, keepsPositive) in ((string, bool)[])[("literal", false), ("with_positive", true)])
        {
            var pictures = Input("v").requires_grad_();
            fixture.AssertClose("contrastive.out.similarity", SelectorObjective.Similarity(pictures, Input("q")));
            var objective = new SelectorObjective(fixture.Config.GetProperty("contrastive_tau").GetDouble(), keepsPositive);
            var each = objective.PerPicture(pictures, Input("q"), Input("image_class"), Input("text_class"));
            fixture.AssertClose($"contrastive.out.loss_{loss}_per_sample", each);
            fixture.AssertClose($"contrastive.out.loss_{loss}", each.mean());
            each.mean().backward();
            fixture.AssertClose($"contrastive.out.grad_v_{loss}", pictures.grad!);
        }
    }

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void SelectorMetrics_ReferenceScores_AreTheReferences(string name)
    {
        using var fixture = Fixture.Open(name);
        using var scope = NewDisposeScope();
        var (scores, labels) = (fixture.Read("selector_metrics.in.scores"), fixture.Read("selector_metrics.in.labels"));
        var metrics = SelectorMetrics.Measure(Table(scores, value => value), Table(labels.to(ScalarType.Float32), value => value != 0), fixture.Config.GetProperty("theta").GetDouble());
        void AssertNumber(string key, double value) => fixture.AssertClose($"selector_metrics.out.{key}", tensor((float)value));
        AssertNumber("ZTA", metrics.ZeroToleranceAccuracy);
        AssertNumber("mAP", metrics.MeanAveragePrecision);
        AssertNumber("CP", metrics.ClassPrecision);
        AssertNumber("CR", metrics.ClassRecall);
        AssertNumber("CF1", metrics.ClassF1);
        AssertNumber("OP", metrics.OverallPrecision);
        AssertNumber("OR", metrics.OverallRecall);
        AssertNumber("OF1", metrics.OverallF1);
        fixture.AssertClose("selector_metrics.out.average_precision", tensor(metrics.AveragePrecisions.Select(value => (float)value).ToArray()));
        Assert.Equal(fixture.Read("selector_metrics.out.zta_per_sample").data<bool>().ToArray(), metrics.IsRight);
    }

    private static T[,] Table<T>(Tensor values, Func<float, T> convert)
    {
        var (rows, columns) = ((int)values.shape[0], (int)values.shape[1]);
        var numbers = values.contiguous().data<float>().ToArray();
        var table = new T[rows, columns];
        for (var i = 0; i < numbers.Length; i++)
            table[i / columns, i % columns] = convert(numbers[i]);
        return table;
    }
}
