using Darkroom.Models.Schedulers;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Models.Schedulers;

public sealed class SchedulerTests
{
    private const int Steps = 25;

    private static readonly SchedulerConfig StableDiffusion = new()
    {
        BetaStart = 0.00085, BetaEnd = 0.012, BetaSchedule = BetaSchedule.ScaledLinear, StepsOffset = 1,
    };

    // Spaced so that no step is much longer than the others; its end is the noise level of timestep 0.
    private static readonly SchedulerConfig UniPc = StableDiffusion with
    {
        Kind = SchedulerKind.UniPc, UseKarrasSigmas = true, FinalSigma = FinalSigma.SigmaMin, LowerOrderFinal = false,
    };

    public static TheoryData<SchedulerConfig, double> Solvers => new()
    {
        // Largest relative error at the end of the exact flow: a little above what each rule reaches in 25 steps.
        { StableDiffusion with { Kind = SchedulerKind.Ddim, SetAlphaToOne = false }, 0.10 },
        { StableDiffusion with { Kind = SchedulerKind.Pndm, SetAlphaToOne = false }, 0.03 },
        { UniPc with { SolverOrder = 1 }, 0.02 },
        { UniPc, 0.01 },
        { UniPc with { SolverBh1 = true }, 0.01 },
        { UniPc with { SolverOrder = 3 }, 0.01 },
        { UniPc with { PredictClean = false }, 0.01 },
        { UniPc with { PredictionType = PredictionType.Sample }, 0.01 },
        { UniPc with { PredictionType = PredictionType.Velocity }, 0.01 },
    };

    // For normally distributed pictures of deviation s the best prediction is linear, and the flow is exactly x / sqrt(α² s² + σ²).
    [Theory]
    [MemberData(nameof(Solvers))]
    public void Step_NormallyDistributedData_FollowsTheExactFlow(SchedulerConfig config, double tolerance)
    {
        const double Deviation = 0.5;
        using var scope = NewDisposeScope();
        var scheduler = config.Create(Steps);
        var start = full([1, 1, 1, 1], 1.0, dtype: ScalarType.Float32);
        var state = scheduler.Start(start);
        for (var step = 0; step < scheduler.StepCount; step++)
        {
            var (signal, sigma) = Scales(scheduler, step);
            var clean = state.Sample * (signal * Deviation * Deviation / Variance(signal, sigma));
            var noise = (state.Sample - (clean * signal)) / sigma;
            state = scheduler.Step(state, config.PredictionType switch
            {
                PredictionType.Sample => clean,
                PredictionType.Velocity => (noise * signal) - (clean * sigma),
                _ => noise,
            });
        }

        var (firstSignal, firstSigma) = Scales(scheduler, 0);
        var alphaAtEnd = scheduler.Schedule.AlphasCumulative[0];
        var (lastSignal, lastSigma) = (Math.Sqrt(alphaAtEnd), Math.Sqrt(1 - alphaAtEnd));
        var exact = Math.Sqrt(Variance(lastSignal, lastSigma) / Variance(firstSignal, firstSigma));
        Assert.InRange(Math.Abs((state.Sample.ToSingle() / exact) - 1), 0, tolerance);

        static double Variance(double signal, double sigma) => (signal * signal * Deviation * Deviation) + (sigma * sigma);
    }

    [Fact]
    public void State_OfAnEarlierStepDisposed_LeavesTheLaterOneWhole()
    {
        using var scope = NewDisposeScope();
        var scheduler = (StableDiffusion with { Kind = SchedulerKind.Pndm }).Create(Steps);
        var states = new List<SchedulerState> { scheduler.Start(ones(1, 2, 3, 3)) };
        for (var step = 0; step < 5; step++)
        {
            using var prediction = states[^1].Sample * 0.1;
            states.Add(scheduler.Step(states[^1], prediction));
            states[^2].Dispose();
        }

        var last = states[^1];
        Assert.Equal(5, last.Step);
        Assert.Equal(scheduler.HistoryLength(5), last.History.Count);
        Assert.All(last.History, tensor => Assert.True(float.IsFinite(tensor.sum().ToSingle())));
        last.Dispose();
    }

    [Fact]
    public void Step_InAScope_LeavesNothingInItAndAStateThatOutlivesIt()
    {
        var scheduler = (StableDiffusion with { Kind = SchedulerKind.UniPc }).Create(Steps);
        using var sample = ones(1, 2, 3, 3);
        using var prediction = zeros(1, 2, 3, 3);
        using var start = scheduler.Start(sample);
        using var scope = NewDisposeScope();
        var next = scheduler.Step(start, prediction);
        // Whatever the step left behind would now belong to this scope.
        Assert.Equal(0, scope.DisposablesCount);
        scope.Dispose();
        Assert.Equal(1, next.Step);
        Assert.True(float.IsFinite(next.Sample.sum().ToSingle()));
        next.Dispose();
        Assert.True(next.Sample.IsInvalid);
    }

    [Fact]
    public void Start_AtALaterStep_TakesTheRemainingOnes()
    {
        using var scope = NewDisposeScope();
        var scheduler = (StableDiffusion with { Kind = SchedulerKind.UniPc, TimestepSpacing = TimestepSpacing.Linspace }).Create(Steps, firstStep: 20);
        var clean = full([1, 1, 2, 2], 0.25, dtype: ScalarType.Float32);
        var noise = ones(1, 1, 2, 2);
        var state = scheduler.Start(scheduler.AddNoise(clean, noise, 20));
        var count = 0;
        while (state.Step < scheduler.StepCount)
        {
            state = scheduler.Step(state, noise);
            count++;
        }

        Assert.Equal(5, count);
        Assert.InRange((state.Sample - clean).abs().max().ToSingle(), 0, 1e-5);
    }

    [Fact]
    public void Step_WrongInput_NamesActualAndAllowed()
    {
        using var scope = NewDisposeScope();
        var scheduler = (StableDiffusion with { Kind = SchedulerKind.Ddim, Eta = 1 }).Create(Steps);
        var state = scheduler.Start(ones(1, 4, 8, 8));
        Assert.Contains("[1, 4, 8, 9]", Assert.Throws<ArgumentException>(() => scheduler.Step(state, ones(1, 4, 8, 9))).Message, StringComparison.Ordinal);
        Assert.Contains("needs noise", Assert.Throws<ArgumentException>(() => scheduler.Step(state, ones(1, 4, 8, 8))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => scheduler.Step(state, ones(1, 4, 8, 8), ones(4, 8, 8)));
        Assert.Throws<ArgumentException>(() => scheduler.Resume(3, ones(1, 4), [ones(1, 4)]));
        Assert.Throws<ArgumentOutOfRangeException>(() => scheduler.Resume(Steps + 1, ones(1, 4), []));
        Assert.Throws<ArgumentException>(() => (StableDiffusion with { Kind = SchedulerKind.UniPc }).Create(Steps).Unpack(ones(1, 6, 2, 2), 0));
        Assert.Throws<ArgumentException>(() => scheduler.Schedule.AddNoise(ones(2, 4), ones(2, 4), tensor([5L, 1000L])));
    }

    // Version 0.17 takes the largest sigma of training, whatever the steps; one evenly spaced step is timestep 0.
    [Fact]
    public void InitialNoiseSigma_OneEulerStepOfVersion017_IsTheLargestOfTraining()
    {
        var config = StableDiffusion with { Kind = SchedulerKind.EulerAncestral, TimestepSpacing = TimestepSpacing.Linspace };
        Assert.Equal(14.6146, (config with { Rules = DiffusersRules.Version017 }).Create(1).InitialNoiseSigma, 1e-3);
        Assert.Equal(0.0292, config.Create(1).InitialNoiseSigma, 1e-3);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1001)]
    public void Create_StepsOutOfRange_IsRefused(int steps) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => StableDiffusion.Create(steps));

    private static (double Signal, double Sigma) Scales(Scheduler scheduler, int step)
    {
        using var scope = NewDisposeScope();
        var one = ones(1);
        var zero = zeros(1);
        return (scheduler.AddNoise(one, zero, step).ToSingle(), scheduler.AddNoise(zero, one, step).ToSingle());
    }
}
