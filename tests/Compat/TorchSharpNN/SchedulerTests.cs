using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using static Darkroom.Tests.Compat.TorchSharpNN.Numbers;
using static TorchSharp.torch;
using static TorchSharp.torch.optim;
using static TorchSharp.torch.optim.lr_scheduler;
using OneCycle = TorchSharp.torch.optim.lr_scheduler.impl.OneCycleLR;

namespace Darkroom.Tests.Compat.TorchSharpNN;

/// <summary>Learning rates before each step, from an initial 0.1, against PyTorch 1.13.</summary>
public sealed class SchedulerTests
{
    [Fact]
    public void StepLR_EqualsPyTorch() => Check(o => StepLR(o, 3, 0.5), 0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.025, 0.025);

    [Fact]
    public void MultiStepLR_EqualsPyTorch() => Check(o => MultiStepLR(o, [2, 5], 0.1), 0.1, 0.1, 0.01, 0.01, 0.01, 0.001, 0.001, 0.001);

    [Fact]
    public void ExponentialLR_EqualsPyTorch() => Check(o => ExponentialLR(o, 0.9), 0.1, 0.09, 0.081, 0.0729, 0.06561, 0.059049, 0.0531441, 0.04782969);

    [Fact]
    public void CosineAnnealingLR_OverMoreThanAPeriod_EqualsPyTorch() => Check(
        o => CosineAnnealingLR(o, 5, 0.01),
        0.1, 0.091405765, 0.068905765, 0.041094235, 0.018594235, 0.01, 0.018594235, 0.041094235, 0.068905765, 0.091405765, 0.1, 0.091405765);

    [Fact]
    public void LambdaLR_EqualsPyTorch() => Check(o => LambdaLR(o, epoch => 1.0 / (1 + epoch)), 0.1, 0.05, 0.033333333, 0.025, 0.02, 0.016666667, 0.014285714, 0.0125);

    [Fact]
    public void MultiplicativeLR_EqualsPyTorch() => Check(o => MultiplicativeLR(o, _ => 0.95), 0.1, 0.095, 0.09025, 0.0857375, 0.081450625, 0.077378094, 0.073509189, 0.06983373);

    [Fact]
    public void LinearLR_EqualsPyTorch() => Check(o => LinearLR(o, 0.25, 1.0, 4), 0.025, 0.04375, 0.0625, 0.08125, 0.1, 0.1, 0.1, 0.1);

    [Fact]
    public void ConstantLR_EqualsPyTorch() => Check(o => ConstantLR(o, 0.5, 3), 0.05, 0.05, 0.05, 0.1, 0.1, 0.1, 0.1, 0.1);

    [Fact]
    public void PolynomialLR_EqualsPyTorch() => Check(o => PolynomialLR(o, 5, 2.0), 0.1, 0.064, 0.036, 0.016, 0.004, 0, 0, 0);

    [Fact]
    public void OneCycleLR_Cosine_EqualsPyTorch() => Check(
        o => OneCycleLR(o, 0.4, total_steps: 10, cycle_momentum: false),
        0.016, 0.208, 0.4, 0.38019385, 0.32469826, 0.24450481, 0.15549679, 0.075303338, 0.019807747, 1.6e-06);

    [Fact]
    public void OneCycleLR_LinearInThreePhases_EqualsPyTorch() => Check(
        o => OneCycleLR(o, 0.4, epochs: 2, steps_per_epoch: 5, anneal_strategy: OneCycle.AnnealStrategy.Linear, cycle_momentum: false, three_phase: true),
        0.016, 0.208, 0.4, 0.208, 0.016, 0.01280032, 0.00960064, 0.00640096, 0.00320128, 1.6e-06);

    [Fact]
    public void OneCycleLR_OnAdamW_CyclesBeta1()
    {
        using var optimizer = AdamW([new Parameter(zeros(1))], lr: 0.1);
        var scheduler = OneCycleLR(optimizer, 0.4, total_steps: 6);
        var betas = new List<double>();
        for (var step = 0; step < 6; step++)
        {
            betas.Add(((IBetas)optimizer.ParamGroups.Single()).Betas.Item1);
            scheduler.step();
        }

        Same([.. betas], [0.95, 0.85055846, 0.86882551, 0.9037365, 0.93665259, 0.95], 1e-8);
        Assert.Throws<InvalidOperationException>(scheduler.step);
    }

    [Fact]
    public void SequentialLR_WarmUpThenCosine_EqualsPyTorch() => Check(
        o => SequentialLR(o, [LinearLR(o, 0.1, 1.0, 3), CosineAnnealingLR(o, 5)], [3]),
        0.01, 0.04, 0.07, 0.1, 0.09045085, 0.06545085, 0.03454915, 0.0095491503, 0);

    [Fact]
    public void SequentialLR_WrongMilestones_Throws()
    {
        using var optimizer = SGD([new Parameter(zeros(1))], 0.1);
        Assert.Throws<ArgumentException>(() => SequentialLR(optimizer, [StepLR(optimizer, 1)], [1]));
    }

    [Fact]
    public void Step_ToAGivenEpoch_UsesTheClosedForm()
    {
        using var optimizer = SGD([new Parameter(zeros(1))], 0.1);
        var scheduler = CosineAnnealingLR(optimizer, 5, 0.01);
        scheduler.step(3);
        Same([.. scheduler.get_last_lr()], [0.041094235], 1e-8);
        scheduler.step();
        Same([.. scheduler.get_last_lr()], [0.018594235], 1e-8);
    }

    private static void Check(Func<Optimizer, LRScheduler> create, params double[] expected)
    {
        using var optimizer = SGD([new Parameter(zeros(1))], 0.1);
        var scheduler = create(optimizer);
        var rates = new List<double>();
        foreach (var _ in expected)
        {
            rates.Add(optimizer.ParamGroups.Single().LearningRate);
            scheduler.step();
        }

        Same([.. rates], expected, 1e-8);
    }
}
