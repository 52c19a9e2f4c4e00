using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using static Darkroom.Tests.Compat.TorchSharpNN.Numbers;
using static TorchSharp.torch;

namespace Darkroom.Tests.Compat.TorchSharpNN;

/// <summary>Steps on the loss (step number)·Σ(p − r)², against PyTorch 1.13.</summary>
public sealed class OptimizerTests
{
    [Fact]
    public void AdamW_ThreeStepsWithDecay_EqualPyTorch() =>
        Same(Run(p => optim.AdamW(p, lr: 0.1, weight_decay: 0.05)), 0.294204, 0.932253, 0.940973, 0.952628);

    [Fact]
    public void AdamW_WithAmsgrad_EqualsPyTorch() =>
        Same(Run(p => optim.AdamW(p, lr: 0.1, amsgrad: true), 5), 0.494163, 1.07234, 0.993611, 0.921706);

    [Fact]
    public void AdamW_DecayByDefault_IsZeroAsInTorchSharp()
    {
        var parameter = new Parameter(ones(2));
        using var optimizer = optim.AdamW([parameter]);
        parameter.grad = zeros(2);
        optimizer.step();
        Same(parameter, 1, 1);
    }

    [Fact]
    public void Adam_EqualsPyTorch()
    {
        Same(Run(p => optim.Adam(p, lr: 0.1, weight_decay: 0.05)), 0.295729, 0.943133, 1.03427, 0.919535);
        Same(Run(p => optim.Adam(p, lr: 0.1, maximize: true)), -0.289203, 0.359292, 0.72534, 0.58948);
    }

    [Fact]
    public void Sgd_EqualsPyTorch()
    {
        Same(Run(p => optim.SGD(p, 0.1)), 0.679909, 0.902245, 0.996862, 0.930347);
        Same(Run(p => optim.SGD(p, 0.05, momentum: 0.9, weight_decay: 0.01, nesterov: true)), 0.860236, 0.969134, 0.997525, 0.946082);
        Same(Run(p => optim.SGD(p, 0.05, momentum: 0.9, dampening: 0.2)), 0.592766, 0.869174, 0.995399, 0.921742);
    }

    [Fact]
    public void ParamGroups_WithOwnOptions_KeepThemAndTakeDefaultsElsewhere()
    {
        var fast = new Parameter(ones(1));
        var slow = new Parameter(ones(1));
        using var optimizer = optim.AdamW([new AdamW.ParamGroup([fast], lr: 0.5), new AdamW.ParamGroup { Parameters = [slow] }], lr: 0.1);
        (fast * 1f + slow * 1f).sum().backward();
        optimizer.step();
        Same(fast, 0.5);
        Same(slow, 0.9);
        Assert.Equal([0.5, 0.1], optimizer.ParamGroups.Select(group => group.LearningRate));
        Assert.Equal(2, optimizer.parameters().Count());
    }

    [Theory]
    [InlineData(-1, 0.9, 0)]
    [InlineData(0.1, 1.0, 0)]
    [InlineData(0.1, 0.9, -0.1)]
    public void AdamW_ImpossibleOptions_Throw(double lr, double beta1, double decay) =>
        Assert.Throws<ArgumentException>(() => optim.AdamW([new Parameter(ones(1))], lr, beta1, weight_decay: decay));

    [Fact]
    public void Step_ParameterWithoutGradient_StaysAndCountsNoStep()
    {
        var used = new Parameter(ones(1));
        var unused = new Parameter(ones(1));
        using var optimizer = optim.AdamW([used, unused], weight_decay: 0.5);
        used.sum().backward();
        optimizer.step();
        Same(unused, 1);
        Assert.Equal([1L, 0L], optimizer.state_dict().State.Cast<AdamW.State>().Select(state => state.step));
    }

    [Fact]
    public void Step_WithClosure_ReturnsItsLoss()
    {
        var parameter = new Parameter(ones(1));
        using var optimizer = optim.SGD([parameter], 0.1);
        using var loss = optimizer.step(() =>
        {
            optimizer.zero_grad();
            var value = (parameter * 3).sum();
            value.backward();
            return value;
        });
        Same(loss!, 3);
        Same(parameter, 0.7);
    }

    [Fact]
    public void Step_InsideADisposeScope_KeepsItsState()
    {
        var parameter = new Parameter(ones(1));
        Optimizer optimizer;
        using (NewDisposeScope())
        {
            optimizer = new(parameter);
            optimizer.Step();
        }

        optimizer.Step();
        Assert.Equal(2, optimizer.Adam.state_dict().State.OfType<AdamW.State>().Single().step);
        optimizer.Adam.Dispose();
    }

    [Fact]
    public void LoadStateDict_FromAnotherOptimizer_ContinuesAsThatOne()
    {
        var (first, second) = (RampParameter([4]), RampParameter([4]));
        using var source = optim.AdamW([first], lr: 0.1);
        using var target = optim.AdamW([second], lr: 0.7);
        Steps(source, first, 3);
        using (no_grad())
        {
            second.copy_(first);
        }

        target.load_state_dict(source.state_dict());
        Assert.True(target.state_dict().State[0].ApproximatelyEquals(source.state_dict().State[0]));
        Steps(source, first, 2);
        Steps(target, second, 2);
        Same(second, Values(first));
    }

    [Fact]
    public void SaveStateDict_AndLoad_ContinuesAsBefore()
    {
        var (first, second) = (RampParameter([4]), RampParameter([4]));
        using var source = optim.AdamW([first], lr: 0.1, amsgrad: true);
        using var target = optim.AdamW([second]);
        Steps(source, first, 3);
        nn.utils.vector_to_parameters(first, [second]);
        using var stream = new MemoryStream();
        source.save_state_dict(new BinaryWriter(stream));
        stream.Position = 0;
        target.load_state_dict(new BinaryReader(stream));
        Steps(source, first, 2);
        Steps(target, second, 2);
        Same(second, Values(first));
        stream.Position = 0;
        using var other = optim.SGD([second], 0.1, momentum: 0.9);
        Assert.Throws<InvalidDataException>(() => other.load_state_dict(new BinaryReader(stream)));
    }

    [Fact]
    public void Training_ATinyNetwork_LowersTheLossAHundredfold()
    {
        manual_seed(3);
        using var net = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 1));
        using var optimizer = optim.AdamW(net.parameters(), lr: 0.02);
        var input = Ramp([32, 2], 1.3);
        var target = (input.select(1, 0) * input.select(1, 1)).unsqueeze(1);
        double first = 0, last = 0;
        for (var step = 0; step < 300; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var loss = nn.functional.mse_loss(net.call(input), target);
            loss.backward();
            optimizer.step();
            last = Values(loss)[0];
            first = step == 0 ? last : first;
        }

        Assert.True(last < first / 100, $"The loss went from {first} to {last}.");
    }

    [Fact]
    public void ClipGradNorm_AboveTheLimit_ScalesAllGradientsTogether()
    {
        var (p, q) = (RampParameter([4]), RampParameter([2], 0.3));
        p.square().sum().backward();
        (q.square() * 3).sum().backward();
        Assert.Equal(3.41599, nn.utils.clip_grad_norm_([p, q], 1.0), 4);
        Same(p.grad!, 0, 0.377178, 0.576963, 0.505393);
        Same(q.grad!, 0, 0.519065);
        Assert.Equal(1, nn.utils.clip_grad_norm_([p, q], 5.0), 4);
        Same(q.grad!, 0, 0.519065);
    }

    [Fact]
    public void ClipGradValue_LimitsEachElement()
    {
        var parameter = new Parameter(tensor([1f, 2f]));
        (parameter * tensor([3f, -0.5f])).sum().backward();
        nn.utils.clip_grad_value_([parameter], 1);
        Same(parameter.grad!, 1, -0.5);
    }

    [Fact]
    public void ParametersToVector_AndBack_RestoresThem()
    {
        using var net = nn.Linear(2, 2);
        using var vector = nn.utils.parameters_to_vector(net.parameters()).detach();
        nn.utils.vector_to_parameters(vector * 2, net.parameters());
        Same(nn.utils.parameters_to_vector(net.parameters()), Values(vector * 2));
    }

    private static Parameter Run(Func<Parameter[], optim.Optimizer> create, int steps = 3)
    {
        var parameter = RampParameter([4]);
        using var optimizer = create([parameter]);
        Steps(optimizer, parameter, steps);
        return parameter;
    }

    private static void Steps(optim.Optimizer optimizer, Parameter parameter, int count)
    {
        for (var step = 1; step <= count; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            ((parameter - Ramp([4], 0.3, 1)).square().sum() * step).backward();
            optimizer.step();
        }
    }

    private sealed record Optimizer(Parameter Parameter)
    {
        internal AdamW Adam { get; } = optim.AdamW([Parameter]);

        internal void Step()
        {
            Adam.zero_grad();
            Parameter.sum().backward();
            Adam.step();
        }
    }
}
